"""Ito's sums of W dW are a martingale: I_T - I_s is orthogonal to I_s and to its sign.

With lambda > 0 the sums of W dW drift by lambda (T - s).
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G14"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "martingale.png")
