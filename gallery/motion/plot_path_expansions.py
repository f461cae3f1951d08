"""Levy's construction and the Karhunen-Loeve expansion, two series that converge to a Brownian
path.

n straight pieces leave E int (W - W_n)^2 dt = 1/(6n), n sines 1/(pi^2 n): no n functions do better.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G02"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "path_expansions.png")
