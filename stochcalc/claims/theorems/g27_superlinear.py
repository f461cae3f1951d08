"""G27: with a drift that grows faster than x, Euler-Maruyama explodes and two schemes do not.

The equation is dX = -X^3 dt + dW. Its solution never explodes. The drift is minus the slope of
x^4/4, and so the solution settles in the density exp(-x^4/2)/Z, for which

    E X^2 = sqrt(2) Gamma(3/4)/Gamma(1/4) = 0.47799

One step of Euler-Maruyama without noise is the map x - h x^3, which carries every |x| > sqrt(2/h)
to a larger one. Far out |X_(k+1)| is about h |X_k|^3, so that ln |X_k| becomes 3 ln |X_k| + ln h
and in the end about triples in each step: from 3 with h = 1/2 it is 1.1, 2.35, 6.34, 18.3, 54.3,
162, ..., a double exponential. With noise there is no sharp bound. From 2 = sqrt(2/h) about half of
the paths have left [-10, 10] after six steps; from 0, deep inside, 0.037 of them have left after 6
steps, 0.733 after 100 and 0.9955 after 400: in the end every path leaves. The tamed and the
implicit scheme stay near 0.

The laws of all three chains follow by quadrature, with no sampling. For Euler-Maruyama let
u_n(x) = P(|X_n| > R) from x. A path beyond R = 10 does not return (with h = 1/2 the next state is
beyond 480), and with one step Y, normal of mean x - h x^3 and variance h,

    u_1(x) = P(|Y| > R)
    u_(n+1)(x) = P(|Y| > R) + E [u_n(Y) 1(|Y| <= R)]

The other two schemes are, with Z standard normal,

    tamed       X' = x - h x^3/(1 + h |x|^3) + sqrt(h) Z
    implicit    X' = F(x + sqrt(h) Z), where F is the inverse of y + h y^3

The second becomes a chain with normal noise for U = X + sqrt(h) Z, since then U' = F(U) + sqrt(h) Z
and X' = F(U). In both cases one step moves masses on a grid by a Gaussian kernel about a map. The
trapezoid rule on a uniform grid converges faster than any power of the spacing if the map is
smooth, and like the sixth power for the tamed map, which contains |x|^3. The inverse is known:

    F(u) = 2/sqrt(3h) sinh(arsinh(3 sqrt(3h) u/2)/3)

Source: Hutzenthaler, Jentzen and Kloeden, Proc. R. Soc. A 467 (2011) 1563, and Ann. Appl. Probab.
22 (2012) 1611; Mattingly, Stuart and Higham, Stoch. Proc. Appl. 101 (2002) 185, section 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gamma, ndtr

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.models import cubic
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

MODEL = cubic(1.0)
INVARIANT = math.sqrt(2) * gamma(0.75) / gamma(0.25)  # E X^2 of the solution
H = 0.5
BOUND = math.sqrt(2 / H)  # beyond it the step without noise grows
START = 3.0  # of the tamed and the implicit scheme
STEPS = 16  # of them
SHORT = 6  # steps of Euler-Maruyama: few, so that the states are still floats
R = 10.0  # a path beyond R has escaped


def tamed(x: Array) -> Array:
    """Return where a step of tamed Euler goes without noise."""
    return x - H * x**3 / (1.0 + H * np.abs(x) ** 3)


def implicit(u: Array) -> Array:
    """Return the y with y + h y^3 = u."""
    root = math.sqrt(3.0 * H)
    y: Array = 2.0 / root * np.sinh(np.arcsinh(1.5 * root * u) / 3.0)
    return y


def kernel(arrivals: Array, centres: Array) -> Array:
    """Return the densities of N(centre, h), one row for each arrival."""
    z = (arrivals[:, None] - centres[None, :]) / math.sqrt(H)
    density: Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi * H)
    return density


def law_of_chain(step: Callable[[Array], Array], centre: float, n: int) -> tuple[Array, Array]:
    """Return the points and masses of a chain after n steps.

    The first step ends at a normal point about `centre`; each other one is step(U) + sqrt(h) Z.
    """
    spacing = math.sqrt(H) / 16
    half = math.ceil((abs(centre) + 10.0 * math.sqrt(H)) / spacing)
    grid = spacing * np.arange(-half, half + 1, dtype=float)
    masses = spacing * kernel(grid, np.array([centre]))[:, 0]
    move = spacing * kernel(grid, step(grid))
    for _ in range(n - 1):
        masses = move @ masses
    return grid, masses


def tamed_law() -> tuple[Array, Array]:
    """Return the points and masses of X_n of tamed Euler."""
    return law_of_chain(tamed, float(tamed(np.array(START))), STEPS)


def implicit_law() -> tuple[Array, Array]:
    """Return the points and masses of U = X + sqrt(h) Z in the last step of the implicit scheme."""
    return law_of_chain(implicit, START, STEPS)


def tamed_square() -> float:
    """Return E X_n^2 of tamed Euler from 3."""
    grid, masses = tamed_law()
    return float(masses @ grid**2)


def implicit_square() -> float:
    """Return E X_n^2 of the implicit scheme from 3."""
    grid, masses = implicit_law()
    return float(masses @ implicit(grid) ** 2)


def escape(x: float, n: int = SHORT) -> float:
    """Return P(|X_n| > R) of Euler-Maruyama from x, by Gauss-Legendre quadrature on [-R, R].

    Examples
    --------
    >>> [round(escape(0.0, n), 4) for n in (6, 100, 400)]
    [0.0373, 0.7329, 0.9955]
    """
    nodes, weights = np.polynomial.legendre.leggauss(800)
    points = R * nodes
    start = np.array([x])
    leave_now = exit_probability(points)
    move = (R * weights)[:, None] * kernel(points, points - H * points**3)
    u = leave_now
    for _ in range(n - 2):
        u = leave_now + u @ move
    first_move = (R * weights)[:, None] * kernel(points, start - H * start**3)
    return float(exit_probability(start)[0] + (u @ first_move)[0])


def exit_probability(x: Array) -> Array:
    """Return P(|Y| > R) for one step of Euler-Maruyama from x."""
    centre = x - H * x**3
    below = ndtr((-R - centre) / math.sqrt(H))
    above = ndtr((centre - R) / math.sqrt(H))
    outside: Array = below + above
    return outside


def end_of(run: Run, method: str, x0: float, n: int, paths: int) -> Array:
    """Return X_n, for each path."""
    X = solve(
        MODEL,
        x0,
        n * H,
        n=n,
        paths=paths,
        method=method,
        save="last",
        key=run.key,
        **run.options,
    )
    return X.end


@dataclass(frozen=True, kw_only=True)
class Case:
    """A start of Euler-Maruyama, and a wrong probability of escape."""

    start: float
    twin: float
    twin_statement: str


CASES = (
    Case(start=BOUND, twin=1.0, twin_statement="every path from the bound"),
    Case(
        start=1.2 * BOUND,
        twin=escape(BOUND),
        twin_statement="no more often than from the bound",
    ),
)


@claim(
    "G27",
    chapter="schemes",
    title="dX = -X^3 dt + dW: Euler-Maruyama explodes in the end, tamed and implicit Euler do not",
    decisive_paths=1_000_000,
)
def superlinear(run: Run) -> Iterator[Row | str]:
    """Measure probabilities of escape of Euler-Maruyama, and second moments of the other two."""
    for case in CASES:
        states = end_of(run, "euler_maruyama", case.start, SHORT, run.paths)
        yield Row(
            statement=(
                f"P(|X_n| > {R:g}) by Euler-Maruyama from {case.start:g}, h = {H:g}, n = {SHORT}"
            ),
            exact=escape(case.start),
            measured=share_beyond(states),
            twin=case.twin,
            twin_statement=case.twin_statement,
        )
    for method, exact in (("tamed_euler", tamed_square()), ("theta", implicit_square())):
        states = end_of(run, method, START, STEPS, run.paths)
        yield Row(
            statement=f"E X_n^2 by {method} from {START:g}, h = {H:g}, n = {STEPS}",
            exact=exact,
            measured=Moments.of(states).mean_square(),
            twin=INVARIANT,
            twin_statement="sqrt(2) Gamma(3/4)/Gamma(1/4), as the solution",
        )


def share_beyond(states: Array) -> Estimate:
    """Return the share of states beyond R.

    The variance of one of n observations is taken to be 1/n at least, since every path may escape.
    """
    n = len(states)
    share = float((np.abs(states) > R).mean())
    variance = max(share * (1 - share), 1 / n)
    return Estimate.normal(share, math.sqrt(variance / n))


@superlinear.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw paths of Euler-Maruyama that explode, and the laws of the other two schemes."""
    from stochcalc.plot import panels

    title = "dX = −X³ dt + dW: Euler-Maruyama explodes, taming and implicit steps do not"
    left, right = panels(ax, 2, title)
    draw_explosions(left, run)
    draw_laws(right, run)
    return ax


def draw_explosions(ax: Axes, run: Run) -> None:
    """Draw 24 paths of Euler-Maruyama from the bound, where about half of them explode."""
    from stochcalc.plot import COLOURS

    X = solve(MODEL, BOUND, SHORT * H, n=SHORT, paths=24, key=run.key)
    t = X.t
    x = X.x
    assert x is not None  # save="all" is the default
    wild = np.abs(X.end) > R
    ax.plot(t, x[wild].T, color=COLOURS[1], lw=0.9, alpha=0.8)
    ax.plot(t, x[~wild].T, color=COLOURS[0], ls="--", lw=0.9, alpha=0.8)
    ax.plot([], [], color=COLOURS[1], label="explodes")
    ax.plot([], [], color=COLOURS[0], ls="--", label="returns")
    ax.axhspan(-BOUND, BOUND, color="0.5", alpha=0.12, lw=0, label="|x| < √(2/h)")
    ax.set_yscale("symlog", linthresh=4.0)
    ax.set(
        xlabel="t",
        ylabel="$X_t$ by Euler-Maruyama",
        ylim=(-1e9, 1e9),
        yticks=(-1e8, -1e5, -100, 0, 100, 1e5, 1e8),
        title=f"24 paths from √(2/h) = {BOUND:g}, h = {H:g}",
    )
    ax.legend(loc="upper left")


def draw_laws(ax: Axes, run: Run) -> None:
    """Draw histograms and exact densities of the two schemes that stay near 0."""
    from stochcalc.plot import curve, histogram

    bins = np.linspace(-3.0, 3.0, 61)
    tamed_states = end_of(run, "tamed_euler", START, STEPS, 50_000)
    implicit_states = end_of(run, "theta", START, STEPS, 50_000)
    histogram(ax, tamed_states, bins, f"tamed, h = {H:g}", 4)
    histogram(ax, implicit_states, bins, f"implicit, h = {H:g}", 5)
    grid, masses = tamed_law()
    curve(ax, grid, masses / (grid[1] - grid[0]), "tamed, exact by quadrature", 1)
    grid, masses = implicit_law()
    y = implicit(grid)
    slope = 1 + 3 * H * y * y  # of u = y + h y^3
    curve(ax, y, masses / (grid[1] - grid[0]) * slope, "implicit, exact", 3)
    x = np.linspace(-3.0, 3.0, 301)
    assert MODEL.invariant is not None
    curve(ax, x, MODEL.invariant(x), "invariant density exp(−x⁴/2)/Z", 0)
    ax.set(
        xlabel="x",
        ylabel="density",
        xlim=(-3.0, 3.0),
        ylim=(0, 0.95),
        title=f"after {STEPS} steps from {START:g}",
    )
    ax.legend(loc="upper left", fontsize=8)
