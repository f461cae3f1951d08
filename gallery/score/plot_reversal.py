"""Noise runs backwards: the reverse-time equation and the probability flow of an exact score give
back the data.

Euler's scheme leaves a bias in the weights that the law of the discrete chain predicts; the flow
keeps the bias of its start. Source: Song et al., Score-based generative modeling through stochastic
differential equations, ICLR 2021."""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G30"].run(paths=100_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "reversal.png")
