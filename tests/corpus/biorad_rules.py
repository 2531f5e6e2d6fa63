"""Bio-Rad's arithmetic: the numbers that QuantaSoft, Analysis Pro and QX Manager print, computed from counts.

Written from result files alone and proved on them by test_biorad_intervals.py. k of n droplets are positive, v is the
volume of one in nL, `level` is 0.95 or 0.68.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

Z = {0.95: 1.96, 0.68: 1.0}  # as printed numbers of nine digits show: not 1.959964


@functools.cache
def poisson_limits(count, level):
    """Highest-density interval of a Poisson mean, flat prior, as the programs tabulate it below 100 droplets.

    On a grid of 0.001: the highest lower end whose interval up to the first point of no higher density holds `level`.
    Two entries of the 68 % table are otherwise.
    """
    if level == 0.68 and count < 2:
        return ((0.0, 1.369), (0.271, 2.489))[count]
    if count == 0:
        return 0.0, math.ceil(-math.log1p(-level) * 1000) / 1000
    gamma = stats.gamma(count + 1)

    def log_density(x):
        return count * math.log(x) - x

    def excess(tail):
        return log_density(gamma.ppf(tail)) - log_density(gamma.ppf(tail + level))

    exact = gamma.ppf(optimize.brentq(excess, 1e-12, (1 - level) * (1 - 1e-9), xtol=1e-14))
    for step in range(math.ceil(exact * 1000) + 4, 0, -1):
        low = step / 1000
        same = optimize.brentq(lambda x, a=low: log_density(x) - log_density(a), count, 10 * count + 30)
        high = math.ceil(same * 1000 - 1e-9) / 1000
        if gamma.cdf(high) - gamma.cdf(low) >= level:
            return low, high
    raise AssertionError("no interval")


def concentration(k, n, v):
    """Copies per µL; infinite where every droplet is positive."""
    return -math.log1p(-k / n) / v * 1000 if k < n else math.inf


def limits(k, n, v, level):
    """The Poisson limits of the concentration: a normal interval of p where 100 droplets of both kinds are there."""
    few = min(k, n - k)
    if few >= 100:
        half = Z[level] * math.sqrt(k / n * (1 - k / n) / n)
        low, high = k / n - half, k / n + half
    elif few == k:
        low, high = (count / n for count in poisson_limits(k, level))
    else:
        high, low = (1 - count / n for count in poisson_limits(n - k, level))
    return tuple(-math.log1p(-p) / v * 1000 if p < 1 else math.inf for p in (low, high))


@dataclass(frozen=True)
class Estimate:
    """A number with its half-width; `low` is what is printed of a number that cannot be negative."""

    value: float
    half: float

    @property
    def low(self):
        return max(0.0, self.value - self.half) if self.value < math.inf else 0.0

    @property
    def high(self):
        return self.value + self.half


SATURATED = 1e6  # the concentration, and its upper limit, where every droplet is positive


def _half(k, n, v, level):
    low, high = limits(k, n, v, level)
    return (min(high, SATURATED) - low) / 2


def ratio(a, b, v, level):
    """Of two (k, n). Where either is 0 there are no limits: they are printed as the number itself."""
    ca, cb = (min(concentration(*x, v), SATURATED) for x in (a, b))
    if ca == 0 or cb == 0:
        return Estimate(0.0 if ca == 0 else math.inf, 0.0)
    return Estimate(ca / cb, ca / cb * math.hypot(_half(*a, v, level) / ca, _half(*b, v, level) / cb))


def abundance(a, b, v, level):
    """Percent of a in a + b. The half-width is propagated, so that a single copy against none has one, too."""
    ca, cb = (min(concentration(*x, v), SATURATED) for x in (a, b))
    if ca + cb == 0:
        return Estimate(0.0, 0.0)
    half = math.hypot(cb * _half(*a, v, level), ca * _half(*b, v, level)) / (ca + cb) ** 2
    return Estimate(100 * ca / (ca + cb), 100 * half)


def linkage(pp, pn, np_, nn, v):
    """Linked copies per µL from the four quadrants, clamped at 0."""
    n = pp + pn + np_ + nn
    return max(0.0, math.log(nn * n / ((np_ + nn) * (pn + nn))) / v * 1000)


def total_limits(wells, v, level):
    """Of the concentration of merged wells [(k, n)]: the pooled Poisson limits, widened to the scatter of the wells."""
    low, high = limits(sum(k for k, _ in wells), sum(n for _, n in wells), v, level)
    each = np.array([concentration(k, n, v) for k, n in wells])
    half = Z[level] * each.std(ddof=1) / math.sqrt(len(each))
    return min(low, each.mean() - half), max(high, each.mean() + half)  # the lower one can be negative


def total_estimate(pooled, wells, level):
    """Limits of a ratio or abundance of merged wells: pooled, widened to those of a random-effects mean of the wells.

    The mean and its error are those of DerSimonian and Laird (1986), each well weighted by its printed interval.
    """
    values = np.array([well.value for well in wells])
    variance = np.array([((well.high - well.low) / 2 / Z[level]) ** 2 for well in wells])
    weight = 1 / variance
    mean = (weight * values).sum() / weight.sum()
    spread = (weight * (values - mean) ** 2).sum() - (len(wells) - 1)
    between = max(0.0, spread / (weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (variance + between)
    mean, half = (weight * values).sum() / weight.sum(), Z[level] / math.sqrt(weight.sum())
    return max(0.0, min(pooled.low, mean - half)), max(pooled.high, mean + half)


def printed_place(low, high):
    """The place to which QuantaSoft 1.7 rounds a number and its limits: two digits of the width of the interval."""
    return 10.0 ** (math.floor(math.log10((high - low) * (1 + 1e-6))) - 1) if high > low else 0.0
