"""A score learned from samples is wrong where there are none, and annealing recovers the weights
all the same.

Song and Ermon's two Gaussians (2019), their score learned by random features from 10,000 samples,
one linear solve for each sigma. At sigma = 1 it is right near the modes and far off between and
around them (the point of their figure 2); large sigmas fill the gap with noise, and there mass
moves between the modes."""

import sys

import numpy as np

from stochcalc.claims.chain_law import diagonal_of_square, weight_above
from stochcalc.claims.theorems.g29_annealed import HALF, N_STEPS, SIGMAS, STEP, toy
from stochcalc.plot import COLOURS, LINES, MARKERS, panels, save
from stochcalc.score import annealed_langevin
from stochcalc.score.features import fit_random_features

rng = np.random.default_rng(0)
plane, axis = toy(1.0)
data = plane.sample(10_000, rng=rng)
model = fit_random_features(data, SIGMAS, rng=rng)


def ring(inner, outer, n=2000):
    """Points uniform in area between two circles about 0."""
    radius, angle = np.sqrt(rng.uniform(inner**2, outer**2, n)), rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


regions = {
    "near the modes: within 2 of one": np.concatenate([ring(0, 2) + 5, ring(0, 2) - 5]),
    "between them: within 2 of 0": ring(0, 2),
    "far: 12 to 16 from 0": ring(12, 16),
}


def relative(x, sigma):
    """Root mean square error of the learned score over that of the exact one."""
    exact = plane.score(x, sigma)
    return float(np.sqrt(np.square(model.score(x, sigma) - exact).sum() / np.square(exact).sum()))


errors = {name: [relative(x, sigma) for sigma in SIGMAS] for name, x in regions.items()}
near, between, far = (np.array(curve) for curve in errors.values())
assert (
    near[-1] < 0.1
    and min(between[-1], far[-1]) > 2 * near[-1]
    and max(near[0], between[0], far[0]) < 0.05
)

x0 = rng.uniform(-HALF, HALF, (2000, 2))
ends, exact_ends = (
    annealed_langevin(score, SIGMAS, x0, step=STEP, n_steps=N_STEPS, rng=1)
    for score in (model, plane)
)
weight, same_noise = (float((x.sum(axis=1) > 0).mean()) for x in (ends, exact_ends))
stderr = float(np.sqrt(weight * (1 - weight) / len(ends)))
law = weight_above(axis, SIGMAS, STEP * SIGMAS**2, N_STEPS, diagonal_of_square(HALF))
for name, curve in errors.items():
    print(f"{name}: relative error {curve[0]:.3f} at sigma 20, {curve[-1]:.3f} at sigma 1")
print(
    f"weight: learned score {weight:.3f} ± {stderr:.3f}; exact score {law:.4f} by quadrature, "
    f"{same_noise:.3f} with the "
    "same noise; target 0.8"
)
assert abs(weight - law) < 0.05 and abs(weight - same_noise) < 0.05 and abs(weight - 0.8) < 0.05


def draw(ax):
    left, middle, right = panels(
        ax,
        3,
        "A learned score is wrong where there are no data; annealing recovers the weights all "
        "the same",
    )
    for i, (name, curve) in enumerate(errors.items()):
        left.plot(
            SIGMAS,
            curve,
            color=COLOURS[i],
            marker=MARKERS[i],
            ls=LINES[i],
            mfc="none" if i % 2 else None,
            label=name,
        )
    left.set(
        xscale="log",
        yscale="log",
        xlabel="sigma",
        ylabel="error / exact score (root mean squares)",
        ylim=(1e-3, 6),
        xticks=(1, 2, 5, 10, 20),
        xticklabels=("1", "2", "5", "10", "20"),
        title="learned score: error by region",
    )
    left.minorticks_off()
    left.legend(loc="upper right")

    line = np.linspace(-10, 10, 81)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    size = np.linalg.norm(model.score(grid, 1.0) - plane.score(grid, 1.0), axis=1).reshape(81, 81)
    image = middle.pcolormesh(
        line, line, size, cmap="cividis", vmin=0, vmax=5, shading="gouraud", rasterized=True
    )
    middle.grid(False)
    middle.scatter(*data[:1000].T, s=2, color="white", lw=0, alpha=0.6)
    middle.figure.colorbar(image, ax=middle, shrink=0.85, extend="max", label="|learned - exact|")
    middle.set(title="error at sigma = 1, and data")

    right.scatter(*ends.T, s=3, alpha=0.3, color=COLOURS[2], lw=0)
    right.plot([-10, 10], [10, -10], ls=":", color="0.35", lw=1.2)
    right.text(
        -9.5,
        9.3,
        f"weight at (5, 5)\nlearned {weight:.3f} ± {stderr:.3f}\nexact score {law:.3f}\ntarget 0.8",
        va="top",
        bbox={"fc": "white", "ec": "none", "pad": 2},
    )
    right.set(title="annealed, with the learned score")
    for panel in (middle, right):
        panel.set(
            xlim=(-10, 10),
            ylim=(-10, 10),
            aspect="equal",
            xlabel="x",
            ylabel="y",
            xticks=(-5, 0, 5),
            yticks=(-5, 0, 5),
        )
    return ax


save(draw, sys.argv[1] if len(sys.argv) > 1 else "random_features.png")
