"""Quadratic variation, covariation and p-variation of observed or simulated paths, each with its
standard error.

On a grid with steps dt_k, Brownian motion has sum dW_k^2 with mean b - a and variance 2 sum dt_k^2
exactly, and (n/T) sum dW_k^2 ~ chi^2_n on a uniform grid. What is observed may jump, or be noisy:
`ESTIMATORS` says what withstands what.
"""

from stochcalc.variation.jumps import Jumps, JumpTest, detect_jumps, jump_test
from stochcalc.variation.measure import ESTIMATORS, quadratic_variation, spot_variance
from stochcalc.variation.noisy_paths import observe
from stochcalc.variation.power import covariation, power_variation

__all__ = [
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
]
