"""Chapter 3: quadratic variation, covariation and power variation of paths, with their errors.

The main theorem is that sum dW_k^2 over a partition of [a, b] tends to b - a in mean square as the
steps shrink. On a grid with steps dt_k the sum has mean b - a and variance 2 sum dt_k^2 exactly; on
a uniform grid of n steps it is (b - a)/n times a chi-squared variable with n degrees of freedom.

Observed paths may also jump, or carry noise. In this chapter noise is market noise: independent
errors of the observations, as the bounce between bid and ask makes them; in the rest of the package
noise is what drives an equation. A realized kernel is an estimator that weights autocovariances of
returns; it has nothing to do with the kernels of `engine`, which are compiled loops. `ESTIMATORS`
says which estimator withstands what.

Read `power` for covariation and for sums of powers along a grid, and `neighbours` for the plain sum
of squares and the estimators that jumps do not reach. Then read `noise_robust` for those that noise
does not reach. `windows` has the sums that all of them are made of, and `noise_variance` the
variance that noise gives them; `estimators` has the table of them and `measure` the public
functions. `stale` finds the estimates that repeated prices spoil. `jump_tests` answers whether a
path jumped and `jumps` when; `noisy_paths` makes observations with noise. `observations` checks
what the user gives, `in_cache` runs an estimator on a few paths at a time, and `along_motion` sums
powers along Brownian motion that is not stored.

Last, read how a file of prices becomes a report. `csv_series` makes a series of one column of a
file: `csv_open` opens it, `csv_table` reads its header and its records, `csv_fields` reads a number
or a time from the text of a field, `csv_rows` makes observations of records, and `csv_ties` puts
them in order. `price_report` applies this chapter to the series; `price_arguments` reads its
arguments. `sessions` finds the sessions of trading, and `report_lines` writes the report, with
`session_lines` for the sessions. `report_table` makes a short one for notebooks, and plain values
for JSON.
"""

from stochcalc.variation.estimators import ESTIMATORS
from stochcalc.variation.jump_tests import JumpTest, jump_test
from stochcalc.variation.jumps import Jumps, detect_jumps
from stochcalc.variation.measure import quadratic_variation, spot_variance
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
