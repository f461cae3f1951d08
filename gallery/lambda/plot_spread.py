"""When lambda does not matter: int g(t) dW, and int W' dW with an independent W'.

R(1) - R(0) = sum df dW is the covariation of integrand and integrator; for W dW it is T, and stays.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G11"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "spread.png")
