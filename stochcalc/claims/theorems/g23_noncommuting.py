"""G23: noises that do not commute limit the strong order to 1/2, unless Levy areas are drawn.

The simplest such equation has two noises and two components, from (0, 0):

    dX_1 = dW_1,    dX_2 = X_1 dW_2

A step of length h from time t adds to X_2

    X_1 dW_2 + int (W_1(s) - W_1(t)) dW_2(s)

The integral is dW_1 dW_2/2 + A with Levy's area A of the step. By the isometry its mean square is
int s ds = h^2/2. Given the increments dW_1 and dW_2, the area has the mean 0; its variance,
averaged over the increments, is that of the integral less that of dW_1 dW_2/2, h^2/2 - h^2/4 =
h^2/4. Now

    Euler-Maruyama   leaves the whole integral out:              E |e|^2 = n h^2/2 = T h/2
    Heun             adds (X_1 + dW_1/2) dW_2, and leaves A out: E |e|^2 = n h^2/4 = T h/4

after n = T/h steps, because the errors of different steps are uncorrelated, and X_1 has none.
Heun's result is the mean of X_2 given all increments. No function of the increments is closer in
mean square (Clark and Cameron), and so order 1/2 is the best without the areas. A scheme that draws
the areas, sri2, has order 1 again; on this equation it is exact.

Source: Clark and Cameron, Lecture Notes in Control and Information Sciences 25 (1980) 162.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.laboratory.declared_orders import PROBLEMS, START
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import clark_cameron
from stochcalc.typing import Axes

T = 1.0
ORIGIN = (0.0, 0.0)
LEVELS = (2, 4, 6)  # 4, 16 and 64 steps


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scheme, the share of T h in its mean-square error, and that of the other scheme."""

    method: str
    share: float
    other_share: float


CASES = (
    Case(method="euler_maruyama", share=0.5, other_share=0.25),
    Case(method="heun", share=0.25, other_share=0.5),
)
METHODS = tuple(case.method for case in CASES)
NAMES = {"euler_maruyama": "Euler-\nMaruyama", "heun": "Heun", "sri2": "sri2,\nwith areas"}


def wrong_error(case: Case, n: int) -> tuple[float, str]:
    """Return a wrong value of the mean-square error on n steps, and what it would mean."""
    if n < 64:
        twin = case.other_share * T * T / n
        return twin, f"T h/{1 / case.other_share:g}, as for the other scheme"
    return case.share * T * T / 4 * (4 / n) ** 2, "order 1 from n = 4 on"


@claim(
    "G23",
    chapter="schemes",
    title=(
        "Without Levy areas no scheme beats order 1/2: the best has mean-square error T"
        " h/4, Euler T h/2"
    ),
    formula=r"E\,|X_n - X_T|^2 = \tfrac12\,T h \text{ for Euler-Maruyama, }"
    r" \tfrac14\,T h \text{ for the best without areas}",
    sources=("clarkcameron1980",),
)
def noncommuting(run: Run) -> Iterator[Row | str]:
    """Measure the mean-square errors of two schemes at three levels, on the same paths."""
    study = strong_convergence(
        clark_cameron(),
        ORIGIN,
        T,
        methods=METHODS,
        levels=LEVELS,
        paths=run.paths,
        key=run.key,
        **run.options,
    )
    for case in CASES:
        for i, level in enumerate(LEVELS):
            n = 2**level
            twin, twin_statement = wrong_error(case, n)
            yield Row(
                statement=f"E |X_n - X_T|^2 by {case.method}, n = {n}",
                exact=case.share * T * T / n,
                measured=study.mean_squares(case.method)[i],
                twin=twin,
                twin_statement=twin_statement,
                limit=0.0,
            )
    largest = largest_error_with_areas(run)
    yield (
        "The scheme sri2, which takes the areas, is exact here: its root mean square error, "
        f"{largest:.1e}, is that of rounding."
    )


def largest_error_with_areas(run: Run) -> float:
    """Return the larger root-mean-square error of sri2 on 4 and on 8 steps.

    The reference is sri2 itself, three levels finer along the same paths.
    """
    study = strong_convergence(
        clark_cameron(),
        ORIGIN,
        T,
        methods="sri2",
        levels=(2, 3),
        paths=4096,
        key=run.key,
        reference="sri2",
        finer=3,
        **run.options,
    )
    return float(max(study.error["sri2"]))


@noncommuting.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the errors on this equation, and on a nonlinear one with a scheme that has areas."""
    from stochcalc.plot import panels

    title = "Noises that do not commute: order 1/2 without Levy areas, order 1 with them"
    left, right = panels(ax, 2, title)
    draw_exact_errors(left, run)
    draw_schemes_with_areas(right, run)
    return ax


def draw_exact_errors(ax: Axes, run: Run) -> None:
    """Draw measured and exact errors of Euler-Maruyama and Heun against the step."""
    from stochcalc.plot import curve, name_line, points, slope_triangle
    from stochcalc.plot.look import ink

    study = strong_convergence(
        clark_cameron(),
        ORIGIN,
        T,
        methods=METHODS,
        levels=range(1, 8),
        paths=20_000,
        key=run.key,
        **run.options,
    )
    for i, case in enumerate(CASES):
        points(ax, study.dt, study.estimates(case.method), "", i)
        exact = np.sqrt(case.share * T * study.dt)  # a straight line on these axes
        curve(ax, study.dt, exact, "", i)
        name = f"{NAMES[case.method]}\n√(T h/{1 / case.share:g})"
        name_line(ax, study.dt[0], exact[0], name, i, xytext=(8, 10 - 18 * i))  # apart
    slope_triangle(ax, (1 / 32, 1 / 8), 0.07, 0.5)
    ax.plot([], [], "o-", color=ink(ax), label="points: measured, lines: exact")
    ax.set(xscale="log", yscale="log", xlabel="step size h", ylabel="(E |X$_n$ − X$_T$|²)$^{1/2}$")
    ax.set_title("dX$_1$ = dW$_1$, dX$_2$ = X$_1$ dW$_2$", fontsize="medium")
    ax.legend()


def draw_schemes_with_areas(ax: Axes, run: Run) -> None:
    """Draw the errors on a nonlinear equation, where sri2 draws the areas."""
    from stochcalc.plot import LINES, name_line, place_legend, points, slope_triangle

    problem = PROBLEMS["general"]
    study = strong_convergence(
        problem.sde,
        START,
        T,
        methods=(*METHODS, "sri2"),
        levels=range(2, 7),
        paths=4096,
        key=run.key,
        reference=problem.reference,
        finer=4,
        **run.options,
    )
    for i, method in enumerate(study.error):
        slope = study.order[method]
        label = f"slope {slope.value:.3f} ± {slope.stderr:.3f}"
        points(ax, study.dt, study.estimates(method), label, i, linestyle=LINES[i])
        name_line(ax, study.dt[0], study.error[method][0], NAMES[method], i)
    finest = study.error["sri2"][-1]
    slope_triangle(ax, (1 / 24, 1 / 10), finest, 1.0)
    slope_triangle(ax, (1 / 64, 1 / 32), 3.2 * finest, 0.5)
    ax.set(xscale="log", yscale="log", xlabel="step size h", ylabel="")
    ax.set_ylim(bottom=finest / 2.3, auto=None)  # room below the triangles
    ax.set_title("a nonlinear equation", fontsize="medium")
    place_legend(ax)
