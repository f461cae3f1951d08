"""Scaled random walks have the covariance min(s, t) of Brownian motion at every n, and by Donsker's
theorem tend to it: their end in law to a normal variable, and their maximum to that of the path.

The law of a walk of n steps is C(n, n/2)/2^(n+1), about 1/sqrt(2 pi n), away from the normal law,
because it sits on a lattice."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G01"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "random_walk.png")
