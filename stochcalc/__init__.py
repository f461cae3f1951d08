"""Numerical stochastic calculus: verify the theorems, measure the convergence, read the code.

The names below are in reading order, the table of contents of the book.
"""

# ruff: noqa: I001  (reading order, not the alphabet)
from stochcalc.motion.partition import Partition
from stochcalc.motion.brownian import BrownianPaths, brownian
from stochcalc.variation.csv_series import Series, read_csv
from stochcalc.motion.functionals import expectation
from stochcalc.motion.constructions import bridge, karhunen_loeve, levy_construction, polygon
from stochcalc.motion.maximum import maximum
from stochcalc.integrals.riemann_sums import (
    backward,
    ito,
    ito_residual,
    paley_wiener_zygmund,
    riemann_limit,
    riemann_sum,
    stratonovich,
)
from stochcalc.integrals.step_process import StepProcess
from stochcalc.integrals.levy_areas import double_integrals, levy_area, levy_area_terms
from stochcalc.integrals.iterated import exponential_martingale, hermite, iterated_integrals
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
from stochcalc.estimate import Estimate, Moments
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.sde import SDE
from stochcalc import models
from stochcalc.methods import METHODS, Method
from stochcalc.solver.solve import Solution, solve
from stochcalc.laboratory.integral_errors import integral_convergence, variation_convergence
from stochcalc.laboratory.scheme_errors import strong_convergence, weak_convergence
from stochcalc.laboratory.multilevel import MultilevelEstimate, mlmc
from stochcalc.passage.first_passage import FirstPassage, first_passage
from stochcalc import langevin, score
from stochcalc.variation.price_report import Volatility, volatility
from stochcalc.claims import CLAIMS, Report, verify

__version__ = "0.1.0"

__all__ = [
    "Partition",
    "BrownianPaths",
    "brownian",
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
    "integral_convergence",
    "variation_convergence",
    "strong_convergence",
    "weak_convergence",
    "mlmc",
    "MultilevelEstimate",
    "first_passage",
    "FirstPassage",
    "langevin",
    "score",
    "verify",
    "Report",
    "CLAIMS",
]
