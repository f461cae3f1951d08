"""The reflection principle P(max W >= a) = 2 P(W_T >= a), and the part of the maximum that a grid
misses.

E max over n grid times is sqrt(h/(2 pi)) sum k^(-1/2) (Spitzer 1956);
the maxima of the bridges between them make up for the rest.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G07"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "reflection.png")
