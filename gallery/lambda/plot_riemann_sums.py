"""Riemann sums R(P, lambda) of W dW tend to W_T^2/2 + (lambda - 1/2) T in mean square, for every
lambda in [0, 1].

Minus one half, not plus. At the time point the mean-square error is (lambda^2 + (1 - lambda)^2)/2
sum dt^2 on every partition, so lambda = 0 and lambda = 1 share a line (Evans 2013, section 4.1).
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G09"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "riemann_sums.png")
