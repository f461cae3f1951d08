"""Levy's area between a planar Brownian path and its chord: variance T^2/4, characteristic function
1/cosh(uT/2).

Left sums on n steps have variance T^2/4 (1 - 1/n), and a characteristic function that is a finite
product."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G20"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "levy_area.png")
