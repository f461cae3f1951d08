"""G33: the evaluation point matters for any integrator as much as its quadratic variation.

Let X be any path on a grid, with increments dX_k = X_{k+1} - X_k. Blend the ends of every step,

    R(lambda) = sum_k ((1 - lambda) X_k + lambda X_{k+1}) dX_k = sum_k (X_k + lambda dX_k) dX_k

Since X_{k+1}^2 - X_k^2 = 2 X_k dX_k + dX_k^2, the sum of the X_k dX_k is half of
X_n^2 - X_0^2 - sum dX_k^2, and on every path

    R(lambda) = (X_n^2 - X_0^2)/2 + (lambda - 1/2) sum_k dX_k^2

exactly. There is no law in this identity. The law decides what becomes of the last sum, which tends
to the quadratic variation [X] as the steps shrink.

Poisson process of rate mu. The increment over a step h is Poisson of mean mu h, and its square has
the mean mu h + (mu h)^2. On n = T/h steps

    E sum dX^2 = mu T + mu^2 T h

and the limit is the number of jumps, since each adds its square 1: E [X] = mu T. The shift is that
of a Brownian motion only if mu happens to be 1.

Fractional Brownian motion. E dX^2 = h^(2 H), so that on n steps of [0, 1]

    E sum dX^2 = n^(1 - 2 H)

For H = 1/2 this is 1, Brownian motion's. For H < 1/2 it tends to infinity: Ito's sums diverge, and
so do all others but Stratonovich's. For H > 1/2 it tends to 0: the path has no quadratic variation,
all lambda have one limit, and the classical rule of calculus holds.

Coloured noise of memory tau. X is stationary, so that E R is the second term alone. With
E X_s X_t = s^2 exp(-|t - s|/tau),

    E R = (lambda - 1/2) n 2 s^2 (1 - exp(-h/tau))

which tends to (lambda - 1/2) 2 s^2 T/tau. With s^2 = tau/2 that is Brownian motion's shift
(lambda - 1/2) T, whatever tau: X is white noise seen through a filter, and its increments over
short times are those of Brownian motion.

Source: P. E. Protter, Stochastic Integration and Differential Equations (2005), section II.6; F.
Russo and P. Vallois, Probab. Theory Relat. Fields 97 (1993) 403, for paths without a variation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.moments import Moments
from stochcalc.motion.processes.coloured import coloured_noise
from stochcalc.motion.processes.fractional import fractional_brownian
from stochcalc.motion.processes.poisson import poisson
from stochcalc.motion.processes.process import Process
from stochcalc.typing import Axes

STEPS = 16
RATE = 4.0  # of the Poisson process
TAU = 0.1  # the memory of the noise
SIZE = math.sqrt(TAU / 2)  # its standard deviation
ROUGH = 0.25
SMOOTH = 0.75


def variation_of_poisson(n: int) -> float:
    """Return E sum dX^2 of a Poisson process on n steps of [0, 1]."""
    return RATE + RATE**2 / n


def variation_of_fractional(H: float, n: int) -> float:
    """Return E sum dX^2 of fractional Brownian motion on n steps of [0, 1]."""
    return math.pow(n, 1.0 - 2.0 * H)


def variation_of_noise(n: int) -> float:
    """Return E sum dX^2 of coloured noise on n steps of [0, 1]."""
    return -2.0 * n * SIZE**2 * math.expm1(-1.0 / (n * TAU))


@dataclass(frozen=True, kw_only=True)
class Integrator:
    """A path, and the mean of the sum of its squared increments.

    Attributes
    ----------
    name : str
        What it is called.
    make : callable
        make(run, n, paths, store): so many paths on n steps of [0, 1].
    variation : callable
        variation(n): E sum dX^2.
    limit : float
        What that tends to.
    """

    name: str
    make: Callable[[Run, int, int, bool], Process]
    variation: Callable[[int], float]
    limit: float


def make_poisson(run: Run, n: int, paths: int, store: bool) -> Process:
    """Return a Poisson process."""
    return poisson(RATE, n=n, paths=paths, store=store, key=run.key)


def make_rough(run: Run, n: int, paths: int, store: bool) -> Process:
    """Return fractional Brownian motion of H = 1/4."""
    return fractional_brownian(ROUGH, n=n, paths=paths, store=store, key=run.key)


def make_smooth(run: Run, n: int, paths: int, store: bool) -> Process:
    """Return fractional Brownian motion of H = 3/4."""
    return fractional_brownian(SMOOTH, n=n, paths=paths, store=store, key=run.key)


def make_noise(run: Run, n: int, paths: int, store: bool) -> Process:
    """Return coloured noise."""
    return coloured_noise(TAU, n=n, size=SIZE, paths=paths, store=store, key=run.key)


POISSON = Integrator(name="Poisson", make=make_poisson, variation=variation_of_poisson, limit=RATE)
ROUGHER = Integrator(
    name="fBM, H = 1/4",
    make=make_rough,
    variation=lambda n: variation_of_fractional(ROUGH, n),
    limit=math.inf,
)
SMOOTHER = Integrator(
    name="fBM, H = 3/4",
    make=make_smooth,
    variation=lambda n: variation_of_fractional(SMOOTH, n),
    limit=0.0,
)
NOISE = Integrator(name="coloured noise", make=make_noise, variation=variation_of_noise, limit=1.0)


def value_of_path(t: float, x: float) -> float:
    """Return the integrand f(t, x) = x."""
    return x


def measure_sum(run: Run, integrator: Integrator, lam: float, n: int, paths: int) -> Moments:
    """Return the moments of R(lambda) - X_n^2/2."""
    X = integrator.make(run, n, paths, False)
    shift: Moments = riemann_sum(
        value_of_path,
        X,
        lam,
        at="value",
        save="stats",
        observe=lambda t, x, r: r - 0.5 * x * x,
        **run.options,
    )
    return shift


@claim(
    "G33",
    chapter="lambda",
    title="For any integrator the choice of lambda moves a sum by (lambda - 1/2) [X]",
    formula=r"\sum_k \bigl((1 - \lambda) X_k + \lambda X_{k+1}\bigr) (X_{k+1} - X_k)"
    r" \longrightarrow \frac{X_T^2 - X_0^2}{2} + \Bigl(\lambda - \frac12\Bigr) [X]_T",
    sources=("protter2005", "russovallois1993"),
)
def any_integrator(run: Run) -> Iterator[Row | str]:
    """Measure how far sums are from half the square, for jumps, rough and smooth paths, noise."""
    few = max(256, run.paths // 4)
    cases = ((POISSON, 0.0, run.paths), (POISSON, 1.0, run.paths))
    for integrator, lam, paths in (*cases, (ROUGHER, 0.0, few), (SMOOTHER, 0.0, few)):
        shift = measure_sum(run, integrator, lam, STEPS, paths)
        factor = lam - 0.5
        limit = None
        if math.isfinite(integrator.limit):
            limit = factor * integrator.limit + 0.0  # no minus before a zero
        yield Row(
            statement=f"E [R - X_T^2/2], {integrator.name}, lambda = {lam:g}",
            exact=factor * integrator.variation(STEPS),
            measured=shift.estimate(),
            twin=factor,
            twin_statement="(lambda - 1/2) T, Brownian motion's",
            paths=paths,
            limit=limit,
        )
    yield row_of_noise(run)


def row_of_noise(run: Run) -> Row:
    """Measure the mean of the left sum of coloured noise, which starts in its stationary law."""
    X = NOISE.make(run, STEPS, run.paths, False)
    sums: Moments = riemann_sum(value_of_path, X, save="stats", **run.options)
    return Row(
        statement=f"E R, {NOISE.name}, lambda = 0",
        exact=-0.5 * NOISE.variation(STEPS),
        measured=sums.estimate(),
        twin=0.0,
        twin_statement="0, as if noise with a memory were smooth",
        limit=-0.5,
    )


@any_integrator.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the sums along one path with jumps, beside the shifts of five integrators by n."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "For any integrator, lambda moves the sums of X dX by (λ − ½) [X]")
    draw_jumps(left, run)
    draw_shifts(right, run)
    return ax


def draw_jumps(ax: Axes, run: Run) -> None:
    """Draw R - X_T^2/2 of one Poisson path by the number of steps, for three lambda."""
    from stochcalc.plot import curve, limit_line

    finest = 12
    X = POISSON.make(run, 2**finest, 1, True)
    last = X.values[0, -1]
    sizes = 2 ** np.arange(0, finest + 1)
    for i, (lam, name) in enumerate(((0.0, "λ = 0"), (0.5, "λ = ½"), (1.0, "λ = 1"))):
        shifts = [
            riemann_sum(value_of_path, X.coarsen(2**finest // int(n)), lam, at="value")[0]
            - 0.5 * last**2
            for n in sizes
        ]
        curve(ax, sizes, shifts, name, i, marker=".")
    for lam in (0.0, 1.0):
        limit_line(ax, (lam - 0.5) * last, f"{'−' if lam == 0.0 else ''}{last:g}/2")
    ax.set(
        xscale="log",
        xlabel=f"number of steps n, one path with {last:g} jumps",
        ylabel="R(λ) − X$_T^2$/2",
    )
    ax.legend(loc="upper right")


def draw_shifts(ax: Axes, run: Run) -> None:
    """Draw E [R - X_T^2/2] at lambda = 1 by the number of steps, on the exact lines."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    sizes = 2 ** np.arange(2, 9)
    for i, integrator in enumerate((ROUGHER, POISSON, SMOOTHER)):
        measured = [measure_sum(run, integrator, 1.0, int(n), 20_000).estimate() for n in sizes]
        points(ax, sizes, measured, "", i)
        exact = [0.5 * integrator.variation(int(n)) for n in sizes]
        curve(ax, sizes, exact, integrator.name.replace("1/4", "¼").replace("3/4", "¾"), i)
    curve(ax, sizes, np.full(len(sizes), 0.5), "Brownian motion", 3)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="E [R(1) − X$_T^2$/2]",
        ylim=(0.025, 120.0),  # room for the legend
    )
    ax.legend(loc="upper left")
