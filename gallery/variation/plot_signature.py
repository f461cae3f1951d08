"""The signature plot: with noise of variance eta^2 on prices, realized variance has mean sigma^2 T
+ 2 n eta^2.

Its mean-square error is smallest at some sampling rate in between; estimators that see through
noise use every observation."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G05"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "signature.png")
