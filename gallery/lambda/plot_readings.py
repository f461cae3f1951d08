"""dX = sigma X dW is not one equation: read with lambda, its mean is exp(lambda sigma^2 t).

Ito's reading (lambda = 0) is a martingale, Stratonovich's (1/2) obeys the rules of calculus, the
backward one (1) grows twice as fast. The paths share one Brownian motion."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G18"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "readings.png")
