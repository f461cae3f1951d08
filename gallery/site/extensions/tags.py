"""The tags of the lessons: what a reader may look for across the chapters.

The gallery has a page for each tag, with the figures of its lessons. Every lesson has a tag, and
every tag at least two lessons.
"""

from __future__ import annotations

TAGS = {  # the lessons by their files, without plot_ and .py
    "Brownian paths": (
        "random_walk",
        "levy_construction",
        "path_expansions",
        "refinement",
        "iterated_logarithm",
        "reflection",
        "arcsine",
        "donsker",
        "white_noise",
        "bridge",
        "total_variation",
    ),
    "extremes and barriers": (
        "reflection",
        "donsker",
        "iterated_logarithm",
        "tanaka",
        "two_walls",
        "first_passage",
        "escape",
    ),
    "weights of paths": ("girsanov", "killing"),
    "fewer paths": ("variance_reduction", "girsanov", "multilevel"),
    "laws and moments": ("weak_order", "coins"),
    "expansions": (
        "levy_construction",
        "path_expansions",
        "white_noise",
        "hermite_integrals",
        "picard",
    ),
    "quadratic variation": (
        "quadratic_variation",
        "total_variation",
        "refinement",
        "signature",
        "real_prices",
        "drift_or_volatility",
        "spread",
        "ito_formula",
        "any_integrator",
    ),
    "Ito and Stratonovich": (
        "riemann_sums",
        "general_integrands",
        "any_integrator",
        "spread",
        "readings",
        "circle",
        "lyapunov",
        "settling",
        "smooth_noise",
        "delayed_noise",
        "martingale",
        "ito_formula",
    ),
    "martingales": (
        "isometry",
        "martingale",
        "hedge",
        "hermite_integrals",
        "exponential",
        "strict_local",
    ),
    "variance of an integral": ("by_parts", "isometry", "hermite_integrals"),
    "other noise": ("any_integrator", "delayed_noise", "jumps"),
    "several motions": ("levy_area", "noncommuting"),
    "orders of convergence": (
        "higham",
        "strong_order",
        "weak_order",
        "noncommuting",
        "multilevel",
        "bridge",
        "samplers",
        "karras",
    ),
    "stability": ("stability", "stiff", "superlinear", "heat", "lyapunov"),
    "rare paths": ("exponential", "stability", "escape"),
    "prices": ("signature", "real_prices", "drift_or_volatility"),
    "Langevin chains": (
        "chain_on_density",
        "langevin_bias",
        "mala",
        "annealed_langevin",
        "schedules",
    ),
    "several modes": ("escape", "annealed_langevin", "schedules", "reversal"),
    "noise run backwards": ("reversal", "samplers", "guidance", "karras", "flow_matching"),
    "learned scores": ("score_matching", "random_features", "flow_matching", "digits"),
    "smoothed data": ("manifold", "random_features", "digits"),
    "real data": ("real_prices", "digits"),
}


def find_tags(lesson: str) -> list[str]:
    """Return the tags of a lesson, which is named as its file is: plot_arcsine."""
    return [tag for tag, lessons in TAGS.items() if lesson.removeprefix("plot_") in lessons]


def name_page(tag: str) -> str:
    """Return the page of a tag."""
    return f"tags/{tag.lower().replace(' ', '_')}"
