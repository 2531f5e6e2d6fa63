"""The likelihood of docs/methods/real-time.md a second time, by other means: the sum over copies as it is defined, the
calibration error by Gauss-Hermite quadrature, Nelder-Mead and Brent. Only model and shift rule are shared with the
C++ code."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import gammaln, logsumexp, roots_hermitenorm
from scipy.stats import norm

CONTINUITY = 0.40
PUBLISHED = 202  # wells without template of which none amplified
NODES, WEIGHTS = roots_hermitenorm(41)
LOG_WEIGHTS = np.log(WEIGHTS / WEIGHTS.sum())
LN10 = np.log(10)


@dataclass
class Target:
    cq: list
    curve: dict
    donor: float
    recipient: float
    blank: tuple = (0, PUBLISHED)

    def __post_init__(self):
        self.n = len(self.cq)
        self.seen = np.array([c for c in self.cq if c is not None])
        slope = self.curve["slope"]
        x = (self.seen - self.curve["intercept"]) / slope
        at = np.clip(x, 0, None).mean() if x.size else 0.0
        a, b = self.curve.get("intercept_se", 0), self.curve.get("slope_se", 0)
        self.calibration = (a**2 + 2 * at * self.curve.get("covariance", 0) + at**2 * b**2) * (LN10 / slope) ** 2
        if not x.size:
            self.calibration = 0.0  # nothing was read off the curve
        self.noise = (self.curve["sd"] * LN10 / slope) ** 2
        self.errors = NODES * np.sqrt(self.calibration) if self.calibration > 0 and x.size else np.zeros(1)
        self.prior = LOG_WEIGHTS if self.errors.size > 1 else np.zeros(1)
        self.logs = x * LN10
        biggest = np.exp(self.logs.max()) * 8 + 30 if x.size else 1
        self.copies = np.arange(1, int(biggest) + 1) if biggest < 3000 else None

    def loglik(self, rate):
        """Not normalised."""
        none = self.n - self.seen.size
        if self.seen.size == 0:
            return -self.n * rate
        if rate <= 0:
            return -np.inf
        if self.copies is None:  # so many that their logarithm is normal
            counting = np.exp(-self.logs)
            variance = self.noise + counting
            middle = (self.logs + counting / 2)[None, :] - self.errors[:, None]
            each = -((middle - np.log(rate)) ** 2) / (2 * variance[None, :])
            return logsumexp(self.prior + each.sum(axis=1)) - none * rate
        poisson = self.copies * np.log(rate) - rate - gammaln(self.copies + 1)
        off = self.logs[None, :, None] - self.errors[:, None, None] - np.log(self.copies)[None, None, :]
        each = logsumexp(poisson[None, None, :] - off**2 / (2 * self.noise), axis=2)
        return logsumexp(self.prior + each.sum(axis=1)) - none * rate

    def best(self):
        if self.seen.size == 0:
            return 0.0
        start = np.log(max(np.exp(self.logs).sum() / self.n, 1e-3))
        found = minimize_scalar(
            lambda u: -self.loglik(np.exp(u)), bounds=(start - 3, start + 3), method="bounded", options={"xatol": 1e-10}
        )
        return float(np.exp(found.x))

    def relative(self):
        return self.noise / self.n + self.calibration


def value(targets, genomes, share, false, moved):
    """Log-likelihood of everything: genomes in a well, the donor's share, wells with a false Cq per well."""
    total = 0.0
    for t, e, extra in zip(targets, false, moved, strict=True):
        rate = genomes * (share * t.donor + (1 - share) * t.recipient) + e
        total += t.loglik(rate)
        if extra:
            total += extra * np.log(rate) if rate > 0 else -np.inf
        if t.donor != t.recipient:
            k, n = t.blank
            total -= (n - k) * e
            if k:
                total += k * np.log(-np.expm1(-e)) if e > 0 else -np.inf
    return total


def profile(targets, share, moved, start):
    """Maximum over everything but the share. Background is only fitted where a blank saw some."""
    free = [i for i, t in enumerate(targets) if t.donor != t.recipient and t.blank[0] > 0]

    def objective(z):
        false = np.zeros(len(targets))
        false[free] = np.exp(z[1:])
        return -value(targets, np.exp(z[0]), share, false, moved)

    if not free:
        found = minimize_scalar(
            lambda u: objective([u]), bounds=(start - 4, start + 4), method="bounded", options={"xatol": 1e-11}
        )
        return -found.fun, found.x
    z0 = [start, *[np.log(targets[i].blank[0] / targets[i].blank[1]) for i in free]]
    found = minimize(objective, z0, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 8000})
    return -found.fun, found.x[0]


def top(targets, moved, start):
    found = minimize_scalar(
        lambda u: -profile(targets, np.sin(u) ** 2, moved, start)[0],
        bounds=(0, np.pi / 2 - 1e-9),
        method="bounded",
        options={"xatol": 1e-12},
    )
    # the search may miss a maximum near 0: bracket it again from the marker's own rate
    guess = max(t.best() for t in targets if t.recipient == 0) / np.exp(start)
    if 0 < guess < 1:
        middle = np.arcsin(np.sqrt(guess))
        near = minimize_scalar(
            lambda u: -profile(targets, np.sin(u) ** 2, moved, start)[0],
            bounds=(middle * 0.3, min(middle * 2.5, np.pi / 2)),
            method="bounded",
            options={"xatol": 1e-13},
        )
        found = near if near.fun < found.fun else found
    zero = profile(targets, 0.0, moved, start)[0]
    if zero >= -found.fun - 1e-12:
        return zero, 0.0
    return -found.fun, float(np.sin(found.x) ** 2)


def fit(targets, confidence=0.95):
    """One donor; markers that the recipient lacks, and references."""
    reference = next(t for t in targets if t.donor == t.recipient)
    start = np.log(reference.best() / reference.donor)
    nothing = np.zeros(len(targets))
    _, share = top(targets, nothing, start)

    # influence of each target on the share, by weighted least squares at the rates of each target alone
    rates = np.array([t.best() + 1 / t.n for t in targets])
    information = np.array(
        [1 / (r / t.n + r**2 * t.relative()) for t, r in zip(targets, rates, strict=True)]
        + [
            b * (1 - p) / p
            for b, p in [(t.blank[1], (t.blank[0] + 1) / (t.blank[1] + 2)) for t in targets if t.donor != t.recipient]
        ]
    )
    markers = [i for i, t in enumerate(targets) if t.donor != t.recipient]
    matrix = np.zeros((information.size, 2 + len(markers)))
    for i, t in enumerate(targets):
        matrix[i, :2] = t.donor, t.recipient
    for j, i in enumerate(markers):
        matrix[i, 2 + j] = matrix[len(targets) + j, 2 + j] = 1
    covariance = np.linalg.inv(matrix.T @ (information[:, None] * matrix))
    genomes = np.exp(profile(targets, share, nothing, start)[1])
    gradient = np.zeros(matrix.shape[1])
    gradient[:2] = (1 - share) / genomes, -share / genomes
    reach = matrix @ covariance @ gradient
    weight = reach**2 * information / (gradient @ covariance @ gradient)

    def limit(upwards, z):
        moved = []
        for i, t in enumerate(targets):
            outwards = CONTINUITY if (reach[i] > 0) == upwards else -CONTINUITY
            counting = 1 / (1 + rates[i] * t.n * t.relative())
            events = weight[i] * counting * (1 / 6 + outwards)
            moved.append(events if t.seen.size else max(events, 0.0))
        best, middle = top(targets, moved, start)

        def excess(u):
            return np.sqrt(max(0.0, 2 * (best - profile(targets, np.sin(u) ** 2, moved, start)[0]))) - z

        here = np.arcsin(np.sqrt(middle))
        if not upwards:
            if middle <= 0 or excess(0.0) <= 0:
                return 0.0
            return float(np.sin(brentq(excess, 1e-12, here, xtol=1e-14)) ** 2)
        end = here + 1e-9
        while excess(end) < 0 and end < np.pi / 2:
            end = min(end * 1.3 + 1e-6, np.pi / 2)
        if excess(end) < 0:
            return 1.0
        return float(np.sin(brentq(excess, here, end, xtol=1e-14)) ** 2)

    two, one = norm.ppf(0.5 + confidence / 2), norm.ppf(confidence)
    return {
        "fraction": share,
        "low": min(share, limit(False, two)),
        "high": max(share, limit(True, two)),
        "upper": max(share, limit(True, one)),
        "genomes": genomes,
    }
