"""Numerical stochastic calculus: verify the theorems, measure the convergence, read the code.

The package is a book, and these are its chapters. Each is a folder whose `__init__` says what the
chapter is about, its main theorem, and in which order to read its files.

     1  motion        Brownian motion: dW_k = sqrt(dt_k) z_k, its bridges and its functionals
     2  integrals     Riemann sums of f(t, W) dW, Ito's formula, iterated integrals, Levy's area
     3  variation     quadratic variation, covariation and power variation of paths
        sde           the equation dX = a dt + b dW as data; Ito to Stratonovich and back
     4  models        equations whose path or law is known
     5  methods       numerical schemes, one file each
     6  solver        from an equation and a scheme to many paths
     7  passage       the time at which a path first reaches a barrier
     8  laboratory    how fast schemes, integrals and variations converge
     9  densities     densities whose score is known
    10  langevin      sampling a density by following its score
    11  score         learning a score (score matching), and the reverse SDE that samples with it
    12  kolmogorov    laws and means without paths: stationary densities, the backward equation
        claims        the theorems behind `stochcalc verify`, each with a measurement
        pages         the sandbox: pages that react to a slider and draw the same paths

Beside them are `estimate` and `moments` (numbers with their standard errors), `display` (results as
text, HTML and LaTeX), `citations` (what to cite), `memory` (what a call would take), `typing`,
`plot` and `cli`.

`engine` below them compiles and runs the loop; its folders are for those who want to know how.

The names below are in the order in which a reader meets them; the classes of `densities` are names
of `score`. Each is imported when it is first used, so that `import stochcalc` alone takes almost no
time.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers, which do not run __getattr__
    # ruff: noqa: I001  (reading order, not the alphabet)
    from stochcalc import langevin, models, score
    from stochcalc.motion.partition import Partition
    from stochcalc.motion.brownian import brownian
    from stochcalc.motion.paths import BrownianPaths
    from stochcalc.motion.processes.process import Process
    from stochcalc.motion.processes.poisson import poisson
    from stochcalc.motion.processes.fractional import fractional_brownian
    from stochcalc.motion.processes.coloured import coloured_noise
    from stochcalc.motion.processes.telegraph import telegraph_noise
    from stochcalc.variation.csv_series import Series, read_csv
    from stochcalc.motion.functionals import expectation
    from stochcalc.motion.constructions import bridge, karhunen_loeve, polygon
    from stochcalc.motion.halving import levy_construction
    from stochcalc.motion.maximum import maximum
    from stochcalc.integrals.riemann_sums import riemann_sum
    from stochcalc.integrals.named_integrals import backward, ito, stratonovich
    from stochcalc.integrals.riemann_limits import riemann_limit
    from stochcalc.integrals.ito_formula import ito_residual
    from stochcalc.integrals.by_parts import paley_wiener_zygmund
    from stochcalc.integrals.step_process import StepProcess
    from stochcalc.integrals.iterated import exponential_martingale, hermite, iterated_integrals
    from stochcalc.integrals.path_areas import levy_area
    from stochcalc.integrals.area_errors import levy_area_terms
    from stochcalc.integrals.levy_areas import double_integrals
    from stochcalc.variation import (
        ESTIMATORS,
        Jumps,
        JumpTest,
        covariation,
        detect_jumps,
        jump_test,
        observe,
        power_variation,
        quadratic_variation,
        spot_variance,
    )
    from stochcalc.variation.price_report import Volatility, volatility
    from stochcalc.estimate import Estimate
    from stochcalc.moments import Moments
    from stochcalc.laboratory.study import ConvergenceStudy
    from stochcalc.sde import SDE
    from stochcalc.methods import METHODS, Method
    from stochcalc.solver.solve import solve
    from stochcalc.solver.solution import Solution
    from stochcalc.solver.likelihood import path_log_likelihood
    from stochcalc.laboratory.integral_errors import integral_convergence, variation_convergence
    from stochcalc.laboratory.scheme_errors import strong_convergence
    from stochcalc.laboratory.scheme_biases import weak_convergence
    from stochcalc.laboratory.running import RunningStatistic
    from stochcalc.laboratory.multilevel import mlmc
    from stochcalc.laboratory.multilevel_estimate import MultilevelEstimate
    from stochcalc.passage.first_passage import first_passage
    from stochcalc.passage.passage_times import FirstPassage
    from stochcalc.kolmogorov.stationary_density import stationary_density
    from stochcalc.kolmogorov.density import StationaryDensity
    from stochcalc.kolmogorov.backward_equation import backward_equation
    from stochcalc.kolmogorov.backward_solution import BackwardSolution
    from stochcalc.claims import CLAIMS, Report, verify
    from stochcalc.citations import citation
    from stochcalc.engine.checkpoint.snapshot import CheckpointError
    from stochcalc.engine.loop.executors import dask_executor
    from stochcalc.memory import MemoryEstimate, estimate_memory
    from stochcalc.pages.notebook import Sandbox, sandbox

__version__ = "0.1.0"

# Where each name is defined. A test holds this table, the imports above and __all__ together.
_CONTENTS: dict[str, tuple[str, ...]] = {
    "motion.partition": ("Partition",),
    "motion.brownian": ("brownian",),
    "motion.paths": ("BrownianPaths",),
    "motion.processes.process": ("Process",),
    "motion.processes.poisson": ("poisson",),
    "motion.processes.fractional": ("fractional_brownian",),
    "motion.processes.coloured": ("coloured_noise",),
    "motion.processes.telegraph": ("telegraph_noise",),
    "variation.csv_series": ("read_csv", "Series"),
    "motion.functionals": ("expectation",),
    "motion.constructions": ("bridge", "polygon", "karhunen_loeve"),
    "motion.halving": ("levy_construction",),
    "motion.maximum": ("maximum",),
    "integrals.riemann_sums": ("riemann_sum",),
    "integrals.named_integrals": ("ito", "stratonovich", "backward"),
    "integrals.riemann_limits": ("riemann_limit",),
    "integrals.ito_formula": ("ito_residual",),
    "integrals.by_parts": ("paley_wiener_zygmund",),
    "integrals.step_process": ("StepProcess",),
    "integrals.iterated": ("iterated_integrals", "hermite", "exponential_martingale"),
    "integrals.path_areas": ("levy_area",),
    "integrals.levy_areas": ("double_integrals",),
    "integrals.area_errors": ("levy_area_terms",),
    "variation": (
        "quadratic_variation",
        "spot_variance",
        "covariation",
        "power_variation",
        "ESTIMATORS",
        "observe",
        "jump_test",
        "JumpTest",
        "detect_jumps",
        "Jumps",
    ),
    "variation.price_report": ("volatility", "Volatility"),
    "estimate": ("Estimate",),
    "moments": ("Moments",),
    "laboratory.study": ("ConvergenceStudy",),
    "sde": ("SDE",),
    "models": (),
    "methods": ("METHODS", "Method"),
    "solver.solve": ("solve",),
    "solver.solution": ("Solution",),
    "solver.likelihood": ("path_log_likelihood",),
    "laboratory.integral_errors": ("integral_convergence", "variation_convergence"),
    "laboratory.scheme_errors": ("strong_convergence",),
    "laboratory.scheme_biases": ("weak_convergence",),
    "laboratory.running": ("RunningStatistic",),
    "laboratory.multilevel": ("mlmc",),
    "laboratory.multilevel_estimate": ("MultilevelEstimate",),
    "passage.first_passage": ("first_passage",),
    "passage.passage_times": ("FirstPassage",),
    "langevin": (),
    "score": (),
    "kolmogorov.stationary_density": ("stationary_density",),
    "kolmogorov.density": ("StationaryDensity",),
    "kolmogorov.backward_equation": ("backward_equation",),
    "kolmogorov.backward_solution": ("BackwardSolution",),
    "claims": ("verify", "Report", "CLAIMS"),
    "citations": ("citation",),
    "engine.checkpoint.snapshot": ("CheckpointError",),
    "engine.loop.executors": ("dask_executor",),
    "memory": ("estimate_memory", "MemoryEstimate"),
    "pages.notebook": ("sandbox", "Sandbox"),
}
_MODULES = ("models", "langevin", "score")
_HOMES = {name: module for module, names in _CONTENTS.items() for name in names}

__all__ = [
    "Partition",
    "brownian",
    "BrownianPaths",
    "Process",
    "poisson",
    "fractional_brownian",
    "coloured_noise",
    "telegraph_noise",
    "read_csv",
    "Series",
    "expectation",
    "bridge",
    "polygon",
    "levy_construction",
    "karhunen_loeve",
    "maximum",
    "riemann_sum",
    "ito",
    "stratonovich",
    "backward",
    "riemann_limit",
    "ito_residual",
    "paley_wiener_zygmund",
    "StepProcess",
    "iterated_integrals",
    "hermite",
    "exponential_martingale",
    "levy_area",
    "double_integrals",
    "levy_area_terms",
    "quadratic_variation",
    "spot_variance",
    "covariation",
    "power_variation",
    "ESTIMATORS",
    "observe",
    "jump_test",
    "JumpTest",
    "detect_jumps",
    "Jumps",
    "volatility",
    "Volatility",
    "Estimate",
    "Moments",
    "ConvergenceStudy",
    "SDE",
    "models",
    "METHODS",
    "Method",
    "solve",
    "Solution",
    "path_log_likelihood",
    "integral_convergence",
    "variation_convergence",
    "strong_convergence",
    "weak_convergence",
    "RunningStatistic",
    "mlmc",
    "MultilevelEstimate",
    "first_passage",
    "FirstPassage",
    "langevin",
    "score",
    "stationary_density",
    "StationaryDensity",
    "backward_equation",
    "BackwardSolution",
    "verify",
    "Report",
    "CLAIMS",
    "citation",
    "CheckpointError",
    "dask_executor",
    "estimate_memory",
    "MemoryEstimate",
    "sandbox",
    "Sandbox",
]


def __getattr__(name: str) -> Any:
    """Import a name from its chapter when it is first used; Ctrl-C waits until that is done."""
    if name not in _HOMES and name not in _MODULES:
        from stochcalc.engine.words import suggest

        hint = suggest(name, __all__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
    from stochcalc.engine.compiler.interrupts import hold_interrupts_back

    with hold_interrupts_back():
        module = importlib.import_module(f"{__name__}.{_HOMES.get(name, name)}")
    value: object = module
    if name not in _MODULES:
        value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
