"""G55: Euler's scheme for the Brownian bridge is too wide, and misses the end by one increment.

The bridge to the value e at time T solves dX = (e - X)/(T - t) dt + dW. Take n equal steps, and
let m = n - k be the number of steps that are left at t_k, so that T - t_k = m h. Euler's step is

    X_(k+1) - e = (1 - 1/m) (X_k - e) + dW_k

In the mean it is exact: X_k has the mean of the bridge, on the straight line to e. Divide by the
time that is left after the step, (m - 1) h, for m > 1. The factor is gone:

    (X_(k+1) - e)/(T - t_(k+1)) = (X_k - e)/(T - t_k) + dW_k/(T - t_(k+1))

So (X_k - e)/(T - t_k) is a sum of independent normals, and with m steps left

    Var X_k = h m^2 (1/m^2 + 1/(m + 1)^2 + ... + 1/(n - 1)^2)

The bridge itself is (T - t) int_0^t dW_s/(T - s) about its mean. Its weight changes within a step,
where Euler's has the largest value of the step throughout, and so

    Var B = h m^2 (1/m - 1/n) = t (T - t)/T,   smaller at every m < n

because 1/i^2 > 1/i - 1/(i + 1). At a fixed time the two variances agree as h -> 0. At a fixed
number of steps before the end they never do. With m = 1, one step before the end,

    Var X/h = 1 + 1/4 + 1/9 + ... + 1/(n - 1)^2 -> pi^2/6,   Var B/h = 1 - 1/n -> 1

The last step has m = 1, so that the pull is 1/h and the factor 0. The scheme forgets where it was
and ends at e + dW, with the variance h, where the bridge has 0.

Path by path, along the same W, the difference X - B is (T - t_k) times a sum of independent
integrals of 1/(T - t_(j+1)) - 1/(T - s). Its square, integrated over a step, gives

    E (X_k - B)^2 = h m^2 sum_(i = m)^(n-1) [1/i^2 - (2/i) log(1 + 1/i) + 1/i - 1/(i + 1)]

which at a fixed time is of the order h^2, as for any equation with additive noise, but one step
before the end tends to 0.1294403 h.

One factor repairs the scheme. Give the noise of a step the variance h (m - 1)/m in the place of h:
then Var X_k = h m^2 sum 1/(i (i + 1)), which telescopes to the bridge's, and the last step is e.

The numbers are for T = 1 and e = 0, with n = 8 and n = 64.

Source: I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (1991), section
5.6.B, for the equation; G. B. Durham and A. R. Gallant, J. Business and Economic Statistics 20
(2002) 297, for the factor. The variances are the computation above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.models import bridge
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve
from stochcalc.typing import Axes

MODEL = bridge()
FEW = 8
STEPS = 64
STRONG = 0.12944029295947718  # the limit of E (X - B)^2/h one step before the end


def euler_variance(k: int, n: int) -> float:
    """Return Var X_k of Euler's scheme on n steps of [0, 1]; 1/n at the last one."""
    if k == n:
        return 1.0 / n
    m = n - k
    return m * m / n * math.fsum(1.0 / i**2 for i in range(m, n))


def bridge_variance(k: int, n: int) -> float:
    """Return t (1 - t) at t = k/n."""
    return k * (n - k) / n**2


def strong_square(k: int, n: int) -> float:
    """Return E (X_k - B)^2 of Euler's scheme and the bridge along the same motion, for k < n."""
    m = n - k
    parts = (1.0 / i**2 - 2.0 / i * math.log1p(1.0 / i) + 1.0 / (i * (i + 1)) for i in range(m, n))
    return m * m / n * math.fsum(parts)


def measure(run: Run, n: int, paths: int | None = None) -> Moments:
    """Return the moments of Euler's scheme at all grid times."""
    W = run.brownian(n, paths=paths)
    return solve(MODEL, 0.0, noise=W, save="stats", **run.options).moments


def measure_difference(run: Run, n: int, k: int, paths: int) -> Estimate:
    """Return E (X_k - B)^2 of Euler's scheme and the bridge along the same motion."""
    W = run.brownian(n, paths=paths)
    found = []
    for method in ("euler_maruyama", "exact"):
        X = solve(MODEL, 0.0, noise=W, method=method, save=[k / n], **run.options)
        found.append(X.values[:, -1])
    return Estimate.mean(np.square(found[0] - found[1]))


@claim(
    "G55",
    chapter="schemes",
    title="Euler's scheme for the Brownian bridge is too wide, and misses the end by one increment",
    formula=r"\mathrm{Var} \, X_{n - m} = h m^2 \sum_{i = m}^{n - 1} \frac{1}{i^2}"
    r" > h m^2 \Bigl(\frac{1}{m} - \frac{1}{n}\Bigr), \qquad X_n = e + \Delta W_{n - 1}",
    sources=("karatzasshreve1991", "durhamgallant2002"),
)
def euler_bridge(run: Run) -> Iterator[Row | str]:
    """Measure variances of Euler's scheme in the middle and at the end, and its strong error."""
    half = FEW // 2
    few = measure(run, FEW)
    many = measure(run, STEPS)
    yield Row(
        statement=f"Var X at T/2, n = {FEW}",
        exact=euler_variance(half, FEW),
        measured=few[half].variance(),
        twin=bridge_variance(half, FEW),
        twin_statement="t (T - t)/T, that of the bridge",
        limit=0.25,
    )
    before = STEPS - 1
    yield Row(
        statement=f"Var X/h one step before T, n = {STEPS}",
        exact=STEPS * euler_variance(before, STEPS),
        measured=in_steps(many[before].variance(), STEPS),
        twin=STEPS * bridge_variance(before, STEPS),
        twin_statement="1 - 1/n, that of the bridge",
        limit=math.pi**2 / 6.0,
    )
    yield Row(
        statement=f"E (X_T - e)^2/h, n = {STEPS}",
        exact=STEPS * euler_variance(STEPS, STEPS),
        measured=in_steps(many[STEPS].mean_square(), STEPS),
        twin=STEPS * bridge_variance(STEPS, STEPS),
        twin_statement="0: the scheme arrives at e",
        limit=1.0,
    )
    paths = max(256, run.paths // 4)
    yield Row(
        statement=f"E (X - B)^2/h one step before T, n = {FEW}",
        exact=FEW * strong_square(FEW - 1, FEW),
        measured=in_steps(measure_difference(run, FEW, FEW - 1, paths), FEW),
        twin=FEW * (euler_variance(FEW - 1, FEW) - bridge_variance(FEW - 1, FEW)),
        twin_statement="Var X - Var B, as if the error were independent of B",
        paths=paths,
        limit=STRONG,
    )


def in_steps(estimate: Estimate, n: int) -> Estimate:
    """Return an estimate in units of the step h = 1/n."""
    return Estimate.normal(n * float(estimate.value), n * float(estimate.stderr))


@euler_bridge.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the variances of the scheme and of the bridge over time, beside their ratios."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Euler's scheme for the bridge: too wide at the end, at every n")
    draw_variances(left, run)
    draw_ratios(right, run)
    return ax


def draw_variances(ax: Axes, run: Run) -> None:
    """Draw the variance of Euler's scheme on few steps, and of the bridge, against time."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    for i, n in enumerate((4, 16)):
        k = np.arange(n + 1)
        moments = measure(run, n, paths=20_000)
        points(ax, k / n, [moments[int(j)].variance() for j in k], "", i)
        curve(ax, k / n, [euler_variance(int(j), n) for j in k], f"Euler, n = {n}", i)
    t = np.linspace(0.0, 1.0, 101)
    curve(ax, t, t * (1.0 - t), "the bridge, t(T − t)/T", 2)
    tell_points_from_lines(ax)
    ax.set(xlabel="time t", ylabel="Var X", ylim=(-0.01, 0.52), xlim=(-0.02, 1.02))
    ax.legend(loc="upper left", ncols=1)


def draw_ratios(ax: Axes, run: Run) -> None:
    """Draw the variance over that of the bridge, by the number of steps before the end."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines

    left = np.array([1, 2, 3, 4, 6, 8, 11, 15])
    for i, n in enumerate((16, 256)):
        moments = measure(run, n, paths=50_000)
        ratios = []
        for m in left:
            own = bridge_variance(n - int(m), n)
            found = moments[n - int(m)].variance()
            ratios.append(Estimate.normal(float(found.value) / own, float(found.stderr) / own))
        points(ax, left, ratios, "", i)
        every = np.arange(1, 16)
        exact = [euler_variance(n - int(m), n) / bridge_variance(n - int(m), n) for m in every]
        curve(ax, every, exact, f"n = {n}", i)
    limit_line(ax, math.pi**2 / 6.0, "π$^2$/6")
    tell_points_from_lines(ax)
    ax.set(xlabel="steps m before the end", ylabel="Var X over that of the bridge")
    ax.set(ylim=(0.95, 2.1))
    ax.legend(loc="upper right")
