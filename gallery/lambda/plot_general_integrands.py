"""Sums of f(W) dW at lambda tend to F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt, where F' = f.

The figure shows f = sin: the distance to that limit falls with order 1/2 at every lambda.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G10"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "general_integrands.png")
