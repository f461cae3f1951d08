"""Valid calls of what draws. Every call has axes of its own, which no window shows."""

from __future__ import annotations

from typing import Any

from odd_bases_equations import DENSITY, OU, PASSED, SOLUTION, SOLVED, STUDY, square
from odd_bases_paths import PRICES, W
from odd_bases_sampling import MIXTURE
from odd_endings import Base, Made

import stochcalc as sc
from stochcalc import plot


def make_axes() -> Any:
    """Return new axes."""
    from matplotlib.figure import Figure

    return Figure().add_subplot()


AXES = Made(make_axes)


def make_pictures() -> dict[str, Base]:
    """Return valid calls of the functions that draw results."""
    chains = sc.langevin.sample(MIXTURE, [0.0, 0.0], step=0.25, n=8, chains=2, key=7)
    levels = sc.mlmc(OU, 1.0, 1.0, test=square, target=0.25, key=7)
    return {
        "plot.plot_paths": Base(plot.plot_paths, {"t": W.t, "values": W.values, "ax": AXES}),
        "plot.plot_brownian": Base(plot.plot_brownian, {"W": W, "ax": AXES}),
        "plot.plot_solution": Base(plot.plot_solution, {"solution": SOLUTION, "ax": AXES}),
        "plot.plot_chains": Base(plot.plot_chains, {"chains": chains, "ax": AXES}),
        "plot.plot_score": Base(
            plot.plot_score, {"score": MIXTURE, "sigma": 0.5, "ax": AXES, "arrows": 3}
        ),
        "plot.plot_passage": Base(plot.plot_passage, {"found": PASSED, "ax": AXES}),
        "plot.plot_density": Base(plot.plot_density, {"density": DENSITY, "ax": AXES}),
        "plot.plot_backward": Base(plot.plot_backward, {"solution": SOLVED, "ax": AXES}),
        "plot.plot_convergence": Base(plot.plot_convergence, {"study": STUDY, "ax": AXES}),
        "plot.plot_multilevel": Base(plot.plot_multilevel, {"found": levels, "ax": AXES}),
        "plot.plot_volatility": Base(
            plot.plot_volatility, {"found": sc.volatility(PRICES, window=4), "ax": AXES}
        ),
    }
