"""The exponential martingale exp(a W_t - a^2 t/2): mean 1 at every time, while every path tends to
0.

Once a^2 t exceeds about 2 log M, a sample of M paths has lost the mean.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G17"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "exponential.png")
