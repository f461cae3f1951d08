"""G27: a drift that grows faster than x.

Euler-Maruyama explodes; tamed and implicit Euler have laws one can compute.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G27"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "superlinear.png")
