"""G27: with a drift that grows faster than x, Euler-Maruyama explodes and two schemes do not.

The equation is dX = -X^3 dt + dW. Its solution never explodes. The drift is minus the slope of
x^4/4, and so the solution settles in the density exp(-x^4/2)/Z, for which

    E X^2 = sqrt(2) Gamma(3/4)/Gamma(1/4) = 0.47799

One step of Euler-Maruyama without noise is the map x - h x^3, which carries every |x| > sqrt(2/h)
to a larger one. Far out |X_(k+1)| is about h |X_k|^3, so that ln |X_k| becomes 3 ln |X_k| + ln h
and in the end about triples in each step: from 3 with h = 1/2 it is 1.1, 2.35, 6.34, 18.3, 54.3,
162, ..., a double exponential. With noise there is no sharp bound. From 2 = sqrt(2/h) 0.5195 of the
paths have left [-10, 10] after six steps, and from 2.4 0.9998 of them. From 0, deep inside, it is
0.0373 after 6 steps, 0.7329 after 100 and 0.9955 after 400: in the end every path leaves. The tamed
and the implicit scheme stay near 0.

The laws of all three chains follow by quadrature, with no sampling (`claims.cubic_chains`).

Source: Hutzenthaler, Jentzen and Kloeden, Proc. R. Soc. A 467 (2011) 1563, and Ann. Appl. Probab.
22 (2012) 1611; Mattingly, Stuart and Higham, Stoch. Proc. Appl. 101 (2002) 185, section 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gamma

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.claims.cubic_chains import H, R, escape, implicit, law_of_chain, tamed
from stochcalc.estimate import Estimate
from stochcalc.models import cubic
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

MODEL = cubic(1.0)
INVARIANT = math.sqrt(2) * gamma(0.75) / gamma(0.25)  # E X^2 of the solution
BOUND = math.sqrt(2 / H)  # beyond it the step without noise grows
START = 3.0  # of the tamed and the implicit scheme
STEPS = 16  # of them
SHORT = 6  # steps of Euler-Maruyama: few, so that the states are still floats
LONG = 400  # steps from 0, where a path is stopped once it has escaped


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
        twin=escape(BOUND, SHORT),
        twin_statement="no more often than from the bound",
    ),
)


@claim(
    "G27",
    chapter="schemes",
    title="dX = -X^3 dt + dW: Euler-Maruyama explodes in the end, tamed and implicit Euler do not",
    decisive_paths=1_000_000,
    formula=r"X_{n+1} = X_n - h X_n^3 + \Delta W_n \quad \Longrightarrow \quad"
    r" P\bigl(|X_n| \to \infty\bigr) = 1",
    sources=("hutzenthaler2011", "hutzenthaler2012", "mattingly2002"),
)
def superlinear(run: Run) -> Iterator[Row | str]:
    """Measure probabilities of escape of Euler-Maruyama, and second moments of the other two."""
    few = max(2048, run.paths // 32)
    W = run.brownian(LONG, T=LONG * H, paths=few)
    yield Row(
        statement=f"P(escape by step {LONG}) by Euler-Maruyama from 0, h = {H:g}",
        exact=escape(0.0, LONG),
        measured=count_escapes(run.expectation(has_escaped, W)),
        twin=0.0,
        twin_statement="no path leaves |x| < sqrt(2/h)",
        paths=few,
        limit=1.0,
    )
    for case in CASES:
        states = end_of(run, "euler_maruyama", case.start, SHORT, run.paths)
        yield Row(
            statement=(
                f"P(|X_n| > {R:g}) by Euler-Maruyama from {case.start:g}, h = {H:g}, n = {SHORT}"
            ),
            exact=escape(case.start, SHORT),
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


def has_escaped(w: Array) -> Array:
    """Return whether Euler-Maruyama from 0 along each path w has ever been beyond R."""
    x = np.zeros(len(w))
    for dW in np.ascontiguousarray(np.diff(w, axis=1).T):
        x = np.where(np.abs(x) > R, x, x - H * x * x * x + dW)
    return np.where(np.abs(x) > R, 1.0, 0.0)


def count_escapes(moments: Moments) -> Estimate:
    """Return the share of paths that have escaped, from the moments of the indicator.

    The variance of one of n observations is taken to be 1/n at least, since every path may escape.
    """
    n = int(moments.count)
    share = float(moments.mean)
    variance = max(share * (1 - share), 1 / n)
    return Estimate.normal(share, math.sqrt(variance / n))


def share_beyond(states: Array) -> Estimate:
    """Return the share of states beyond R."""
    return count_escapes(Moments.of((np.abs(states) > R).astype(float)))


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
    """Draw 24 paths of Euler-Maruyama from the bound, where about half of them explode.

    Far out ln(sqrt(h) |X|) triples in each step; ln(1 + sqrt(h) |X|) does so too, and is positive
    near 0 as well. On a logarithmic axis that is a straight line of slope ln 3.
    """
    from stochcalc.plot.look import ink

    X = solve(MODEL, BOUND, SHORT * H, n=SHORT, paths=24, key=run.key)
    x = X.x
    assert x is not None  # save="all" is the default
    size = np.log1p(math.sqrt(H) * np.abs(x))
    wild = np.abs(X.end) > R
    k = np.arange(SHORT + 1)
    ax.plot(k, size[~wild].T, color="C0", ls="--", lw=0.9, alpha=0.8)
    ax.plot(k, size[wild].T, color="C1", lw=0.9, alpha=0.8)
    ax.plot([], [], color="C1", label=f"{wild.sum()} paths have left")
    ax.plot([], [], color="C0", ls="--", label=f"{(~wild).sum()} paths have not")
    ends = np.array([2.5, 5.5])
    ax.plot(ends, 0.7 * 3.0**ends, color=ink(ax), lw=2.0, label="slope ln 3")
    ax.set(
        xlabel="step k",
        ylabel="ln(1 + √h |X$_k$|)",
        yscale="log",
        xticks=k,
        ylim=(0.02, 500.0),
        title=f"Euler-Maruyama from √(2/h) = {BOUND:g}: logarithms triple",
    )
    ax.legend(loc="upper left")


def draw_laws(ax: Axes, run: Run) -> None:
    """Draw histograms and exact densities of the two schemes that stay near 0."""
    from stochcalc.plot import curve, histogram
    from stochcalc.plot.look import ink

    bins = np.linspace(-3.0, 3.0, 61)
    tamed_states = end_of(run, "tamed_euler", START, STEPS, 50_000)
    implicit_states = end_of(run, "theta", START, STEPS, 50_000)
    histogram(ax, tamed_states, bins, "", 1, alpha=0.25)
    histogram(ax, implicit_states, bins, "", 2, alpha=0.25)
    grid, masses = tamed_law()
    curve(ax, grid, masses / (grid[1] - grid[0]), "", 1, ls="-")
    grid, masses = implicit_law()
    y = implicit(grid)
    slope = 1 + 3 * H * y * y  # of u = y + h y^3
    curve(ax, y, masses / (grid[1] - grid[0]) * slope, "", 2, ls="-")
    x = np.linspace(-3.0, 3.0, 301)
    assert MODEL.invariant is not None
    curve(ax, x, MODEL.invariant(x), "", 0, color=ink(ax), ls="--")
    ax.text(1.55, 0.16, "tamed", color="C1")
    ax.text(-0.6, 0.51, "implicit", color="C2", ha="right")
    ax.annotate(
        "the solution, exp(−x⁴/2)/Z",
        (0.15, 0.464),
        xytext=(0.35, 0.56),
        color=ink(ax),
        arrowprops={"arrowstyle": "-", "color": ink(ax), "lw": 0.8},
    )
    ax.set(
        xlabel="x  (bars: measured, lines: exact)",
        ylabel="density",
        xlim=(-3.0, 3.0),
        ylim=(0, 0.63),
        title=f"{STEPS} steps of h = {H:g} from {START:g}: both stay, both are biased",
    )
