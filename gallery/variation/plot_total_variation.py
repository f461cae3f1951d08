"""Brownian paths have infinite variation: E sum |dW| = sqrt(2 n T/pi) while its variance stays T (1
- 2/pi).

In general E sum |dW|^p = E |Z|^p T^(p/2) n^(1 - p/2): only at p = 2 is the limit
finite and not 0.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G04"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "total_variation.png")
