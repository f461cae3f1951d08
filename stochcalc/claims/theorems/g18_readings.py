"""G18: the evaluation point lambda changes the model: it sets the mean of dX = sigma X dW.

Read with lambda, the equation dX = sigma X dW takes sigma X at the share lambda of each small step,
from its left end (0, Ito) to its right end (1). In Ito's calculus it is the equation

    dX = lambda sigma^2 X dt + sigma X dW

because moving the point at which b = sigma x is taken by lambda dX = lambda b dW + ... changes b dW
by b' (lambda b dW) dW = lambda b b' dW^2, and dW^2 has the mean dt. Hence E X_T = x_0 exp(lambda
sigma^2 T), and only Ito's reading is a martingale.

Three schemes solve the equation as it is read. In one step of length h, each multiplies X by a
factor that is independent of the past:

    Euler-Maruyama   1 + lambda sigma^2 h + sigma dW              (of the converted equation)
    Milstein         1 + sigma dW + sigma^2 (dW^2 - (1 - 2 lambda) h)/2
    lambda_euler     1 + sigma dW + lambda sigma^2 dW^2

lambda_euler evaluates sigma X between the ends of the step, at x + lambda sigma x dW, and needs no
derivative. Since E dW = 0 and E dW^2 = h, all three factors have the mean 1 + lambda sigma^2 h, and
after n steps from x_0 = 1

    E X_n = (1 + lambda sigma^2 h)^n

which tends to exp(lambda sigma^2 T).

Source: R. L. Stratonovich, SIAM J. Control 4 (1966) 362 (lambda = 1/2); Kloeden and Platen,
Numerical Solution of Stochastic Differential Equations (1992), section 4.9 (conversion).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Axes

SIGMA = 0.5
STEPS = 16  # of [0, 1]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An evaluation point, the scheme that solves the equation, and a wrong mean."""

    lam: float
    method: str
    twin: float
    twin_statement: str


def exponential_twin(lam: float, method: str) -> Case:
    """Return a case whose twin takes lambda = 1/2 whatever it is."""
    return Case(
        lam=lam,
        method=method,
        twin=math.exp(SIGMA**2 / 2),
        twin_statement="exp(sigma^2 T/2) whatever lambda",
    )


def martingale_twin(method: str) -> Case:
    """Return a case of lambda = 1/2 whose twin takes lambda = 0 whatever it is."""
    return Case(lam=0.5, method=method, twin=1.0, twin_statement="x0: a martingale whatever lambda")


CASES = (
    exponential_twin(0.0, "euler_maruyama"),
    martingale_twin("euler_maruyama"),
    martingale_twin("milstein"),
    martingale_twin("lambda_euler"),
    exponential_twin(1.0, "euler_maruyama"),
    exponential_twin(1.0, "milstein"),
    exponential_twin(1.0, "lambda_euler"),
)


def read_with(lam: float) -> SDE:
    """Return dX = sigma X dW, read with lambda."""
    return SDE(
        lambda t, x, s: 0.0 * x,
        lambda t, x, s: s * x,
        lam=lam,
        args=(SIGMA,),
        diffusion_dx=lambda t, x, s: s,
    )


def mean_after(n: int, lam: float) -> float:
    """Return E X_n on n equal steps of [0, 1], by any of the three schemes."""
    return (1 + lam * SIGMA**2 / n) ** n


@claim(
    "G18",
    chapter="lambda",
    title="dX = sigma X dW read with lambda has mean exp(lambda sigma^2 T)",
    formula=r"\mathrm{d}X = \sigma X \circ_\lambda \mathrm{d}W \quad \Longrightarrow \quad"
    r" E X_T = x_0 \, e^{\lambda \sigma^2 T}",
    sources=("stratonovich1966", "kloedenplaten1992"),
)
def readings(run: Run) -> Iterator[Row | str]:
    """Measure the mean of one equation under three readings, by three schemes."""
    W = run.brownian(STEPS)
    for case in CASES:
        equation = read_with(case.lam)
        X = solve(equation, 1.0, noise=W, method=case.method, save="stats", **run.options)
        yield Row(
            statement=f"E X_T, lambda = {case.lam:g}, {case.method}, n = {STEPS}",
            exact=mean_after(STEPS, case.lam),
            measured=X.moments[-1].estimate(),
            twin=case.twin,
            twin_statement=case.twin_statement,
            limit=math.exp(case.lam * SIGMA**2),
        )


@readings.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw one path as it is read by three lambda, beside the means of ten thousand."""
    from stochcalc.plot import panels

    title = r"The reading changes the model: dX = σX $\circ_\lambda$ dW with σ = " + f"{SIGMA:g}"
    left, right = panels(ax, 2, title)
    draw_one_path(left, run)
    draw_means(right, run)
    for panel in (left, right):
        panel.set(xlabel="time t")
        panel.legend()
    return ax


READ = ((0.0, "0 (Ito)"), (0.5, "½ (Stratonovich)"), (1.0, "1 (backward)"))  # in the picture


def draw_one_path(ax: Axes, run: Run) -> None:
    """Draw the solutions of three readings along one path, which are proportional to each other."""
    from stochcalc.plot import LINES

    W = brownian(4.0, 400, key=run.key)
    for i, (lam, name) in reversed(list(enumerate(READ))):
        X = solve(read_with(lam), 1.0, noise=W)
        assert X.x is not None
        ax.plot(X.t, X.x[0], color=f"C{i}", ls=LINES[i], lw=1.3, label=f"λ = {name}")
    ax.set(ylabel="$X_t$", ylim=(0, None), title="one path of W, read three times")


def draw_means(ax: Axes, run: Run) -> None:
    """Draw the mean of ten thousand paths under each reading, on the exact mean."""
    from stochcalc.plot import curve, points

    W = brownian(4.0, 400, paths=10_000, store=False, key=run.derive_key(0))
    t = np.linspace(0.0, 4.0, 100)
    shown = range(50, 401, 50)
    means_as_text = ("1", "exp(σ$^2$t/2)", "exp(σ$^2$t)")
    for i, (lam, _) in reversed(list(enumerate(READ))):
        X = solve(read_with(lam), 1.0, noise=W, save="stats", **run.options)
        measured = [X.moments[k].estimate() for k in shown]
        points(ax, W.t[shown], measured, "_measured", i)
        curve(ax, t, np.exp(lam * SIGMA**2 * t), means_as_text[i], i)
    ax.set(ylabel="E $X_t$", ylim=(0.5, 3.4), title="means: measured, and exact lines")
