"""G21: Euler-Maruyama has the strong order 1/2 and Milstein's scheme 1, with errors that are known.

On geometric Brownian motion dX = a X dt + b X dW from X_0 = 1, one step of length h multiplies the
approximation by a factor F and the solution by a factor G, both of the same dW:

    F = 1 + a h + b dW                            Euler-Maruyama
    F = 1 + a h + b dW + b^2 (dW^2 - h)/2         Milstein
    G = exp((a - b^2/2) h + b dW)

The steps are independent, so that with n = T/h of them

    E |X_n - X_T|^2 = (E F^2)^n + (E G^2)^n - 2 (E F G)^n

Since dW and dW^2 - h are uncorrelated and E (dW^2 - h)^2 = 2 h^2, the first expectation is

    E F^2 = (1 + a h)^2 + b^2 h + m,    m = 0 for Euler-Maruyama, b^4 h^2/2 for Milstein

The second is E G^2 = exp((2a + b^2) h). For the third, G exp(-a h) is the density that turns dW
into dW + b h, under which E dW^2 becomes h + b^2 h^2:

    E F G = e^(ah) (1 + a h + b^2 h + m)

The root of the mean-square error falls like h^(1/2) and like h. A slope that is fitted over all
levels is not yet the order, because the coarse levels bend it; so the errors are tested, level by
level, and not the slope.

Source: Kloeden and Platen, Numerical Solution of Stochastic Differential Equations (1992), sections
10.2 and 10.3; Milstein, Theory Probab. Appl. 19 (1974) 557.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import gbm
from stochcalc.typing import Axes

A = 0.5  # drift
B = 0.5  # volatility
LEVELS = range(2, 10)  # 4 to 512 steps of [0, 1]
METHODS = ("euler_maruyama", "milstein")
NAMES = {"euler_maruyama": "Euler-\nMaruyama", "milstein": "Milstein"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scheme, the other scheme, and the wrong power of h in the mean-square error."""

    method: str
    other: str
    wrong_power: int


CASES = (
    Case(method="euler_maruyama", other="milstein", wrong_power=2),
    Case(method="milstein", other="euler_maruyama", wrong_power=1),
)


def exact_error(method: str, n: int) -> float:
    """Return E |X_n - X_T|^2 on n equal steps of [0, 1]."""
    h = 1.0 / n
    noise = B**2 * h
    if method == "milstein":
        noise += 0.5 * B**4 * h * h
    approximation = ((1 + A * h) ** 2 + noise) ** n
    solution = math.exp(2 * A + B**2)
    product = (math.exp(A * h) * (1 + A * h + noise)) ** n
    return approximation + solution - 2 * product


def wrong_error(case: Case, n: int) -> tuple[float, str]:
    """Return a wrong value of the mean-square error on n steps, and what it would mean."""
    first = 2 ** LEVELS[0]
    if n == first:
        return exact_error(case.other, n), "the other scheme's"
    power = case.wrong_power
    twin = exact_error(case.method, first) * (first / n) ** power
    return twin, f"order {power / 2:g} from n = {first} on"


@claim(
    "G21",
    chapter="schemes",
    title=(
        "Euler-Maruyama has strong order 1/2 and Milstein 1, each with its exact error "
        "at every step"
    ),
    decisive_paths=1_000_000,
    formula=r"\bigl(E\,|X_n - X_T|^2\bigr)^{1/2} = O(h^{1/2})"
    r" \text{ for Euler-Maruyama, } O(h) \text{ for Milstein}",
    sources=("kloedenplaten1992", "milstein1974", "maruyama1955"),
)
def strong_order(run: Run) -> Iterator[Row | str]:
    """Measure the mean-square errors of both schemes at eight levels, on the same paths."""
    study = strong_convergence(
        gbm(A, B),
        1.0,
        1.0,
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
                exact=exact_error(case.method, n),
                measured=study.mean_squares(case.method)[i],
                twin=twin,
                twin_statement=twin_statement,
                limit=0.0,
            )


@strong_order.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the errors of both schemes against the step, on their exact curves."""
    from stochcalc.plot import curve, name_line, place_legend, points, slope_triangle

    study = strong_convergence(
        gbm(A, B),
        1.0,
        1.0,
        methods=METHODS,
        levels=range(3, 11),
        paths=20_000,
        key=run.key,
        **run.options,
    )
    sizes = np.unique(np.geomspace(8, 1024, 60).astype(int))
    for i, method in enumerate(METHODS):
        slope = study.order[method]
        label = f"measured, slope {slope.value:.3f} ± {slope.stderr:.3f}"
        points(ax, study.dt, study.estimates(method), label, i)
        exact = [math.sqrt(exact_error(method, int(n))) for n in sizes]
        curve(ax, 1.0 / sizes, exact, f"exact, slope {study.exact_order[method]:.3f}", i)
        name_line(ax, 1.0 / sizes[0], exact[0], NAMES[method], i)
    for method, power in (("euler_maruyama", 0.5), ("milstein", 1.0)):
        height = 0.75 * math.sqrt(exact_error(method, 256))
        slope_triangle(ax, (1 / 256, 1 / 64), height, power)
    ax.set(xscale="log", yscale="log", xlabel="step size h", ylabel="(E |X$_n$ − X$_T$|²)$^{1/2}$")
    ax.set_title(
        "Strong order ½ of Euler-Maruyama, 1 of Milstein\n"
        f"dX = a X dt + b X dW, a = {A:g}, b = {B:g}, X$_0$ = 1, T = 1"
    )
    place_legend(ax)
    return ax
