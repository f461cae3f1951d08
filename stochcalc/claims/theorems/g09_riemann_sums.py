"""G09: Riemann sums of W dW tend to W_T^2/2 + (lambda - 1/2) T.

Cut [0, T] into steps of lengths D_k, choose lambda in [0, 1], and read the integrand at the
evaluation point tau_k = (1 - lambda) t_k + lambda t_{k+1}:

    R = sum_k W(tau_k) (W(t_{k+1}) - W(t_k))

lambda = 0 gives Ito's integral, lambda = 1/2 Stratonovich's, and lambda = 1 the backward one.

One step. Let w = W(t_k), and let A = W(tau_k) - w and B = W(t_{k+1}) - W(tau_k) be the increments
before and after the evaluation point. They are independent normals of variances lambda D and
(1 - lambda) D, and the whole increment is A + B. The step adds (w + A)(A + B) to R, and
w (A + B) + (A + B)^2/2 to W_T^2/2. The difference is

    A (A + B) - (A + B)^2/2 = (A^2 - B^2)/2

so that R - W_T^2/2 is the sum of the (A^2 - B^2)/2, exactly, on every path.

Mean. Since E A^2 = lambda D and E B^2 = (1 - lambda) D,

    E (R - W_T^2/2) = sum (lambda - (1 - lambda)) D_k/2 = (lambda - 1/2) T

Mean-square error. The variance of A^2 is 2 lambda^2 D^2 and that of B^2 is 2 (1 - lambda)^2 D^2,
and (A^2 - B^2)/2 has a quarter of their sum:

    E (R - W_T^2/2 - (lambda - 1/2) T)^2 = (lambda^2 + (1 - lambda)^2)/2 sum D_k^2

It tends to 0 with the longest step, so (lambda - 1/2) T is the limit in mean square and not only in
the mean.

Blended values (`at="value"`). Instead of W at tau_k one can use the blend (1 - lambda) w + lambda
W(t_{k+1}) of the values at the ends, which is w + lambda dW. With dW = A + B the difference of one
step is then lambda dW^2 - dW^2/2. Its mean is (lambda - 1/2) D as before, and dW^2 has variance 2
D^2:

    E (R - W_T^2/2 - (lambda - 1/2) T)^2 = 2 (lambda - 1/2)^2 sum D_k^2

On n equal steps of [0, 1] the sum of the D_k^2 is 1/n.

Source: L. C. Evans, An Introduction to Stochastic Differential Equations (2013), section 4.1 (the
lemma on Riemann sums); K. Ito, Proc. Imp. Acad. Tokyo 20 (1944) 519 (lambda = 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import AGREES, Row, Run, claim
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.laboratory.integral_errors import integral_convergence
from stochcalc.moments import Moments
from stochcalc.typing import Axes

STEPS = 32


def mean_square_error(lam: float, at: str, n: int) -> float:
    """Return E (R - limit)^2 on n equal steps of [0, 1], exactly.

    The integrand is read at the evaluation point (`at="time"`), or blended from the ends of the
    step (`at="value"`).
    """
    if at == "time":
        return (lam**2 + (1 - lam) ** 2) / (2 * n)
    return 2 * (lam - 0.5) ** 2 / n


@dataclass(frozen=True, kw_only=True)
class Case:
    """An evaluation point, and a wrong value of the mean-square error there."""

    lam: float
    at: str
    twin: float
    twin_statement: str


CASES = (
    Case(lam=0.0, at="time", twin=1.0 / STEPS, twin_statement="sum dt^2, without the 1/2"),
    Case(
        lam=0.25,
        at="value",
        twin=mean_square_error(0.25, "time", STEPS),
        twin_statement="the time point's error",
    ),
    Case(
        lam=0.5,
        at="time",
        twin=mean_square_error(0.5, "value", STEPS),
        twin_statement="the value blend's error",
    ),
    Case(lam=1.0, at="time", twin=1.0 / STEPS, twin_statement="sum dt^2, without the 1/2"),
)


def value_of_path(t: float, w: float) -> float:
    """Return the integrand f(t, w) = w."""
    return w


@claim(
    "G09",
    chapter="lambda",
    title="Riemann sums of W dW tend to W_T^2/2 + (lambda - 1/2) T: minus one half",
    formula=r"\sum_k W_{\tau_k} (W_{t_{k+1}} - W_{t_k}) \longrightarrow"
    r" \frac{W_T^2}{2} + \Bigl(\lambda - \frac12\Bigr) T",
    sources=("evans2013", "ito1944"),
)
def riemann_sums(run: Run) -> Iterator[Row | str]:
    """Measure the mean and the mean-square error of the sums at four evaluation points."""
    W = run.brownian(STEPS)
    means = []
    for case in CASES:
        excess: Moments = riemann_sum(
            value_of_path,
            W,
            case.lam,
            at=case.at,
            save="stats",
            observe=lambda t, w, r: r - 0.5 * w * w,  # R - W_T^2/2
            **run.options,
        )
        limit = case.lam - 0.5
        mean = Row(
            statement=f"E [R - W_T^2/2], lambda = {case.lam:g} ({case.at})",
            exact=limit,
            measured=excess.estimate(),
            twin=case.lam + 0.5,
            twin_statement="(lambda + 1/2) T",
            limit=limit,
        )
        means.append(mean)
        yield mean
        yield Row(
            statement=f"E [R - limit]^2, lambda = {case.lam:g} ({case.at})",
            exact=mean_square_error(case.lam, case.at, STEPS),
            measured=excess.mean_square(about=limit),
            twin=case.twin,
            twin_statement=case.twin_statement,
            limit=0.0,
        )
    yield answer_which_sign(means[0])


def answer_which_sign(row: Row) -> str:
    """Return the answer of Ito's sums (lambda = 0) to the question of the sign of one half."""
    supported = row.verdict
    refuted = "not refuted"
    if row.verdict == AGREES:
        supported = "supported"
        refuted = "refuted"
    return (
        f"Which sign? Ito sums (lambda = 0) minus W_T^2/2 average {row.measured}: "
        f"(lambda - 1/2) T = -1/2 is {supported} (z = {row.z:+.1f}), "
        f"(lambda + 1/2) T = +1/2 is {refuted} (z = {row.twin_z:+.0f})."
    )


@riemann_sums.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the sums along one path that is refined, beside their distance from the limit."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Riemann sums of W dW tend to W$_T^2$/2 + (λ − ½) T, with order ½ in mean square"
    )
    draw_refinement(left, run)
    draw_errors(right, run)
    return ax


def draw_refinement(ax: Axes, run: Run) -> None:
    """Draw R - W_T^2/2 of one path by the number of steps, for three lambda, and the twins."""
    from stochcalc.plot import curve, limit_line, name_line

    finest = 12
    fine = run.brownian(2**finest, paths=1, store=True)
    half_square = 0.5 * fine.values[0, -1] ** 2
    sizes = 2 ** np.arange(2, finest + 1)
    for i, (lam, name) in enumerate(((0.0, "λ = 0"), (0.5, "λ = ½"), (1.0, "λ = 1"))):
        excess = []
        for n in sizes:
            W = fine.coarsen(2**finest // int(n))
            excess.append(riemann_sum(value_of_path, W, lam, at="value")[0] - half_square)
        curve(ax, sizes, excess, "", i, marker=".")
        limit_line(ax, lam - 0.5, "")
        name_line(ax, None, lam - 0.5, name, i)
        wrong = lam + 0.5
        refuted = f"refuted: (λ + ½) T for {name}"
        curve(ax, sizes[[0, -1]], [wrong, wrong], "", i, ls=(0, (6, 4)), lw=1.1, alpha=0.6)
        name_line(ax, sizes[-1], wrong, refuted, i, xytext=(0, -9), ha="right", va="top")
    ax.set(
        xscale="log",
        xlabel="number of steps n, the same path",
        ylabel="R(λ) − W$_T^2$/2, for T = 1",
        ylim=(-0.8, 1.8),
    )


def draw_errors(ax: Axes, run: Run) -> None:
    """Draw the root mean square distance from the limit against the number of steps."""
    from stochcalc.plot import curve, name_line, points, tell_points_from_lines

    shown = (
        (0.0, "time", "λ = 0 and 1", 4),
        (0.25, "time", "λ = ¼ and ¾", 3),
        (0.5, "time", "λ = ½", -5),
        (0.25, "value", "λ = ¼ and ¾,\nvalues blended", -3),
    )
    for i, (lam, at, label, lift) in enumerate(shown):
        study = integral_convergence(
            value_of_path, lam=lam, at=at, levels=range(2, 9), key=run.key, **run.means
        )
        n = 1.0 / study.dt
        name = f"lambda = {lam:g}"
        points(ax, n, study.estimates(name), "", i)
        curve(ax, n, study.exact[name], "", i)
        name_line(ax, n[-1], study.exact[name][-1], label, i, xytext=(6, lift))
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="RMS distance from the limit",
        ylim=(0.014, None),  # room for the name of the lowest line
    )
    ax.legend()
