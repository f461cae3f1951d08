"""Pictures of noise that runs backwards on the line: the laws p_t, with paths and with the flow.

Time runs from T at the left to 0 at the right, and the density of u at each time is the shade.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from stochcalc.claims.chain_law import distribution
from stochcalc.score import GaussianMixture, Noising, probability_flow
from stochcalc.typing import Axes

REACH = 11.0  # the pictures show -11 < u < 11
PATHS = 12


def draw_paths(ax: Axes, target: GaussianMixture, noising: Noising, key: int) -> None:
    """Draw paths of the reverse equation, by 400 steps of Euler's scheme from N(0, sigma_T^2)."""
    from stochcalc.plot.look import choose_colour

    n = 400
    h = noising.T / n
    times = noising.T * (1.0 - np.arange(n + 1) / n)
    rng = np.random.default_rng(key)
    u = [float(noising.sigma(noising.T)) * rng.standard_normal(PATHS)]
    for t in times[:-1]:
        m = noising.mean_factor(t)
        g = noising.amplitude(t)
        score = target.score(u[-1][:, None] / m, noising.sigma(t) / m)[:, 0] / m
        drift = noising.rate(t) * u[-1] + g**2 * score
        u.append(u[-1] + drift * h + g * math.sqrt(h) * rng.standard_normal(PATHS))
    draw_laws(ax, target, noising)
    ax.plot(times, u, color=choose_colour(1), lw=0.8)


def draw_flow(ax: Axes, target: GaussianMixture, noising: Noising) -> None:
    """Draw points that the flow carries, from quantiles of N(0, sigma_T^2) on.

    The dashed line is the quantile that is carried to 0: the share of the law below it stays the
    same at all times.
    """
    from stochcalc.plot.look import choose_colour, ink

    times = noising.T * np.linspace(1.0, 1e-3, 60)
    starts = float(noising.sigma(noising.T)) * ndtri((np.arange(PATHS) + 0.5) / PATHS)
    u = [starts[:, None]]
    for t0, t1 in itertools.pairwise(times):
        u.append(probability_flow(target, noising, u[-1], t0=t0, t1=t1, rtol=1e-4, atol=1e-4))
    share = distribution(target, 0.0, 1.0, noising.sigma(0.0))
    border = [find_quantile(target, noising, t, share) for t in times]
    draw_laws(ax, target, noising)
    ax.plot(times, np.concatenate(u, axis=1).T, color=choose_colour(1), lw=1.0)
    ax.plot(times, border, color=ink(ax), ls="--", lw=1.5)
    ax.annotate(
        f"{share:.0%} below\nthis line",
        (0.55 * noising.T, find_quantile(target, noising, 0.55 * noising.T, share)),
        xytext=(0.72 * noising.T, -6.0),
        ha="center",
        color=ink(ax),
        arrowprops={"arrowstyle": "-", "color": ink(ax), "lw": 0.8},
    )


def find_quantile(target: GaussianMixture, noising: Noising, t: float, share: float) -> float:
    """Return the point of the line that has this share of the law at time t below it."""
    m = float(noising.mean_factor(t))
    sigma = float(noising.sigma(t))
    return float(brentq(lambda u: distribution(target, u, m, sigma) - share, -50.0, 50.0))


def draw_laws(ax: Axes, target: GaussianMixture, noising: Noising) -> None:
    """Draw the density of u at the times from T to 0, as a heat map."""
    from stochcalc.plot import heat_map

    t = np.linspace(noising.T, 0.0, 200)
    u = np.linspace(-REACH, REACH, 241)
    densities = []
    for m, sigma in zip(noising.mean_factor(t), noising.sigma(t)):
        densities.append(np.exp(target.log_density(u[:, None] / m, sigma / m)) / m)
    heat_map(ax, t, u, np.transpose(densities), most=0.2)
    ax.set(xlabel="time t, backwards", ylabel="u", xlim=(noising.T, 0.0), ylim=(-REACH, REACH))
