"""Wong and Zakai: equations driven by smooth approximations of Brownian motion tend to
Stratonovich's solution.

With m Euler steps in each straight piece the mean is E (1 + sigma dW/m)^m per piece: m = 1 is
Ito's, m = infinity Stratonovich's."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G19"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "smooth_noise.png")
