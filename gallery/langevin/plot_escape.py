"""Langevin dynamics leaves a well at Kramers' rate, and MALA accepts less often by h^(3/2): both
against exact integrals.

For dX = (1/2) s dt + dW, p = exp(-V)/Z and V = (x^2 - 1)^2/T, the mean time from -1 to +1 is
exactly

    2 int_(-1)^1 e^V(y) int_(-inf)^y e^(-V(z)) dz dy,

which for small T is about 4 pi exp(V(0))/sqrt(V''(-1) |V''(0)|), as Kramers found.

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


def potential(x, T):
    return (x * x - 1.0) ** 2 / T


def score(x, T):
    return -4.0 * x * (x * x - 1.0) / T


def mean_time(T):
    """The double integral."""
    below = np.cumsum(np.exp(-potential(grid, T))) * (grid[1] - grid[0])
    inside = np.abs(grid) <= 1.0
    return 2.0 * float(
        np.trapezoid(np.exp(potential(grid[inside], T)) * below[inside], grid[inside])
    )


def kramers(T):
    return 4.0 * math.pi * math.exp(1.0 / T) / math.sqrt((8.0 / T) * (4.0 / T))


def simulated(T):
    """Mean of the first passage at 1 from -1, with bridges inside the steps; the horizon cuts e^-12
    of the paths.
    """
    sde = sc.SDE(
        lambda t, x, T: -2.0 * x * (x * x - 1.0) / T,
        lambda t, x, T: 1.0,
        noise="additive",
        args=(T,),
    )
    horizon = 12 * mean_time(T)
    found = sc.first_passage(sde, -1.0, 1.0, horizon, n=round(horizon / 0.01), paths=2048, rng=1)
    times = np.minimum(found.times, horizon)
    return sc.Estimate.normal(times.mean(), times.std(ddof=1) / math.sqrt(len(times)))


def acceptance(h, T=0.5):
    """E min(1, e^r)."""
    x = np.linspace(-2.6, 2.6, 2001)[:, None]
    p = np.exp(-potential(x, T))
    y = x + 0.5 * h * score(x, T) + math.sqrt(h) * nodes
    back = x - y - 0.5 * h * score(y, T)
    r = potential(x, T) - potential(y, T) + 0.5 * nodes**2 - back**2 / (2.0 * h)
    return float(
        (p * np.minimum(1.0, np.exp(np.minimum(r, 0.0))) * weights).sum() / (p * weights).sum()
    )


def accepted(h, T=0.5):
    return sc.langevin.sample(
        score,
        1.0,
        step=float(h),
        n=400,
        method="mala",
        chains=2048,
        save="stats",
        thin=400,
        args=(T,),
        log_density=lambda x, T: -((x * x - 1.0) ** 2) / T,
        rng=1,
    ).acceptance


temperatures, steps = np.array([0.35, 0.5, 0.8]), np.array([0.01, 0.03, 0.1, 0.2])
escapes, rates = [simulated(T) for T in temperatures], [accepted(h) for h in steps]
for T, found in zip(temperatures, escapes):
    print(f"T = {T:g}: mean time {found}, exact {mean_time(T):.4f}, Kramers {kramers(T):.4f}")
    assert (
        abs(found.value / mean_time(T) - 1.0) < 6 * found.stderr / found.value + 0.02
    )  # 0.02: the bias of steps of 0.01
for h, found in zip(steps, rates):
    print(f"h = {h:g}: acceptance {found}, exact {acceptance(h):.5f}")
    assert (
        abs(found.value - acceptance(h)) < 6 * found.stderr + 3e-3
    )  # 3e-3: the first of 400 steps, from x = 1


def draw(ax):
    """Mean times by temperature; refusals by step."""
    left, right = panels(
        ax,
        2,
        "A double well: escapes take the exact mean time, and MALA's refusals fall like h$^{3/2}$",
    )
    fine = np.linspace(0.3, 0.9, 60)
    points(left, 1 / temperatures, escapes, "first passages", 0)
    curve(left, 1 / fine, [mean_time(T) for T in fine], "exact", 0)
    curve(left, 1 / fine, [kramers(T) for T in fine], "Kramers, low T", 1)
    left.set(yscale="log", xlabel="1/T", ylabel="mean time from −1 to 1")
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
