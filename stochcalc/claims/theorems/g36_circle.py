"""G36: an equation read as Stratonovich does stays on a circle and on a sphere; a scheme may not.

On the circle. Let J turn by a right angle, J^2 = -I. The chain rule of ordinary calculus holds for
Stratonovich's reading, and

    dX = J X o dW   has   d|X|^2 = 2 X . J X o dW = 0

so that |X| stays what it is. Ito's equation for the same X has the drift J J X/2 = -X/2. Without it
Ito's formula gives d|X|^2 = |J X|^2 dt, and the path leaves the circle: E |X_t|^2 = exp(t).

Every scheme multiplies |X|^2 by a number in each step, because J X is orthogonal to X and as long:

    Euler, without the drift       X + J X dW                    1 + dW^2
    Euler, with it                 (1 - h/2) X + J X dW          (1 - h/2)^2 + dW^2
    Heun, and Milstein             (1 - dW^2/2) X + J X dW       1 + dW^4/4
    implicit midpoint              X' = X + J (X + X')/2 dW      1

with the means 1 + h, 1 + h^2/4, 1 + 3 h^2/4 and 1, as E dW^4 = 3 h^2. In the last line the step is
a rotation, (I - J dW/2)^-1 (I + J dW/2), by the angle 2 arctan(dW/2). Milstein's step is Heun's
because J J X (dW^2 - h)/2 and the drift -X h/2 add up to -X dW^2/2.

On the sphere. Three motions turn X about the axes of space, dX = sum_k e_k x X o dW_k, which is
dW x X. Let p be the component of a = dW along the unit vector X, and q the length of what is
orthogonal to it. Euler's step X + a x X without the drift has |X'|^2 = 1 + q^2, of mean 1 + 2 h.
Heun's step is X + a x X + a x (a x X)/2. Here a x (a x X) = a p - X (p^2 + q^2), which has the
component -q^2 along X and p q orthogonal to both X and a x X. So

    |X'|^2 = (1 - q^2/2)^2 + q^2 + p^2 q^2/4 = 1 + q^4/4 + p^2 q^2/4

and since q^2 is the sum of two squares of normals, E q^4 = 8 h^2 and E p^2 q^2 = 2 h^2: the mean is
1 + 5 h^2/2. The axes do not commute, and Heun's scheme has the strong order 1/2; but its mean
radius is as good as that on the circle.

Steps multiply, so that after n steps the means are n-th powers. Here n = 8 and h = 1/8.

Source: P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
section 4.9; G. N. Milstein, Yu. M. Repin and M. V. Tretyakov, SIAM J. Numer. Anal. 40 (2002)
1583.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.methods import Method
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes, DiffusionFunction, DriftFunction, Noise, Parameters, State

STEPS = 8
Point = tuple[float, float]
Place = tuple[float, float, float]


def turn(t: float, x: Point) -> Point:
    """Return J x: x turned by a right angle."""
    return -x[1], x[0]


def slopes(t: float, x: Point) -> tuple[Point, Point]:
    """Return the matrix J."""
    return (0.0, -1.0), (1.0, 0.0)


def turn_in_space(t: float, x: Place) -> tuple[Place, Place, Place]:
    """Return the matrix of a -> a x X, whose column k is the turn about axis k."""
    return (0.0, x[2], -x[1]), (-x[2], 0.0, x[0]), (x[1], -x[0], 0.0)


def circle(lam: float) -> SDE:
    """Return the equation on the circle, read with lambda."""
    return SDE(lambda t, x: (0.0, 0.0), turn, noise="scalar", lam=lam, diffusion_dx=slopes)


def sphere(lam: float) -> SDE:
    """Return the equation on the sphere, read with lambda."""
    return SDE(lambda t, x: (0.0, 0.0, 0.0), turn_in_space, noise="general", lam=lam)


def midpoint(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
) -> State:
    """Return the solution of X' = X + J (X + X')/2 dW, where b(t, x) is J x.

    With q = dW/2 it is ((1 - q^2) X + 2 q J X)/(1 + q^2).
    """
    q = 0.5 * dW
    return ((1.0 - q * q) * x + (2.0 * q) * b(t, x, *args)) * (1.0 / (1.0 + q * q))


MIDPOINT = Method(
    name="implicit midpoint",
    step=midpoint,
    strong_order={"scalar": 1.0},
    weak_order={"scalar": 1.0},
    calculus=0.5,
    reference="Milstein, Repin and Tretyakov (2002), section 4",
    sources=("milsteinrepintretyakov2002",),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scheme on the circle or the sphere, and the mean factor of |X|^2 in a step.

    The factors are pairs (c, d) for 1 + c h + d h^2; the twin is a wrong one.
    """

    name: str
    equation: SDE
    method: str | Method
    start: tuple[float, ...]
    factor: tuple[float, float]
    twin: tuple[float, float]
    twin_statement: str


def mean_square(factor: tuple[float, float], n: int) -> float:
    """Return E |X_n|^2 = (1 + c h + d h^2)^n after n steps of [0, 1]."""
    c, d = factor
    return float((1.0 + c / n + d / n**2) ** n)


KEPT = (0.0, 0.0)
CASES = (
    Case(
        name="circle, Euler without correction",
        equation=circle(0.0),
        method="euler_maruyama",
        start=(1.0, 0.0),
        factor=(1.0, 0.0),
        twin=KEPT,
        twin_statement="Ito's equation without correction keeps the radius",
    ),
    Case(
        name="circle, Euler",
        equation=circle(0.5),
        method="euler_maruyama",
        start=(1.0, 0.0),
        factor=(0.0, 0.25),
        twin=KEPT,
        twin_statement="the scheme keeps the radius",
    ),
    Case(
        name="circle, Heun",
        equation=circle(0.5),
        method="heun",
        start=(1.0, 0.0),
        factor=(0.0, 0.75),
        twin=(0.0, 0.25),
        twin_statement="Euler's factor",
    ),
    Case(
        name="circle, Milstein",
        equation=circle(0.5),
        method="milstein",
        start=(1.0, 0.0),
        factor=(0.0, 0.75),
        twin=(0.0, 0.25),
        twin_statement="Euler's factor",
    ),
    Case(
        name="sphere, Euler without correction",
        equation=sphere(0.0),
        method="euler_maruyama",
        start=(0.0, 0.6, 0.8),
        factor=(2.0, 0.0),
        twin=(1.0, 0.0),
        twin_statement="that of the circle",
    ),
    Case(
        name="sphere, Heun",
        equation=sphere(0.5),
        method="heun",
        start=(0.0, 0.6, 0.8),
        factor=(0.0, 2.5),
        twin=(0.0, 0.75),
        twin_statement="that of the circle",
    ),
)


def squares_of(run: Run, W: BrownianPaths, case: Case) -> Array:
    """Return |X_n|^2 of all paths."""
    sol = solve(case.equation, case.start, noise=W, method=case.method, save="last", **run.options)
    assert sol.x is not None
    squares: Array = np.sum(sol.x[:, 0] ** 2, axis=1)
    return squares


@claim(
    "G36",
    chapter="lambda",
    title="Read as Stratonovich does, an equation stays on a circle and a sphere",
    formula=r"\mathrm{d}X = J X \circ \mathrm{d}W \quad \Longrightarrow \quad |X_t| = |X_0|",
    sources=("kloedenplaten1992", "milsteinrepintretyakov2002"),
)
def circle_and_sphere(run: Run) -> Iterator[Row | str]:
    """Measure E |X_T|^2 after eight steps of schemes that keep the radius more or less."""
    W = run.brownian(STEPS)
    turns = run.brownian(STEPS, dim=3)
    for case in CASES:
        motion = W if len(case.start) == 2 else turns
        yield Row(
            statement=f"E |X_T|^2, {case.name}, n = {STEPS}",
            exact=mean_square(case.factor, STEPS),
            measured=Estimate.mean(squares_of(run, motion, case)),
            twin=mean_square(case.twin, STEPS),
            twin_statement=case.twin_statement,
            limit=float(np.exp(case.factor[0])),
        )
    yield tell_of_midpoint(run)


def tell_of_midpoint(run: Run) -> str:
    """Return how far the implicit midpoint rule is from the circle at most."""
    W = run.brownian(STEPS, paths=min(run.paths, 10_000))
    sol = solve(circle(0.5), (1.0, 0.0), noise=W, method=MIDPOINT, save="last", **run.options)
    assert sol.x is not None
    distance = np.abs(np.sum(sol.x[:, 0] ** 2, axis=1) - 1.0).max()
    return (
        f"The implicit midpoint rule turns X by 2 arctan(dW/2) in every step: of {W.paths} paths "
        f"none has |X_T|^2 farther from 1 than {distance:.0e}."
    )


@circle_and_sphere.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw one path by three schemes around the circle, beside the mean of |X|^2 by steps."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "On a circle: the chain rule holds for Stratonovich's reading")
    draw_path(left, run)
    draw_squares(right, run)
    return ax


def draw_path(ax: Axes, run: Run) -> None:
    """Draw one path as three schemes follow it, in the plane."""
    from stochcalc.plot import LINES
    from stochcalc.plot.look import ink

    W = run.brownian(64, T=2.0, paths=1, store=True)
    angle = np.linspace(0.0, 2.0 * np.pi, 200)
    ax.plot(np.cos(angle), np.sin(angle), color=ink(ax), lw=0.8)
    shown: tuple[tuple[str, SDE, str | Method], ...] = (
        ("Euler, no correction", circle(0.0), "euler_maruyama"),
        ("Euler", circle(0.5), "euler_maruyama"),
        ("implicit midpoint", circle(0.5), MIDPOINT),
    )
    for i, (name, equation, method) in enumerate(shown):
        sol = solve(equation, (1.0, 0.0), noise=W, method=method)
        assert sol.x is not None
        ax.plot(*sol.x[0].T, color=f"C{i}", ls=LINES[i], lw=1.2, label=name)
    ax.set(xlabel="first component", ylabel="second component", aspect="equal")
    ax.margins(0.25)
    ax.legend(loc="upper right")


def draw_squares(ax: Axes, run: Run) -> None:
    """Draw E |X_T|^2 - 1 by the number of steps, on the exact lines."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    sizes = 2 ** np.arange(1, 7)
    for i, case in enumerate((CASES[0], CASES[1], CASES[2], CASES[5])):
        measured = []
        for n in sizes:
            W = run.brownian(int(n), dim=len(case.start) * 2 - 3, paths=100_000)
            measured.append(Estimate.mean(squares_of(run, W, case) - 1.0))
        points(ax, sizes, measured, "", i)
        curve(ax, sizes, [mean_square(case.factor, int(n)) - 1.0 for n in sizes], case.name, i)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="E |X$_T$|$^2$ − 1",
        ylim=(4e-3, 40.0),
    )
    ax.legend(loc="upper right")
