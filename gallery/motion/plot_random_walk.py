"""Donsker's theorem: scaled random walks tend to Brownian motion, whose covariance min(s, t) they
have at every n.

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
