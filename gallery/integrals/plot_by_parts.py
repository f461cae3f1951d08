"""The integral of a deterministic g by parts, -int g' W dt (Paley, Wiener and Zygmund), is Ito's
integral of g.

Both are linear in the increments: the variance, and the distance of the two at every n, are finite
sums."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G12"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "by_parts.png")
