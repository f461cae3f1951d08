"""G24: the variance of a multilevel difference falls with the level, and is known exactly on
geometric Brownian motion.

The levels pay for small errors: at 0.01 plain Monte Carlo is cheaper, and at 0.0025 multilevel is.
"""

import sys

import stochcalc as sc
from stochcalc.plot import save

finding = sc.CLAIMS["G24"].run(paths=50_000, rng=0)
for row in finding.rows:
    print(f"{row.statement}: exact {row.exact:.6f}, measured {row.measured}, z {row.z:+.2f}")
    assert abs(row.z) <= 6

for target, cheaper in ((0.01, False), (0.0025, True)):
    model = sc.models.gbm(0.5, 0.5)
    found = sc.mlmc(model, 1.0, 1.0, test=lambda x: x, target=target, rng=0)
    print(f"error {target:g}: multilevel {found.cost:.2g} steps, plain {found.plain_cost:.2g}")
    assert (found.cost < found.plain_cost) == cheaper

save(finding.draw, sys.argv[1] if len(sys.argv) > 1 else "multilevel.png")
