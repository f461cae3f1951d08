"""G35: a real lambda comes from the memory of the noise and the delay of the response.

No noise is white and no response immediate. Let the noise eta jump between two values, with a
memory tau, and let what it is multiplied by follow the state with a delay delta:

    x' = sigma y eta,   y' = (x - y)/delta,   E eta(s) eta(t) = exp(-|t - s|/tau)/(2 tau)

The integral of the covariance is 1, so that eta is white noise as tau -> 0. The mean growth comes
from what y has heard of eta itself. The noise of v time units ago moved x by sigma y eta, and y
follows after u < v with the weight exp(-u/delta)/delta:

    E y eta = sigma x int_0^inf (exp(-u/delta)/delta) int_u^inf exp(-v/tau)/(2 tau) dv du
            = (sigma x/2) (1/delta)/(1/delta + 1/tau) = sigma x (1/2)/(1 + delta/tau)

In the limit tau -> 0 with delta/tau fixed, x grows like exp(lambda sigma^2 t), which is the mean of
dX = sigma X dW read with

    lambda = (1/2)/(1 + delta/tau)

An immediate response is read as Stratonovich does, a slow one as Ito does, and between them every
value occurs. It was measured in an electric circuit (Pesce and others).

At finite tau the mean is known too, because eta has two values. Let u+ and u- be the mean of (x, y)
on the event that eta is positive or negative. Euler's scheme with steps h maps

    (x, y) -> (x + s A sigma y h, y + (x - y) h/delta),   s = +-1,   A = 1/sqrt(2 tau)

which is a matrix for each sign, and then the sign changes with probability (1 - exp(-h/tau))/2. The
four numbers u+ and u- go from step to step by one 4 x 4 matrix, whose n-th power gives E x exactly.
As h -> 0 it becomes the exponential of the generator. Without a delay, y is x, and the matrix has
two rows. Here sigma = 1, tau = 1/32, T = 1 and n = 128.

Source: G. Pesce, A. McDaniel, S. Hottovy, J. Wehr and G. Volpe, Nature Communications 4 (2013)
2733; V. E. Shapiro and V. M. Loginov, Physica A 91 (1978) 563, for means with telegraph noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.motion.processes.telegraph import telegraph_noise
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

STEPS = 128
TAU = 1.0 / 32.0
RATIOS = (0.0, 1.0, 3.0)  # delta/tau


def reading(ratio: float) -> float:
    """Return the lambda of the limit, (1/2)/(1 + delta/tau)."""
    return 0.5 / (1.0 + ratio)


def respond_late(t: float, x: tuple[float, float], delta: float) -> tuple[float, float]:
    """Return the drift (0, (x - y)/delta) of the state (x, y)."""
    return 0.0, (x[0] - x[1]) / delta


def multiply_late(t: float, x: tuple[float, float], delta: float) -> tuple[float, float]:
    """Return what the noise is multiplied by: (y, 0)."""
    return x[1], 0.0


def stand_still(t: float, x: float) -> float:
    """Return no drift."""
    return 0.0


def multiply(t: float, x: float) -> float:
    """Return the state itself, which the noise is multiplied by."""
    return x


def measure(run: Run, ratio: float, tau: float, n: int, paths: int) -> Moments:
    """Return the moments of x at n + 1 times, driven by telegraph noise."""
    eta = telegraph_noise(
        tau, n=n, size=1.0 / math.sqrt(2.0 * tau), paths=paths, store=False, key=run.key
    )
    if ratio == 0.0:
        equation = SDE(stand_still, multiply)
        return solve(equation, 1.0, noise=eta.integral(), save="stats", **run.options).moments
    equation = SDE(respond_late, multiply_late, noise="scalar", args=(ratio * tau,))
    system = solve(equation, (1.0, 1.0), noise=eta.integral(), save="stats", **run.options)
    return system.moments[:, 0]


def step_matrix(ratio: float, tau: float, h: float) -> Array:
    """Return the matrix of one step of Euler's scheme for the means on both signs of the noise."""
    size = 1.0 / math.sqrt(2.0 * tau)
    change = -0.5 * math.expm1(-h / tau)
    signs = np.array([[1.0 - change, change], [change, 1.0 - change]])
    moves = []
    for sign in (1.0, -1.0):
        if ratio == 0.0:
            moves.append(np.array([[1.0 + sign * size * h]]))
        else:
            delay = h / (ratio * tau)
            moves.append(np.array([[1.0, sign * size * h], [delay, 1.0 - delay]]))
    zero = np.zeros_like(moves[0])
    both = np.block([[moves[0], zero], [zero, moves[1]]])
    step: Array = np.kron(signs, np.eye(len(moves[0]))) @ both
    return step


def mean_after(ratio: float, tau: float, k: int, n: int) -> float:
    """Return E x after k of n steps of Euler's scheme on [0, 1], exactly."""
    power = np.linalg.matrix_power(step_matrix(ratio, tau, 1.0 / n), k)
    return _sum_of_means(power)


def _sum_of_means(matrix: Array) -> float:
    """Return E x after a matrix is applied to the start x = y = 1, with either sign alike."""
    rows = len(matrix) // 2
    means = (matrix @ np.full(2 * rows, 0.5)).reshape(2, rows)
    return float(means[:, 0].sum())


@claim(
    "G35",
    chapter="lambda",
    title="A real lambda comes from the memory of the noise and the delay of the response",
    formula=r"x' = \sigma y \eta, \quad \delta y' = x - y, \quad \tau \to 0"
    r" \quad \Longrightarrow \quad \lambda = \frac{1/2}{1 + \delta/\tau}",
    sources=("pesce2013", "shapirologinov1978"),
)
def delayed_noise(run: Run) -> Iterator[Row | str]:
    """Measure the mean of a state that answers telegraph noise at once, or with a delay."""
    paths = max(256, run.paths // 4)
    at_once = mean_after(0.0, TAU, STEPS, STEPS)
    for ratio in RATIOS:
        twin = at_once
        twin_statement = "no delay: always Stratonovich"
        if ratio == 0.0:
            twin = 1.0
            twin_statement = "1: always Ito"
        yield Row(
            statement=f"E x_T, delta/tau = {ratio:g}, n = {STEPS}",
            exact=mean_after(ratio, TAU, STEPS, STEPS),
            measured=measure(run, ratio, TAU, STEPS, paths)[-1].estimate(),
            twin=twin,
            twin_statement=twin_statement,
            paths=paths,
            limit=math.exp(reading(ratio)),
        )


@delayed_noise.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the mean of three systems by time, beside the lambda that they show by their delay."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "The memory of the noise and the delay of the response decide what lambda is"
    )
    draw_means(left, run)
    draw_readings(right, run)
    return ax


def draw_means(ax: Axes, run: Run) -> None:
    """Draw the means of three systems by time on the exact ones, below those of white noise."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    shown = np.arange(16, STEPS + 1, 16)
    t = np.linspace(0.0, 1.0, 100)
    for i, ratio in enumerate(RATIOS):
        means = measure(run, ratio, TAU, STEPS, 100_000)
        measured = [means[int(k)].estimate() for k in shown]
        points(ax, shown / STEPS, measured, "", i)
        exact = [mean_after(ratio, TAU, int(k), STEPS) for k in shown]
        curve(ax, shown / STEPS, exact, f"δ/τ = {ratio:g}, τ = 1/{round(1 / TAU)}", i)
        name = "white noise, λ = ½, ¼, ⅛" if i == 0 else ""
        curve(ax, t, np.exp(reading(ratio) * t), name, 3, ls=":", lw=1.2)
    tell_points_from_lines(ax)
    ax.set(xlabel="time t", ylabel="E x$_t$")
    ax.legend(loc="upper left")


def draw_readings(ax: Axes, run: Run) -> None:
    """Draw ln E x_T against the delay, for noise of two memories, and its limit."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    grid = np.linspace(0.25, 4.0, 76)
    measured_at = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0])
    for i, (tau, n) in enumerate(((1.0 / 8.0, 128), (1.0 / 64.0, 512))):
        exact = [math.log(mean_after(float(ratio), tau, n, n)) for ratio in grid]
        curve(ax, grid, exact, f"τ = 1/{round(1 / tau)}, n = {n}", i)
        logs = []
        for ratio in measured_at:
            mean = measure(run, float(ratio), tau, n, 50_000)[-1].estimate()
            relative = float(mean.stderr) / float(mean.value)
            logs.append(Estimate.normal(math.log(float(mean.value)), relative))
        points(ax, measured_at, logs, "", i)
    tell_points_from_lines(ax)
    curve(ax, grid, 0.5 / (1.0 + grid), "limit ½/(1 + δ/τ)", 2)
    ax.set(xlabel="delay of the response δ/τ", ylabel="λ = ln E x$_T$ / (σ$^2$T)")
    ax.legend()
