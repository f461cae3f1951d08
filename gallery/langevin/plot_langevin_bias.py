"""The unadjusted Langevin algorithm x + (h/2) s(x) + sqrt(h) z samples N(0, 1) with variance 1 / (1
- h/4).

The score pulls uphill; the bias is of first order in the step and known exactly on a Gaussian.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G28"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "langevin_bias.png")
