"""Iterated integrals are Hermite polynomials of the path's end, I_k = t^(k/2) He_k(W_t/sqrt(t))/k!,
orthogonal in k.

I_2 = (W^2 - t)/2 and I_3 = (W^3 - 3tW)/6, where ordinary calculus has W^2/2 and W^3/6.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G16"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "hermite_integrals.png")
