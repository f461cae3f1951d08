"""Euler-Maruyama converges strongly with order 1/2: E |X_n - X_T|^2 has a closed form on geometric
Brownian motion.

The line through the points is that form, not a fit; its slope at these steps is not yet 1/2.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G21"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "strong_order.png")
