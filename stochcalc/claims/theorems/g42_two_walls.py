"""G42: between two walls the grid sees the exit too late; bridges give its time and its side.

A Brownian path from 0 leaves the strip (-a, b) at the time tau. W and W^2 - t are martingales, and
until tau both are bounded or nearly so. Hence E W_tau = 0 and E W_tau^2 = E tau, which say

    P(W_tau = b) = a/(a + b),   E tau = a b

the ruin of the gambler and the time that it takes: 1 for (-1, 1), and a third for the upper side of
(-1, 2).

A path that is looked at after steps of length h leaves when it is first *seen* outside. Let f_k be
the density of the paths that are inside after k steps. It is multiplied by the normal density of a
step and integrated over the strip, again and again, and

    E tau = h sum_k int f_k(x) dx,   P(above) = sum_k int f_k(x) P(sqrt(h) Z > b - x) dx

are found by Gauss-Legendre quadrature. The strip seems wider than it is, by about 0.5826 sqrt(h) on
both sides: the exit is late by an error of the order of the root of the step.

Bridges repair it. Between two grid times the path is a Brownian bridge, whatever it did before, and
the probability that the bridge touches a wall, and which of the two it touches first, is a series
of exponentials (`passage.bridges`). The side is then exact for steps as wide as one likes. The time
is exact for steps that are short beside the strip; there it is drawn from the law of one wall.

Paths are followed up to a time T that hardly one of them reaches inside: by the series of sines
for the heat equation P(tau > T) is below 4/pi exp(-pi^2 T/(2 (a + b)^2)). The numbers are for steps
of 1/16 up to T = 12 in (-1, 1), and for steps of 1 up to T = 40 in (-1, 2).

Source: I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (1991), section 2.8;
S. Asmussen, P. Glynn and J. Pitman, Ann. Appl. Probab. 5 (1995) 875, for the shift of a wall.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.passage.first_passage import first_passage
from stochcalc.passage.passage_times import FirstPassage
from stochcalc.sde import SDE
from stochcalc.typing import Array, Axes

NODES = 120  # of the quadrature
Strip = tuple[float, float]
EVEN: Strip = (-1.0, 1.0)
UNEVEN: Strip = (-1.0, 2.0)
SHORT = 12.0  # the time up to which paths are followed in the even strip
LONG = 40.0  # and in the uneven one
FINE = 192  # steps of 1/16
WIDE = 40  # steps of 1


@functools.cache
def seen_on_grid(strip: Strip, T: float, n: int) -> tuple[float, float]:
    """Return E min(tau, T) and P(above) of a path from 0 that is seen on n steps alone."""
    with hold_interrupts_back():
        from scipy.special import ndtr

    low, high = strip
    h = T / n
    root = math.sqrt(h)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    x = 0.5 * (high - low) * (nodes + 1.0) + low
    weights = 0.5 * (high - low) * weights
    step = _normal((x[:, None] - x) / root) / root
    above = ndtr((x - high) / root)
    inside = _normal(x / root) / root  # the density after one step
    time = h
    top = float(ndtr(-high / root))
    for _ in range(1, n):
        time += h * float(weights @ inside)
        top += float(weights @ (inside * above))
        inside = step @ (weights * inside)
    return time, top


def _normal(z: Array) -> Array:
    """Return the standard normal density."""
    density: Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return density


def leave(run: Run, strip: Strip, T: float, n: int, paths: int, correction: bool) -> FirstPassage:
    """Follow paths until they leave a strip, with bridges or on grid times alone."""
    return first_passage(
        SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive"),
        0.0,
        strip,
        T,
        n=n,
        paths=paths,
        correction=correction,
        save="stats",
        key=run.key,
        **run.options,
    )


@claim(
    "G42",
    chapter="motion",
    title="Between two walls the grid sees the exit too late; bridges give its time and side",
    formula=r"P(W_\tau = b) = \frac{a}{a + b}, \qquad E \tau = a b",
    sources=("karatzasshreve1991", "asmussen1995"),
)
def two_walls(run: Run) -> Iterator[Row | str]:
    """Measure the mean time and the side of the exit, as the grid and as bridges see it."""
    paths = max(256, run.paths // 4)
    late, _ = seen_on_grid(EVEN, SHORT, FINE)
    _, seldom = seen_on_grid(UNEVEN, LONG, WIDE)
    for name, correction, exact, twin, twin_statement in (
        ("grid times alone", False, late, 1.0, "the exit time of the path"),
        ("bridges", True, 1.0, late, "what grid times see"),
    ):
        found = leave(run, EVEN, SHORT, FINE, paths, correction)
        yield Row(
            statement=f"E tau of (-1, 1), {name}, h = 1/16",
            exact=exact,
            measured=found.mean_restricted,
            twin=twin,
            twin_statement=twin_statement,
            paths=paths,
            limit=1.0,
        )
    for name, correction, exact, twin, twin_statement in (
        ("grid times alone", False, seldom, 1.0 / 3.0, "the side of the path"),
        ("bridges", True, 1.0 / 3.0, seldom, "what grid times see"),
    ):
        found = leave(run, UNEVEN, LONG, WIDE, run.paths, correction)
        yield Row(
            statement=f"P(above) of (-1, 2), {name}, h = 1",
            exact=exact,
            measured=found.high_first,
            twin=twin,
            twin_statement=twin_statement,
            limit=1.0 / 3.0,
        )


@two_walls.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw paths up to their exit, beside the mean time of the exit by the step."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Between two walls: grid times see the exit too late")
    draw_exits(left, run)
    draw_times(right, run)
    return ax


def draw_exits(ax: Axes, run: Run) -> None:
    """Draw twenty paths from 0 until they leave (-1, 2)."""
    from stochcalc.plot.look import ink

    W = run.brownian(4000, T=8.0, paths=20, store=True)
    low, high = UNEVEN
    for path in W.values:
        outside = np.flatnonzero((path <= low) | (path >= high))
        end = int(outside[0]) if len(outside) else len(path) - 1
        colour = "C0" if path[end] >= high else "C1"
        ax.plot(W.t[: end + 1], path[: end + 1], color=colour, lw=0.7, alpha=0.7)
    for wall in UNEVEN:
        ax.axhline(wall, color=ink(ax), lw=1.4)
    ax.plot([], [], color="C0", label="out above: one in three")
    ax.plot([], [], color="C1", label="out below")
    ax.set(xlabel="time t", ylabel="W$_t$", ylim=(-1.3, 3.2))
    ax.legend(loc="upper right")


def draw_times(ax: Axes, run: Run) -> None:
    """Draw the mean time of the exit from (-1, 1) against the step, with and without bridges."""
    from stochcalc.plot import curve, limit_line, points

    sizes = np.array([24, 48, 96, 192, 384])
    steps = SHORT / sizes
    for i, (name, correction) in enumerate((("grid times alone", False), ("bridges", True))):
        measured = [
            leave(run, EVEN, SHORT, int(n), 20_000, correction).mean_restricted for n in sizes
        ]
        points(ax, steps, measured, name, i)
    curve(ax, steps, [seen_on_grid(EVEN, SHORT, int(n))[0] for n in sizes], "exact, grid times", 0)
    limit_line(ax, 1.0, "E τ = 1")
    ax.set(xscale="log", xlabel="step h", ylabel="E τ of (−1, 1)")
    ax.legend(loc="upper left")
