"""The arcsine law: of the shares of time that a Brownian path may spend above 0, 0 and 1 are the
likeliest, and 1/2 is the least likely.

Among n values k are positive with probability u_k u_{n-k}, u_k = C(2k, k)/4^k (Sparre Andersen
1953)."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G08"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "arcsine.png")
