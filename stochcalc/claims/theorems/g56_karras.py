"""G56: along levels of noise Heun's variance is known, and where the levels lie decides it.

In the noise level sigma as the time, the flow that turns noise into data is dx/dsigma = -sigma
s(x, sigma). For data N(0, v) the score is -x/(v + sigma^2), so the flow is dx/dsigma = f x with f =
sigma/(v + sigma^2), which keeps x/sqrt(v + sigma^2) as it is. Let sigma_1 > ... > sigma_N be levels
and sigma_(N+1) = 0. Karras and others take Heun's step from each level to the next, and Euler's to
0, so that no score without noise is asked for. These are 2 N - 1 scores. All of it is linear:

    from sigma to sigma', h = sigma' - sigma    A = 1 + (h/2) (f + f' (1 + h f))
    from sigma to 0                             A = 1 - sigma f = v/(v + sigma^2)

The step to 0 goes to the mean of the data given x, and not along the flow, which would multiply by
the root of that. So with infinitely many levels down to sigma_N the variance is v^2/(v +
sigma_N^2), and the distance of Wasserstein to *this* law, |sqrt(V) - v/sqrt(v + sigma_N^2)|, is of
the order 1/N^2. Down to sigma_N = 1/2, for v = 1, a fifth of the variance is lost for good.

*Churn* S lifts the level before a step by the share gamma = min(S/N, sqrt(2) - 1) with fresh noise
that carries the factor q, so that a step takes the variance

    V -> A^2 [V + q^2 sigma^2 ((1 + gamma)^2 - 1)],    A from (1 + gamma) sigma

The exact numbers are this recursion: no limit is taken. Fresh noise with q = 1 takes a right law to
a right law, so churn does not cost the order 2 where the start is right. For infinitely many levels
along sigma(u), 0 < u < 1, and q = 1, the difference E = V - (v + sigma^2) solves the equation
E' = 2 f (sigma' - S sigma) E, so that a wrong start is forgotten by the factor

    (v + sigma_N^2)/(v + sigma_1^2) exp(-2 S I),    I = int_0^1 sigma^2/(v + sigma^2) du

before the last step. Without churn the first factor stays alone: from N(0, 4) in the place of
N(0, 8), with v = 4, the flow ends with half the variance.

The levels of the paper are equally spaced in sigma^(1/rho), with rho = 7. With 8 levels from 80
down to 0.002, 15 scores, the data N(0, 1) come out with the variance 1.6891. Equal steps of sigma,
rho = 1, end with 33.4816, and equal steps of log(sigma) with 2.1015. It is not that 7 is best:
rho = 3 ends with 1.9420 for v = 1, but for v = 4 with 5.9777, where rho = 7 has 6.2510. The
exponent is a compromise between scales. Nor does churn help where start and score are right: with
S = 2 these steps end with 2.0148. It helps where the start is wrong.

Source: Karras, Aittala, Aila and Laine, NeurIPS 2022, equation 5 and algorithms 1 and 2; Pierret
and Galerne, arXiv:2405.14250 (2024), for recursions on Gaussian data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.score import GaussianMixture, karras_sampler, rho_schedule
from stochcalc.typing import Array, Axes

LOWEST = 0.002  # the range of the paper
HIGHEST = 80.0
GEOMETRIC = math.inf  # the rho of equal steps of the logarithm
MOST = math.sqrt(2.0) - 1.0


@dataclass(frozen=True)
class Setting:
    """A way to sample: levels, churn, and the law of the start.

    Attributes
    ----------
    n, rho, low, high : int and floats
        The number of levels, how they are spaced, and their ends.
    variance : float
        The variance v of the data.
    churn, factor : float
        The amount of fresh noise on the way, and its factor.
    prior : bool
        Whether it starts from N(0, high^2), without the data's variance.
    """

    n: int = 8
    rho: float = 7.0
    low: float = LOWEST
    high: float = HIGHEST
    variance: float = 1.0
    churn: float = 0.0
    factor: float = 1.0
    prior: bool = False

    @property
    def start(self) -> float:
        """The variance of the start."""
        if self.prior:
            return self.high**2
        return self.variance + self.high**2

    @property
    def levels(self) -> Array:
        """The levels from the first to the last, by their definition."""
        shares = np.linspace(0.0, 1.0, self.n)
        return level_at(self, shares)


def level_at(setting: Setting, share: Array) -> Array:
    """Return sigma after a share of the steps."""
    if setting.rho == GEOMETRIC:
        levels: Array = setting.high * (setting.low / setting.high) ** share
        return levels
    root = 1.0 / setting.rho
    spaced = setting.high**root + share * (setting.low**root - setting.high**root)
    levels = spaced**setting.rho
    return levels


def exact(setting: Setting) -> float:
    """Return the variance that the sampler ends with, by the recursion over its steps."""
    v = setting.variance
    share = min(setting.churn / setting.n, MOST)
    variance = setting.start
    levels = [*setting.levels.tolist(), 0.0]
    for sigma, after in pairwise(levels):
        lifted = (1.0 + share) * sigma
        variance += (setting.factor * sigma) ** 2 * share * (2.0 + share)
        h = after - lifted
        f = lifted / (v + lifted**2)
        ahead = 1.0 + h * f
        factor = ahead
        if after > 0.0:
            factor = 1.0 + 0.5 * h * (f + after / (v + after**2) * ahead)
        variance *= factor**2
    return variance


def limit(setting: Setting) -> float:
    """Return the variance with infinitely many levels, for fresh noise of factor 1."""
    v = setting.variance
    nodes, weights = np.polynomial.legendre.leggauss(200)
    squares = level_at(setting, 0.5 * (nodes + 1.0)) ** 2
    integral = 0.5 * float(weights @ (squares / (v + squares)))
    last = v + setting.low**2
    wrong = setting.start - (v + setting.high**2)
    wrong *= last / (v + setting.high**2) * math.exp(-2.0 * setting.churn * integral)
    return (last + wrong) * (v / last) ** 2


def sample(run: Run, setting: Setting, points: int, part: int = 0) -> Array:
    """Draw points of the start, and return where the sampler takes them.

    Parts of a run, by their numbers, have noise of their own.
    """
    generator = np.random.default_rng(run.derive_key(2 * part))
    x = generator.standard_normal((points, 1)) * math.sqrt(setting.start)
    if setting.rho == GEOMETRIC:
        levels = np.geomspace(setting.high, setting.low, setting.n)
    else:
        levels = rho_schedule(setting.low, setting.high, setting.n, rho=setting.rho)
    data = GaussianMixture([1.0], [[0.0]], setting.variance)
    key = run.derive_key(2 * part + 1)
    ends = karras_sampler(
        data, levels, x, churn=setting.churn, noise_factor=setting.factor, key=key
    )
    return ends[:, 0]


PLAIN = Setting()
EQUAL = Setting(rho=1.0)
LOGARITHMIC = Setting(rho=GEOMETRIC)
CHURNED = Setting(churn=2.0)
LOUD = Setting(n=16, churn=8.0, factor=1.1)
LOUD_ENOUGH = Setting(n=16, churn=8.0)
BLUNT = Setting(n=16, low=0.5)
SHORT = Setting(n=16, low=0.01, high=2.0, variance=4.0, prior=True)
FORGETFUL = Setting(n=16, low=0.01, high=2.0, variance=4.0, prior=True, churn=4.0)
CASES = (  # what is measured, in words, and its twin
    (PLAIN, "8 levels, rho = 7", 1.0, "that of the data"),
    (EQUAL, "8 levels, equal steps of sigma", exact(PLAIN), "that of rho = 7: as many scores"),
    (LOGARITHMIC, "8 levels, equal steps of log sigma", exact(PLAIN), "that of rho = 7"),
    (CHURNED, "8 levels, churn 2", exact(PLAIN), "that without churn"),
    (LOUD, "16 levels, churn 8, noise 1.1", exact(LOUD_ENOUGH), "that of noise 1"),
    (BLUNT, "16 levels down to 1/2", 1.0, "that of the data: the last step arrives"),
    (SHORT, "16 levels, N(0, 4) for N(0, 8)", 4.0, "that of the data: many steps correct it"),
    (FORGETFUL, "the same with churn 4", exact(SHORT), "that without churn: noise adds nothing"),
)


@claim(
    "G56",
    chapter="score",
    title="Along levels of noise Heun's variance is known, and where the levels lie decides it",
    formula=r"\frac{\mathrm{d}x}{\mathrm{d}\sigma} = -\sigma s(x, \sigma), \quad \sigma_i = \left("
    r" \sigma_{\max}^{1/\rho} + \tfrac{i}{N - 1} (\sigma_{\min}^{1/\rho} -"
    r" \sigma_{\max}^{1/\rho}) \right)^\rho",
    sources=("karras2022", "pierretgalerne2024"),
)
def karras(run: Run) -> Iterator[Row | str]:
    """Measure mean squares at level 0: for three spacings, with churn, and from a wrong start."""
    points = max(512, run.paths // 4)
    for part, (setting, name, twin, twin_statement) in enumerate(CASES):
        settled = None
        if setting.factor == 1.0:
            settled = limit(setting)
        yield Row(
            statement=f"E x^2, {name}",
            exact=exact(setting),
            measured=Estimate.mean(sample(run, setting, points, part) ** 2),
            twin=twin,
            twin_statement=twin_statement,
            paths=points,
            limit=settled,
        )


@karras.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the distance by the number of scores, and what churn makes of a wrong start."""
    from stochcalc.plot import panels

    title = "Spacing of the levels decides at few scores; churn forgets a wrong start"
    first, second = panels(ax, 2, title)
    draw_spacings(first, run)
    draw_churn(second, run)
    return ax


def draw_spacings(ax: Axes, run: Run) -> None:
    """Draw the distance to the data by the number of scores, for three spacings."""
    from stochcalc.plot import curve, points, slope_triangle, tell_points_from_lines, tick_steps

    between = np.unique(np.geomspace(4, 256, 40).astype(int))
    for i, (rho, name) in enumerate(((1.0, "equal σ"), (GEOMETRIC, "equal log σ"), (7.0, "ρ = 7"))):
        found = {}
        for n in (4, 8, 16, 32):
            ends = sample(run, Setting(n=n, rho=rho), 50_000, part=100 * (i + 1) + n)
            estimate = measure_distance(ends)
            if estimate.stderr < 0.1 * estimate.value:
                found[2 * n - 1] = estimate
        points(ax, list(found), list(found.values()), "", i)
        laws = [exact(Setting(n=int(n), rho=rho)) for n in between]
        curve(ax, 2 * between - 1, [abs(math.sqrt(law) - 1.0) for law in laws], name, i)
    slope_triangle(ax, (120.0, 360.0), 1.5e-3, -2.0)
    tell_points_from_lines(ax)
    ax.set(xscale="log", yscale="log", xlabel="scores 2N − 1", ylabel="W$_2$ to the data")
    ax.set(ylim=(5e-5, 60.0))
    tick_steps(ax.xaxis, (7, 15, 31, 63, 127, 511))
    ax.legend(loc="upper right")


def measure_distance(ends: Array) -> Estimate:
    """Return |sqrt(V) - 1| of a sample, with the error that its variance leaves."""
    deviation = math.sqrt(float(np.mean(ends**2)))
    return Estimate.normal(abs(deviation - 1.0), deviation / math.sqrt(2.0 * len(ends)))


def draw_churn(ax: Axes, run: Run) -> None:
    """Draw the variance by churn, from the wrong start and from the right one."""
    from stochcalc.plot import curve, limit_line, points

    shown = (0.0, 2.0, 4.0, 8.0, 12.0)
    between = np.linspace(0.0, 12.0, 61)

    def setting(churn: float, prior: bool) -> Setting:
        return Setting(n=32, low=0.01, high=2.0, variance=4.0, churn=churn, prior=prior)

    for i, (prior, name) in enumerate(((False, "from N(0, 8)"), (True, "from N(0, 4)"))):
        found = []
        for j, churn in enumerate(shown):
            ends = sample(run, setting(churn, prior), 20_000, part=100 * (i + 4) + j)
            found.append(Estimate.mean(ends**2))
        points(ax, shown, found, "", i)
        curve(ax, between, [exact(setting(float(c), prior)) for c in between], name, i)
    limit_line(ax, 4.0, "the data")
    ax.set(xlabel="churn, 32 levels", ylabel="E x$^2$", ylim=(1.5, 4.6))
    ax.legend(loc="lower right")
