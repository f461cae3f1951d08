"""G10: Riemann sums of f(W) dW tend to F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt, where F' = f.

The values of f at the ends of each step are blended, as in claim G09:

    R = sum_k ((1 - lambda) f(W_k) + lambda f(W_{k+1})) dW_k,   W_k = W(t_k), dW_k = W_{k+1} - W_k
    S = R - F(W_T) + F(0)

S tends to (lambda - 1/2) int f'(W) dt, and its mean is known exactly on n equal steps h = 1/n of
[0, 1]. Two facts give it. Given W_k the increment has mean 0, so E f(W_k) dW_k = 0. And a normal X
with mean 0 has Stein's property E X g(X) = E X^2 E g'(X). Given W_k, with X = dW_k, it says

    E f(W_{k+1}) dW_k = h E f'(W_{k+1})

so that E R = lambda h sum_{k=1}^n E f'(W_k).

f = w^3, F = w^4/4. E f'(W_k) = 3 t_k, sum t_k = (n + 1)/2, and E F(W_1) = 3/4:

    E S = lambda h 3 (n + 1)/2 - 3/4 = (3/2) (lambda (1 + 1/n) - 1/2)

f = F = exp. E f'(W_k) = e^(t_k/2), a geometric sum, and E F(W_1) - F(0) = e^(1/2) - 1:

    E S = lambda h e^(h/2) (e^(1/2) - 1)/(e^(h/2) - 1) - (e^(1/2) - 1)

f = sin, F = -cos. E f'(W_k) = E cos W_k = e^(-t_k/2), and E F(W_1) - F(0) = 1 - e^(-1/2):

    E S = lambda h e^(-h/2) (e^(-1/2) - 1)/(e^(-h/2) - 1) - (1 - e^(-1/2))

f = w^2, F = w^3/3. Here E S = 0 at every lambda, for W and -W have the same law. Therefore E W_T S
is measured. In W_T = W_k + X + (later increments) the later ones contribute 0:

    E W_T W_k^2 X = E W_k^2 X^2 = t_k h
    E W_T W_{k+1}^2 X = E (W_k + X)^3 X = 3 t_k h + 3 h^2

With h sum_{k<n} t_k = (1 - h)/2, and E W_T F(W_T) = E W_1^4/3 = 1,

    E W_T S = (1 - lambda) (1 - h)/2 + lambda (3 (1 - h)/2 + 3 h) - 1
            = lambda - 1/2 + (4 lambda - 1)/(2 n)

The limits are (lambda - 1/2) int E f'(W) dt, times W_T for f = w^2: (3/2) (lambda - 1/2),
2 (e^(1/2) - 1) (lambda - 1/2), 2 (1 - e^(-1/2)) (lambda - 1/2) and lambda - 1/2. Whoever believes
that Ito's integral obeys the ordinary rules of calculus expects F(W_T) - F(0) at lambda = 0, and so
lambda in place of lambda - 1/2 everywhere. That is the twin.

The figure shows f = sin read at the time point. To leading order a step there leaves
f'(W_k) ((A^2 - B^2)/2 less its mean), in the notation of claim G09, so the mean-square error is

    (lambda^2 + (1 - lambda)^2)/2 h int E f'(W)^2 dt

and for f = sin the integral is int (1 + e^(-2 t))/2 dt = 1/2 + (1 - e^(-2))/4.

Source: L. C. Evans, An Introduction to Stochastic Differential Equations (2013), sections 4.1 and
4.3; R. L. Stratonovich, SIAM J. Control 4 (1966) 362 (lambda = 1/2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.riemann_limits import riemann_limit
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.laboratory.integral_errors import integral_convergence
from stochcalc.moments import Moments
from stochcalc.typing import Axes, FunctionOfPath, FunctionOfValue

STEPS = 64
LAMBDAS = (0.25, 0.75)
SHOWN = (0.0, 0.5, 1.0)  # in the figure, of f = sin
LIMIT = (lambda w: -math.cos(w), lambda w: math.cos(w))  # F and f' of the figure


def sine(t: float, w: float) -> float:
    """Return the integrand f(t, w) = sin w of the figure."""
    return math.sin(w)


def square_mean(lam: float, n: int) -> float:
    """Return E W_T S for f = w^2."""
    return lam - 0.5 + (4 * lam - 1) / (2 * n)


def cube_mean(lam: float, n: int) -> float:
    """Return E S for f = w^3."""
    return 1.5 * (lam * (1 + 1 / n) - 0.5)


def exponential_mean(lam: float, n: int) -> float:
    """Return E S for f = exp."""
    h = 1.0 / n
    sum_of_powers = math.exp(h / 2) * math.expm1(0.5) / math.expm1(h / 2)
    return lam * h * sum_of_powers - math.expm1(0.5)


def sine_mean(lam: float, n: int) -> float:
    """Return E S for f = sin."""
    h = 1.0 / n
    sum_of_powers = math.exp(-h / 2) * math.expm1(-0.5) / math.expm1(-h / 2)
    return lam * h * sum_of_powers + math.expm1(-0.5)


@dataclass(frozen=True, kw_only=True)
class Integrand:
    """An integrand f = F', and the mean of S, or of W_T S if it is `weighted`."""

    name: str
    f: FunctionOfPath
    F: FunctionOfValue
    weighted: bool
    exact: Callable[[float, int], float]  # of lambda and n
    slope: float  # the limit is the slope times lambda - 1/2


INTEGRANDS = (
    Integrand(
        name="w^2",
        f=lambda t, w: w * w,
        F=lambda w: w * w * w / 3.0,
        weighted=True,
        exact=square_mean,
        slope=1.0,
    ),
    Integrand(
        name="w^3",
        f=lambda t, w: w * w * w,
        F=lambda w: w * w * w * w / 4.0,
        weighted=False,
        exact=cube_mean,
        slope=1.5,
    ),
    Integrand(
        name="exp w",
        f=lambda t, w: math.exp(w),
        F=lambda w: math.exp(w),
        weighted=False,
        exact=exponential_mean,
        slope=2 * math.expm1(0.5),
    ),
    Integrand(
        name="sin w",
        f=lambda t, w: math.sin(w),
        F=lambda w: -math.cos(w),
        weighted=False,
        exact=sine_mean,
        slope=-2 * math.expm1(-0.5),
    ),
)


def observe_residual(F: FunctionOfValue) -> Callable[[float, float, float], float]:
    """Return the function of (t, W_T, R) that observes S = R - F(W_T) + F(0)."""
    return lambda t, w, r: r - (F(w) - F(0.0))


def observe_weighted_residual(F: FunctionOfValue) -> Callable[[float, float, float], float]:
    """Return the function of (t, W_T, R) that observes W_T S."""
    return lambda t, w, r: (r - (F(w) - F(0.0))) * w


@claim(
    "G10",
    chapter="lambda",
    title="Sums of f(W) dW tend to F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt",
    formula=r"R(\lambda) \longrightarrow F(W_T) - F(0) + \Bigl(\lambda - \frac12\Bigr)"
    r" \int_0^T f'(W_t)\, \mathrm{d}t, \qquad F' = f",
    sources=("evans2013", "stratonovich1966"),
)
def general_integrands(run: Run) -> Iterator[Row | str]:
    """Measure the mean of S for four integrands, the values blended at lambda = 1/4 and 3/4."""
    W = run.brownian(STEPS)
    for case in INTEGRANDS:
        observe = observe_residual(case.F)
        number = "E [R - F(W_T) + F(0)]"
        if case.weighted:
            observe = observe_weighted_residual(case.F)
            number = "E W_T [R - F(W_T) + F(0)]"
        for lam in LAMBDAS:
            S: Moments = riemann_sum(
                case.f, W, lam, at="value", save="stats", observe=observe, **run.options
            )
            yield Row(
                statement=f"{number}, f = {case.name}, lambda = {lam:g}",
                exact=case.exact(lam, STEPS),
                measured=S.estimate(),
                twin=case.slope * lam,
                twin_statement="lambda int f'(W) dt: ordinary calculus at lambda = 0",
                limit=case.slope * (lam - 0.5),
            )


@general_integrands.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw sums of sin(W) dW along one path, beside their distance from the limit."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Sums of sin(W) dW tend to 1 − cos(W$_T$) + (λ − ½) ∫ cos(W) dt, with order ½"
    )
    draw_refinement(left, run)
    draw_errors(right, run)
    return ax


def draw_refinement(ax: Axes, run: Run) -> None:
    """Draw S of one path against the number of steps, with its limit for three lambda."""
    from stochcalc.plot import curve, limit_line, name_line
    from stochcalc.plot.look import ink

    finest = 12
    sizes = 2 ** np.arange(2, finest + 1)
    fine = run.brownian(2**finest, paths=1, store=True)
    end = 1.0 - math.cos(fine.values[0, -1])
    for i, lam in enumerate(SHOWN):
        S = [
            riemann_sum(sine, fine.coarsen(2**finest // int(n)), lam, at="value")[0] - end
            for n in sizes
        ]
        limit = riemann_limit(*LIMIT, fine, lam)[0] - end
        curve(ax, sizes, S, "", i, marker=".")
        limit_line(ax, limit, "")
        name_line(ax, None, limit, f"λ = {lam:g}", i)
    ax.plot([], [], ls=":", color=ink(ax), alpha=0.75, lw=1.4, label="(λ − ½) ∫ cos(W) dt")
    ax.set(xscale="log", xlabel="number of steps n, the same path", ylabel="R(λ) − 1 + cos(W$_T$)")
    ax.legend()


def draw_errors(ax: Axes, run: Run) -> None:
    """Draw the root mean square error over its leading order, which falls with dt^(1/2)."""
    from stochcalc.plot import limit_line, points, tick_steps

    study = integral_convergence(
        sine, lam=SHOWN, levels=range(2, 9), limit=LIMIT, key=run.key, **run.means
    )
    n = 1.0 / study.dt  # the three points of each n are drawn side by side
    slope = 0.5 - math.expm1(-2.0) / 4.0  # int E cos^2(W) dt
    for i, lam in enumerate(SHOWN):
        leading = np.sqrt((lam**2 + (1 - lam) ** 2) / 2 * study.dt * slope)
        ratios = [
            Estimate.normal(error.value / scale, error.stderr / scale)
            for error, scale in zip(study.estimates(f"lambda = {lam:g}"), leading, strict=True)
        ]
        points(ax, n * 2.0 ** (0.12 * (i - 1)), ratios, f"λ = {lam:g}", i)
    limit_line(ax, 1.0, "limit")
    ax.set(
        xscale="log",
        xlabel="number of steps n",
        ylabel="RMS distance from the limit / leading order",
    )
    tick_steps(ax.xaxis, n)
    ax.legend(title="leading order:\n√(c(λ) h ∫ E cos$^2$(W) dt),\nc(λ) = (λ$^2$ + (1 − λ)$^2$)/2")
