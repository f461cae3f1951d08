"""G09 and G10: Riemann sums R(P, lambda) of f(W) dW, at every finite n.

f = w: E (R - W_T^2/2) = (lambda - 1/2) T. The mean-square error around the limit is (lambda^2 + (1
- lambda)^2)/2 sum D^2 if f is read at the time point, 2 (lambda - 1/2)^2 sum D^2 if its values are
blended: the error is the sum of (A^2 - B^2)/2 less its mean, with independent A ~ N(0, lambda D)
and B ~ N(0, (1 - lambda) D), and for the blend the sum of (lambda - 1/2) (dW^2 - D).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stochcalc.claims.claim import HOLDS, Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.riemann_steps import RiemannSum
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.laboratory.integral_errors import integral_convergence
from stochcalc.motion.brownian import brownian


def identity(t: float, w: float) -> float:
    """The integrand f(t, w) = w."""
    return w


def around_limit(t: float, x: Any, args: Any) -> Any:
    """Observe R - W_T^2/2 and its squared distance from (lambda - 1/2) T, on the state (W, R)."""
    excess = x[1] - 0.5 * x[0] * x[0]
    error = excess - (args[0] - 0.5) * t
    return excess, error * error


@claim(
    "G09",
    chapter="lambda",
    title="Riemann sums of W dW tend to W_T^2/2 + (lambda - 1/2) T: minus one half",
)
def riemann_sums(run: Run) -> Finding:
    """Means and mean-square errors of sums of W dW at four evaluation points."""
    n, rows = 32, []
    W = brownian(1.0, n, paths=run.paths, store=False, key=run.key)
    for lam, at in ((0.0, "time"), (0.25, "value"), (0.5, "time"), (1.0, "time")):
        job = RiemannSum(identity, W, lam, at).job(around_limit, 2, np.array([n]), save_rows=False)
        excess, error = run.measure(job, 2)
        time_error, value_error = (lam**2 + (1 - lam) ** 2) / 2 / n, 2 * (lam - 0.5) ** 2 / n
        exact, twin, wrong = (
            (time_error, value_error, "the value blend's error")
            if at == "time"
            else (value_error, time_error, "the time point's error")
        )
        if lam in (0.0, 1.0):
            twin, wrong = 1.0 / n, "sum dt^2, without the 1/2"
        rows += [
            Row(
                statement=f"E [R - W_T^2/2], lambda = {lam:g} ({at})",
                exact=lam - 0.5,
                measured=excess.estimate(),
                twin=lam + 0.5,
                twin_statement="(lambda + 1/2) T",
                paths=run.paths,
                limit=lam - 0.5,
            ),
            Row(
                statement=f"E [R - limit]^2, lambda = {lam:g} ({at})",
                exact=exact,
                measured=error.estimate(),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
                limit=0.0,
            ),
        ]

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, LINES, curve, panels, points

        left, right = panels(
            ax, 2, "Riemann sums of W dW tend to W$_T^2$/2 + (λ − ½) T, with order ½ in mean square"
        )
        fine, levels = brownian(1.0, 2**12, key=run.key), np.arange(2, 13)
        for i, lam in enumerate((0.0, 0.25, 0.5, 0.75, 1.0)):
            coarse = [fine.coarsen(2 ** int(12 - level)) for level in levels]
            found = [
                riemann_sum(identity, W, lam, at="value")[0] - 0.5 * fine.values[0, -1] ** 2
                for W in coarse
            ]
            left.plot(
                2.0**levels, found, color=COLOURS[i], ls=LINES[i], marker=".", label=f"λ = {lam:g}"
            )
            left.axhline(lam - 0.5, ls=":", color="0.35", lw=1.2)
        left.set(
            xscale="log",
            xlabel="number of steps n, the same path",
            ylabel="R(P, λ) − W$_T^2$/2",
            ylim=(-0.85, 1.05),
        )
        left.legend(ncols=3, loc="upper right")
        i = 0
        both: tuple[tuple[str, tuple[float, ...]], ...] = (
            ("time", (0.0, 0.25, 0.5)),
            ("value", (0.25,)),
        )
        for at, lams in both:
            study = integral_convergence(
                identity, lam=lams, at=at, levels=range(2, 9), key=run.key, workers=run.workers
            )
            for lam in lams:
                name = f"lambda = {lam:g}"
                measured = [
                    Estimate.normal(e, s) for e, s in zip(study.error[name], study.stderr[name])
                ]
                label = {0.0: "λ = 0 and 1", 0.25: "λ = ¼ and ¾", 0.5: "λ = ½"}[lam]
                points(
                    right,
                    study.dt,
                    measured,
                    f"{label}, {'at the time point' if at == 'time' else 'values blended'}",
                    i,
                )
                curve(right, study.dt, study.exact[name], "", i)
                i += 1
        right.plot([], [], color="0.35", lw=1.2, label="lines: exact at these steps")
        right.set(
            xscale="log", yscale="log", xlabel="step size Δ", ylabel="RMS distance from the limit"
        )
        right.legend()
        return ax

    return Finding(tuple(rows), draw, (which_sign(rows[0]),))


def which_sign(row: Row) -> str:
    """The sign question, answered by the Ito sums."""
    supported, refuted = (
        ("supported", "refuted") if row.verdict == HOLDS else (row.verdict, "not refuted")
    )
    return (
        f"Which sign? Ito sums (lambda = 0) minus W_T^2/2 average {row.measured}: (lambda - 1/2) T "
        f"= -1/2 is {supported} "
        f"(z = {row.z:+.1f}), (lambda + 1/2) T = +1/2 is {refuted} (z = {row.twin_z:+.0f})."
    )


def _exp_mean(lam: float, n: int) -> float:
    h = 1.0 / n
    return lam * h * math.exp(h / 2) * math.expm1(0.5) / math.expm1(h / 2) - math.expm1(0.5)


def _sin_mean(lam: float, n: int) -> float:
    h = 1.0 / n
    return lam * h * math.exp(-h / 2) * math.expm1(-0.5) / math.expm1(-h / 2) + math.expm1(-0.5)


# f, F, exact E S for the value blend at finite n, limit, what S is
INTEGRANDS: dict[
    str,
    tuple[
        Callable[..., float],
        Callable[..., float],
        Callable[[float, int], float],
        Callable[[float], float],
        bool,
    ],
] = {
    "w^2": (
        lambda t, w: w * w,
        lambda w: w * w * w / 3.0,
        lambda lam, n: lam - 0.5 + (4 * lam - 1) / (2 * n),
        lambda lam: lam - 0.5,
        True,
    ),
    "w^3": (
        lambda t, w: w * w * w,
        lambda w: w * w * w * w / 4.0,
        lambda lam, n: 1.5 * (lam * (1 + 1 / n) - 0.5),
        lambda lam: 1.5 * (lam - 0.5),
        False,
    ),
    "exp w": (
        lambda t, w: math.exp(w),
        lambda w: math.exp(w),
        _exp_mean,
        lambda lam: 2 * math.expm1(0.5) * (lam - 0.5),
        False,
    ),
    "sin w": (
        lambda t, w: math.sin(w),
        lambda w: -math.cos(w),
        _sin_mean,
        lambda lam: -2 * math.expm1(-0.5) * (lam - 0.5),
        False,
    ),
}


def residual(F: Callable[..., float], weighted: bool) -> Callable[..., float]:
    """Observe S = R - (F(W_T) - F(0)), times W_T if `weighted`, on the state (W, R)."""

    def observe(t: float, x: Any, args: Any) -> float:
        S = x[1] - (F(x[0]) - F(0.0))
        return S * x[0] if weighted else S

    return observe


@claim(
    "G10",
    chapter="lambda",
    title="Sums of f(W) dW tend to F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt",
)
def general_integrands(run: Run) -> Finding:
    """Means of the residual for four integrands, the values blended at lambda = 1/4 and 3/4."""
    n, rows = 64, []
    W = brownian(1.0, n, paths=run.paths, store=False, key=run.key)
    for name, (f, F, exact, limit, weighted) in INTEGRANDS.items():
        for lam in (0.25, 0.75):
            job = RiemannSum(f, W, lam, "value").job(
                residual(F, weighted), 1, np.array([n]), save_rows=False
            )
            (S,) = run.measure(job)
            rows.append(
                Row(
                    statement=(
                        f"E {'W_T ' * weighted}[R - F(W_T) + F(0)], f = {name}, lambda = {lam:g}"
                    ),
                    exact=exact(lam, n),
                    measured=S.estimate(),
                    twin=0.0,
                    twin_statement="no correction: R tends to F(W_T) - F(0)",
                    paths=run.paths,
                    limit=limit(lam),
                )
            )

    def draw(ax: Any) -> Any:
        limits = (lambda w: -math.cos(w), lambda w: math.cos(w))
        study = integral_convergence(
            lambda t, w: math.sin(w),
            lam=(0.0, 0.5, 1.0),
            levels=range(2, 9),
            limit=limits,
            key=run.key,
            workers=run.workers,
        )
        study.plot(ax)
        # The slope is int E f'(W)^2 dt = int (1 + e^(-2t))/2 dt for f = sin
        slope = 0.5 - math.expm1(-2.0) / 4.0
        for lam, look in ((0.0, "-"), (0.5, "--")):
            ax.plot(
                study.dt,
                np.sqrt((lam**2 + (1 - lam) ** 2) / 2 * study.dt * slope),
                ls=look,
                lw=1.0,
                color="grey",
                label=f"leading order ½, lambda = {lam:g}" + (" and 1" if lam == 0.0 else ""),
            )
        ax.legend()
        ax.set_title("Sums of sin(W) dW tend to 1 − cos(W$_T$) + (λ − ½) ∫ cos(W) dt")
        return ax

    return Finding(tuple(rows), draw)
