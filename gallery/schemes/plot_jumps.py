r"""
Jumps: a bracket that jumps, and a compensator
==============================================

**Theorem** (Ito's formula with jumps). Let :math:`N` be a Poisson process of rate :math:`\mu`,
independent of :math:`W`, and :math:`\dd X = X_- (a \, \dd t + b \, \dd W + g \, \dd N)`. Then

.. math::

    \dd (X^2) = 2 X_- \, \dd X + b^2 X^2 \, \dd t + g^2 X_-^2 \, \dd N ,

and the means grow at the rates

.. math::

    E X: \; a + g \mu, \qquad E X^2: \; 2 (a + g \mu) + b^2 + g^2 \mu .

Two things are new. The bracket of :math:`X` is not only time: every jump adds its square to it,
when it comes. And :math:`\dd N` has a mean, so that jumps push; whoever wants a martingale must
take :math:`\mu \, \dd t` off, the *compensator*.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# A price that falls by three tenths twice a year on average. The noise of the equation is a pair, a
# Brownian motion and a Poisson process, and the diffusion has a column for each.

W = sc.brownian(T=2.0, n=1000, paths=3, rng=7)
N = sc.poisson(2.0, T=2.0, n=1000, paths=3, rng=7)
crashing = sc.SDE(
    lambda t, x: (0.1 * x[0],),
    lambda t, x: ((0.2 * x[0], -0.3 * x[0]),),
    noise="general",
)
X = sc.solve(crashing, (1.0,), noise=(W, N))
print("jumps of the three paths:", N.values[:, -1].astype(int))


def draw_prices(ax):
    for i, path in enumerate(X.x[..., 0]):
        ax.plot(X.t, path, color=f"C{i}", ls=plot.LINES[i], lw=1.2, label=f"path {i}")
    ax.set(xlabel="t", ylabel="$X_t$", ylim=(0, None))
    ax.set_title("Each jump takes three tenths")
    ax.legend()


figure = plot.figure(
    draw_prices,
    alt="Three paths that move a little between jumps and fall by three tenths at each jump.",
)

# %%
# Check it
# --------
# Euler's scheme multiplies by independent factors, so that its moments are known exactly. In the
# last row the jumps are compensated.

finding = sc.CLAIMS["G44"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The second moment lies well above what the Brownian bracket alone would give.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, four paths with jumps; in the second, the mean and the mean square "
    "lie on their exact curves, and the curve without the bracket of the jumps lies below.",
)

# %%
# The wrong twin
# --------------
# *Noise has mean 0, so the mean grows at the rate a.* Poisson noise has not:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# A step multiplies :math:`X` by :math:`1 + a h + b \, \Delta W + g \, \Delta N`, where
# :math:`\Delta N` is Poisson with mean *and* variance :math:`\mu h`. The mean of the factor is
# :math:`m = 1 + (a + g \mu) h`, and the mean of its square :math:`m^2 + (b^2 + g^2 \mu) h`. Steps
# are independent, and the moments are powers. See :mod:`stochcalc.claims.theorems.g44_jumps`.

# %%
# Exercise
# --------
# 1. The exact solution is :math:`e^{(a - b^2/2) T + b W_T} (1 + g)^{N_T}`. How fast does Euler's
#    scheme converge to it, path by path?
# 2. Let the size of the jumps be random, normal with mean -0.3 and standard deviation 0.1. What
#    are the two moments now?
#
# .. solution::

# 1. With the order 1/2, as without jumps: the increments of N are exact.
errors = []
for n in (64, 256, 1024):
    W = sc.brownian(n=n, paths=4000, rng=n)
    N = sc.poisson(2.0, n=n, paths=4000, rng=n)
    end = sc.solve(crashing, (1.0,), noise=(W, N), save="last").x[:, 0, 0]
    exact = np.exp((0.1 - 0.02) + 0.2 * W.values[:, -1]) * 0.7 ** N.values[:, -1]
    errors.append(np.sqrt(np.mean((end - exact) ** 2)))
    print(f"n = {n:4d}: root mean square error {errors[-1]:.5f}")
assert 1.6 < errors[0] / errors[1] < 2.5 and 1.6 < errors[1] / errors[2] < 2.5

# 2. dJ has the mean mu m h and the variance mu (m^2 + s^2) h: s^2 is added to g^2.
W = sc.brownian(n=16, paths=50_000, store=False, rng=1)
J = sc.poisson(2.0, n=16, jump=-0.3, deviation=0.1, paths=50_000, store=False, rng=1)
random_jumps = sc.SDE(crashing.drift, lambda t, x: ((0.2 * x[0], x[0]),), noise="general")
found = sc.solve(random_jumps, (1.0,), noise=(W, J), save="stats").moments[-1, 0]
m = 1 + (0.1 - 0.6) / 16
square = (m**2 + (0.04 + 2 * (0.09 + 0.01)) / 16) ** 16
print(f"E X^2 with random jumps {found.mean_square()}, exact {square:.5f}")
assert abs(found.mean_square().z(square)) <= 6

# %%
# References
# ----------
# :cite:t:`merton1976` for the model, :cite:t:`protter2005`, section II.7, for the formula. The
# functions here: :func:`stochcalc.poisson`, :func:`stochcalc.solve`, :class:`stochcalc.SDE`.
