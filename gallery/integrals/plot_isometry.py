"""Ito's isometry: E I^2 = E int G^2 dt for adapted step processes G, at every finite n.

The left sums of W dW integrate the step process W(t_k); both sides are T^2/2 (1 - 1/n).
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G13"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "isometry.png")
