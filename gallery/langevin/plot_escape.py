"""Langevin dynamics leaves a well at Kramers' rate, and MALA accepts less often by h^(3/2): both
against exact integrals.

For dX = (1/2) s dt + dW, p = exp(-V)/Z and V = beta (x^2 - 1)^2, with the inverse temperature beta,
the mean time from -1 to +1 is exactly

    2 int_(-1)^1 e^V(y) int_(-inf)^y e^(-V(z)) dz dy,

which for large beta is about 4 pi exp(V(0))/sqrt(V''(-1) |V''(0)|), as Kramers found.

A proposal is accepted with probability E min(1, e^r), an integral over the stationary point and one
normal. Sources: Gardiner, Handbook of Stochastic Methods, section 5.2.7; Roberts and Rosenthal, J.
R. Statist. Soc. B 60 (1998) 255."""

import math
import sys

import numpy as np

import stochcalc as sc
from stochcalc.plot import curve, panels, points, save

grid = np.linspace(-3.0, 3.0, 60_001)
nodes, weights = np.polynomial.hermite_e.hermegauss(80)


def potential(x, beta):
    return beta * (x * x - 1.0) ** 2


def score(x, beta):
    return -4.0 * beta * x * (x * x - 1.0)


def mean_time(beta):
    """The double integral."""
    below = np.cumsum(np.exp(-potential(grid, beta))) * (grid[1] - grid[0])
    inside = np.abs(grid) <= 1.0
    return 2.0 * float(
        np.trapezoid(np.exp(potential(grid[inside], beta)) * below[inside], grid[inside])
    )


def kramers(beta):
    return 4.0 * math.pi * math.exp(beta) / math.sqrt((8.0 * beta) * (4.0 * beta))


def simulated(beta):
    """Mean of the first passage at 1 from -1, with bridges inside the steps; the horizon cuts e^-12
    of the paths.
    """
    sde = sc.SDE(
        lambda t, x, beta: -2.0 * beta * x * (x * x - 1.0),
        lambda t, x, beta: 1.0,
        noise="additive",
        args=(beta,),
    )
    horizon = 12 * mean_time(beta)
    found = sc.first_passage(sde, -1.0, 1.0, horizon, n=round(horizon / 0.01), paths=2048, rng=1)
    times = np.minimum(found.times, horizon)
    return sc.Estimate.normal(times.mean(), times.std(ddof=1) / math.sqrt(len(times)))


def acceptance(h, beta=2.0):
    """E min(1, e^r)."""
    x = np.linspace(-2.6, 2.6, 2001)[:, None]
    p = np.exp(-potential(x, beta))
    y = x + 0.5 * h * score(x, beta) + math.sqrt(h) * nodes
    back = x - y - 0.5 * h * score(y, beta)
    r = potential(x, beta) - potential(y, beta) + 0.5 * nodes**2 - back**2 / (2.0 * h)
    return float(
        (p * np.minimum(1.0, np.exp(np.minimum(r, 0.0))) * weights).sum() / (p * weights).sum()
    )


def accepted(h, beta=2.0):
    return sc.langevin.sample(
        score,
        1.0,
        step=float(h),
        n=400,
        method="mala",
        chains=2048,
        save="stats",
        thin=400,
        args=(beta,),
        log_density=lambda x, beta: -beta * (x * x - 1.0) ** 2,
        rng=1,
    ).acceptance


betas, steps = np.array([1.25, 2.0, 2.75]), np.array([0.01, 0.03, 0.1, 0.2])
escapes, rates = [simulated(beta) for beta in betas], [accepted(h) for h in steps]
for beta, found in zip(betas, escapes):
    exact = mean_time(beta)
    print(f"beta = {beta:g}: mean time {found}, exact {exact:.4f}, Kramers {kramers(beta):.4f}")
    assert (
        abs(found.value / exact - 1.0) < 6 * found.stderr / found.value + 0.02
    )  # 0.02: the bias of steps of 0.01
for h, found in zip(steps, rates):
    print(f"h = {h:g}: acceptance {found}, exact {acceptance(h):.5f}")
    assert (
        abs(found.value - acceptance(h)) < 6 * found.stderr + 3e-3
    )  # 3e-3: the first of 400 steps, from x = 1


def draw(ax):
    """Mean times by inverse temperature; refusals by step."""
    left, right = panels(
        ax,
        2,
        "A double well: escapes take the exact mean time, and MALA's refusals fall like h$^{3/2}$",
    )
    fine = np.linspace(1.1, 3.3, 60)
    points(left, betas, escapes, "first passages", 0)
    curve(left, fine, [mean_time(beta) for beta in fine], "exact", 0)
    curve(left, fine, [kramers(beta) for beta in fine], "Kramers, large β", 1)
    left.set(yscale="log", xlabel="inverse temperature β", ylabel="mean time from −1 to 1")
    left.legend()
    refused = [sc.Estimate.normal(1 - found.value, found.stderr) for found in rates]
    steep = np.geomspace(0.008, 0.25, 40)
    points(right, steps, refused, "refused", 0)
    curve(right, steep, [1 - acceptance(h) for h in steep], "exact", 0)
    curve(right, steep, (1 - acceptance(0.01)) * (steep / 0.01) ** 1.5, "slope 3/2", 1)
    right.set(xscale="log", yscale="log", xlabel="step h", ylabel="1 − acceptance")
    right.legend()
    return ax


save(draw, sys.argv[1] if len(sys.argv) > 1 else "escape.png")
