"""The law of the iterated logarithm, limsup W_t/sqrt(2 t ln ln t) = 1, in logarithmic time.

W_t/sqrt(t) at t = e^s is a stationary Ornstein-Uhlenbeck process with covariance e^(-|s - s'|/2):
that is what is asserted."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G06"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "iterated_logarithm.png")
