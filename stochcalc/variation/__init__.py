"""Chapter 3: quadratic variation, covariation and p-variation of paths, with standard errors.

The main theorem is that sum dW_k^2 over a partition of [a, b] tends to b - a in mean square as the
steps shrink. On a grid with steps dt_k the sum has mean b - a and variance 2 sum dt_k^2 exactly; on
a uniform grid of n steps it is (b - a)/n times a chi-squared variable with n degrees of freedom.
Observed paths may also jump, or carry noise: `ESTIMATORS` says which estimator withstands what.

Read `power` for the plain sums, and `neighbours` and `noise_robust` for the estimators that jumps
or noise do not reach; `measure` is how they are called. `jumps` asks whether and when a path
jumped, and `noisy_paths` makes observations with noise. `csv_series` and `price_report` apply all
this to a file of prices. The other files serve these.
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
