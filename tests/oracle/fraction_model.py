"""The likelihood of docs/methods/fraction.md a second time, by other means: physical parameters, bounded quasi-Newton
(scipy L-BFGS-B), Brent for the limits. Nothing here follows the C++ code; model and shift rule are shared."""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.stats import chi2, norm

CONTINUITY = 0.40


@dataclass
class Rows:
    """k of n partitions positive; rate = copies @ genomes + background @ false positives."""

    k: np.ndarray
    n: np.ndarray
    copies: np.ndarray  # rows x (donors + recipient), times volume
    background: np.ndarray  # rows x blanked targets
    donors: int = field(default=1)


def blanks_agree(observations):
    """Two blanks or more, and a Poisson likelihood ratio that does not speak against one rate."""
    b = np.array([o["blank"]["positive"] for o in observations if "blank" in o], float)
    n = np.array([o["blank"]["accepted"] for o in observations if "blank" in o], float)
    if b.size < 2:
        return False
    expected = n * b.sum() / n.sum()
    g = 2 * sum(x * np.log(x / m) for x, m in zip(b, expected, strict=False) if x > 0)
    return chi2.sf(g, b.size - 1) >= 0.05


def rows_of(observations, shared=False):
    """One row per observation (the samples of the test have one well per target), then one per blank."""
    volumes = [o.get("volume_nl", 1.0) for o in observations]
    blanked = [i for i, o in enumerate(observations) if "blank" in o]
    k, n, copies, background = [], [], [], []
    for i, o in enumerate(observations):
        donor = o["donor"] if isinstance(o["donor"], list) else [o["donor"]]
        k.append(o["positive"])
        n.append(o["accepted"])
        copies.append(volumes[i] / max(volumes) * np.array([*donor, o["recipient"]], float))
        background.append([1.0 if b == i else 0.0 for b in blanked])
    for i in blanked:
        k.append(observations[i]["blank"]["positive"])
        n.append(observations[i]["blank"]["accepted"])
        copies.append(np.zeros_like(copies[0]))
        background.append([1.0 if b == i else 0.0 for b in blanked])
    background = np.array(background).reshape(len(k), -1)
    if shared:
        background = background.sum(axis=1, keepdims=True)
    return Rows(np.array(k, float), np.array(n, float), np.array(copies), background, copies[0].size - 1)


def deviance_half(rate, k, n):
    """Saturated less actual log-likelihood, and its derivative by the rate."""
    rate = np.clip(rate, 1e-14, 1e9)
    p = -np.expm1(-rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        best = np.where(k > 0, k * np.log(k / n), 0) + np.where(k < n, (n - k) * np.log1p(-k / n), 0)
        value = best - np.where(k > 0, k * np.log(p), 0) + (n - k) * rate
        slope = (n - k) - np.where(k > 0, k * np.exp(-rate) / p, 0)
    return value.sum(), slope


def minimise(matrix, k, n):
    """Smallest half deviance over y >= 0 for rate = matrix @ y. Unknowns are scaled to about one standard error."""
    exposure = np.maximum(matrix.T @ n, 1e-300)
    y = np.full(matrix.shape[1], 0.1)
    for _ in range(100):  # expectation-maximisation as if the counts were Poisson
        rate = np.maximum(matrix @ y, 1e-300)
        y = y * (matrix.T @ (np.minimum(-np.log1p(-k / (n + 0.5)) * n, 1e12) / rate)) / exposure
    p = -np.expm1(-np.maximum(matrix @ y, 1 / n))
    scale = 1 / np.sqrt((matrix**2 * (n * (1 - p) / p)[:, None]).sum(axis=0))
    y = np.maximum(y, 1e-3 * scale)

    def objective(z):
        value, slope = deviance_half(matrix @ (z * scale), k, n)
        return value, scale * (matrix.T @ slope)

    best = None
    for _ in range(6):
        result = minimize(
            objective,
            y / scale,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * y.size,
            options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 5000, "maxfun": 20000, "maxcor": 30},
        )
        y = result.x * scale
        if best is not None and best - result.fun < 1e-13:
            break
        best = result.fun
    return result.fun, y


def maximum(rows, k=None):
    k = rows.k if k is None else k
    value, y = minimise(np.hstack([rows.copies, rows.background]), k, rows.n)
    genomes = y[: rows.donors + 1]
    return value, genomes / genomes.sum(), genomes.sum()


def at_share(rows, k, donor, share):
    """The same with the donor's share fixed: every other genome brings share / (1 - share) of the donor's with it."""
    others = [c for c in range(rows.donors + 1) if c != donor]
    matrix = (1 - share) * rows.copies[:, others] + share * rows.copies[:, [donor]]
    return minimise(np.hstack([matrix, rows.background]), k, rows.n)[0]


def shifted(rows, donor, upwards):
    """The counts moved by a part of one event (the documented rule)."""
    _, shares, total = maximum(rows)
    p = (rows.k + 1) / (rows.n + 2)
    precision = np.sqrt(rows.n * (1 - p) / p)
    matrix = np.hstack([rows.copies, rows.background])
    gradient = np.zeros(matrix.shape[1])
    gradient[: rows.donors + 1] = -shares[donor] / total
    gradient[donor] += 1 / total
    influence = gradient @ np.linalg.pinv(precision[:, None] * matrix, rcond=1e-14)  # of each row, in its own SE
    weight = influence**2 / (influence**2).sum()
    direction = np.sign(influence) * (1 if upwards else -1)
    return np.clip(rows.k + weight * ((1 - 2 * rows.k / rows.n) / 6 + CONTINUITY * direction), 0, rows.n)


def limit(rows, donor, upwards, z):
    k = shifted(rows, donor, upwards)
    best, shares, _ = maximum(rows, k)
    top = shares[donor]
    end = 1.0 if upwards else 0.0

    def excess(share):
        return np.sqrt(max(0.0, 2 * (at_share(rows, k, donor, share) - best))) - z

    if abs(top - end) < 1e-9 or excess(end) <= 0:
        return 1.0 if upwards else 0.0
    return brentq(excess, top, end, xtol=1e-16, rtol=1e-10)


def least_limit(observations, donor, confidence=0.95):
    """So many copies of the markers that only this donor carries leave no trace too often to be excluded."""
    rows = rows_of(observations)
    total = maximum(rows)[2]
    only = (rows.copies[:, donor] > 0) & (np.delete(rows.copies, donor, axis=1).sum(axis=1) == 0)
    copies = (rows.n * rows.copies[:, donor])[only].sum() * total
    return min(-np.log(1 - confidence) / copies, 1.0) if copies > 0 else 0.0


def fit(observations, confidence=0.95):
    """Per donor: fraction, low (before the detection call sets it to 0), high, upper."""
    rows = rows_of(observations)
    two, one = norm.ppf(0.5 + confidence / 2), norm.ppf(confidence)
    _, shares, _ = maximum(rows)
    rows = rows_of(observations, shared=blanks_agree(observations))
    return [
        {
            "fraction": shares[j],
            "low": min(shares[j], limit(rows, j, False, two)),
            "high": max(shares[j], limit(rows, j, True, two)),
            "upper": max(shares[j], limit(rows, j, True, one)),
        }
        for j in range(rows.donors)
    ]
