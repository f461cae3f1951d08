"""Numerical stochastic calculus: verify the theorems, measure the convergence, read the code.

The names below are in reading order, the table of contents of the book.
"""

# ruff: noqa: I001  (reading order, not the alphabet)
from stochcalc.partition import Partition
from stochcalc.brownian import BrownianPaths, brownian
from stochcalc.integrals import StepProcess, backward, ito, riemann_limit, riemann_sum, stratonovich
from stochcalc.variation import covariation, power_variation, quadratic_variation
from stochcalc.estimate import ConvergenceStudy, Estimate, Moments
from stochcalc.sde import SDE
from stochcalc import models
from stochcalc.methods import METHODS, Method
from stochcalc.solve import Solution, solve
from stochcalc.convergence import integral_convergence, strong_convergence, variation_convergence
from stochcalc import langevin, score
from stochcalc.claims import CLAIMS, Report, verify

__version__ = "0.1.0"

__all__ = [
    "Partition",
    "BrownianPaths", "brownian",
    "riemann_sum", "ito", "stratonovich", "backward", "riemann_limit", "StepProcess",
    "quadratic_variation", "covariation", "power_variation",
    "Estimate", "Moments", "ConvergenceStudy",
    "SDE", "models", "METHODS", "Method", "solve", "Solution",
    "integral_convergence", "variation_convergence", "strong_convergence",
    "langevin", "score",
    "verify", "Report", "CLAIMS",
]
