"""Ito's formula: F(W_T) - F(0) - sum f dW - 1/2 sum f' dt tends to 0, for f = w^2 with mean square
sum (2 t h^2 + 5/3 h^3).

Without its last term nothing does (Evans 2013, section 4.3).
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G15"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "ito_formula.png")
