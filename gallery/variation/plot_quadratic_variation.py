"""Quadratic variation: along partitions whose mesh tends to 0, sum (dW_k)^2 tends to T in mean
square.

At every finite n its mean is T and its variance 2 sum dt_k^2 (Evans 2013, section 4.1). The figure
shows the root mean square of the difference against the step, on the line T sqrt(2/n)."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G03"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "quadratic_variation.png")
