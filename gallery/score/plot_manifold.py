"""Data on a circle have no density in the plane: the score exists for smoothed data only, and
follows them home.

Smoothed by sigma, the score at distance delta from the circle is about -delta/sigma^2: no step
suits all sigma, and beyond h = 4 sigma^2 Langevin dynamics diverges. Annealing, whose steps shrink
with sigma^2, ends on the circle, all around. Source: Song and Ermon, Generative modeling by
estimating gradients of the data distribution, NeurIPS 2019, section 3.1."""

import math
import sys

import numpy as np

import stochcalc as sc
from stochcalc.plot import COLOURS, FILL, curve, panels, points, save

circle, sigmas, eps, n = sc.score.Circle(), np.geomspace(2.0, 0.05, 12), 0.1, 4000
start = np.random.default_rng(1).uniform(-3.0, 3.0, (n, 2))


def spread(x):
    """E (r - 1)^2 over sigma^2, with its standard error."""
    squares = (np.hypot(x[:, 0], x[:, 1]) - 1.0) ** 2
    return sc.Estimate.normal(squares.mean(), squares.std(ddof=1) / math.sqrt(len(x)))


annealed = sc.score.annealed_langevin(
    circle, sigmas, start, step=eps * sigmas[-1] ** 2, n_steps=40, rng=2
)
# across the circle the chain is one on a Gaussian, up to the curvature: variance sigma^2/(1 -
# eps/4)
z = spread(annealed).z(sigmas[-1] ** 2 / (1.0 - eps / 4.0))
around = (
    n * np.hypot(*(annealed / np.hypot(annealed[:, 0], annealed[:, 1])[:, None]).mean(axis=0)) ** 2
)
print(
    f"E (r - 1)^2: z = {z:+.2f}; Rayleigh's statistic for the angles {around:.2f}, exponential of "
    f"mean 1 if uniform"
)
assert abs(z) < 6 and around < 30

fixed, widths = 0.01, np.array([0.4, 0.2, 0.1, 0.07, 0.056])
on = circle.sample(n, rng=3)
plain = [
    spread(sc.score.annealed_langevin(circle, [s], on, step=fixed, n_steps=200, rng=4))
    for s in widths
]
for s, found in zip(widths[:3], plain):
    assert abs(found.value / (s * s / (1.0 - fixed / (4.0 * s * s))) - 1.0) < 0.25
assert plain[-1].value > 4 * widths[-1] ** 2


def draw(ax):
    """Where the points end; and what a fixed step does as sigma shrinks."""
    left, right = panels(
        ax,
        2,
        "Data on a circle: the score exists for smoothed data only, and its steps must shrink with "
        "σ²",
    )
    left.scatter(start[:600, 0], start[:600, 1], s=6, color=FILL, label="uniform start", lw=0)
    left.scatter(
        annealed[:, 0],
        annealed[:, 1],
        s=3,
        color=COLOURS[0],
        label="annealed, σ from 2 to 0.05",
        lw=0,
    )
    left.set(xlabel="x", ylabel="y", aspect="equal", title="annealed Langevin ends on the circle")
    left.legend(loc="upper right", frameon=True, markerscale=2)
    grid = np.geomspace(0.0505, 0.5, 200)
    points(
        right,
        widths,
        [sc.Estimate.normal(e.value / s**2, e.stderr / s**2) for e, s in zip(plain, widths)],
        "h = 0.01",
        0,
    )
    curve(right, grid, 1.0 / (1.0 - fixed / (4.0 * grid**2)), "1/(1 − h/(4σ²)), a Gaussian's", 1)
    right.axvline(math.sqrt(fixed) / 2.0, color=COLOURS[3], ls=":", label="h = 4σ²: it diverges")
    right.set(
        xscale="log",
        yscale="log",
        xlabel="smoothing σ",
        ylabel="E (r − 1)² / σ²",
        title="a fixed step",
        ylim=(0.7, 60),
        xticks=widths[:3],
        xticklabels=[f"{s:g}" for s in widths[:3]],
    )
    right.minorticks_off()
    right.legend()
    return ax


save(draw, sys.argv[1] if len(sys.argv) > 1 else "manifold.png")
