r"""
Noise that stabilises: the Lyapunov exponent
============================================

**Theorem** (Khasminskii; Arnold, Crauel and Wihstutz). Let :math:`a > b` and :math:`\sigma > 0`.
Let :math:`J` be the turn by a right angle, and let :math:`X` solve, from any :math:`X_0 \ne 0`, the
linear equation in the plane

.. math::

    \dd X = \begin{pmatrix} a & 0 \\ 0 & b \end{pmatrix} X \, \dd t + \sigma J X \circ \dd W ,
    \qquad J = \begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix},

which is read as Stratonovich does. Then almost every path grows or decays at one rate, the
top *Lyapunov exponent* of the equation,

.. math::

    \frac{\ln |X_t|}{t} \longrightarrow
    \frac{a + b}{2} + \frac{a - b}{2} \cdot \frac{I_1(z)}{I_0(z)}, \qquad
    z = \frac{a - b}{2 \sigma^2},

with the modified Bessel functions :math:`I_0` and :math:`I_1`. As :math:`\sigma` grows from 0, the
rate falls from :math:`a` to :math:`\frac12 (a + b)`.

Take :math:`a > 0` and :math:`a + b < 0`. Without noise the system is unstable, since whatever
points along the first axis grows like :math:`e^{at}`. With enough noise every path tends to 0.
Nothing in the noise pulls inwards: it only turns :math:`X` about the origin, and it has no
preference for a side.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import i0e, i1e

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Let :math:`a = \frac12` and :math:`b = -\frac32`. Solve the equation along the same twenty
# Brownian paths without noise, with a little of it and with much of it, and look at the logarithm
# of the length.

a = 0.5
b = -1.5


def stretch(t, x, sigma):
    return a * x[0], b * x[1]


def turn(t, x, sigma):
    return -sigma * x[1], sigma * x[0]


def slopes(t, x, sigma):
    return (0.0, -sigma), (sigma, 0.0)


def equation(sigma, lam=0.5):
    return sc.SDE(stretch, turn, noise="scalar", lam=lam, diffusion_dx=slopes, args=(sigma,))


def exponent(sigma):
    z = (a - b) / (2 * sigma**2)
    return (a + b) / 2 + (a - b) / 2 * i1e(z) / i0e(z)


W = sc.brownian(T=20, n=2000, paths=20, rng=7)
solutions = {
    sigma: sc.solve(equation(sigma), (1.0, 0.0), noise=W, method="heun")
    for sigma in (0.0, 0.5, 1.5)
}
for sigma, X in solutions.items():
    lengths = np.linalg.norm(X.x[:, -1], axis=1)
    print(f"sigma = {sigma}: the median of |X| at time 20 is {np.median(lengths):.2g}")


def draw_paths(ax):
    for i, (sigma, X) in enumerate(solutions.items()):
        logs = np.log(np.linalg.norm(X.x, axis=2))
        ax.plot(X.t, logs.T, color=f"C{i}", lw=0.5, alpha=0.5)
        rate = exponent(sigma) if sigma > 0 else a
        label = f"σ = {sigma:g}: rate {rate:+.3f}".replace("-", "−")
        plot.curve(ax, X.t, rate * X.t, label, i, lw=2.2)
    ax.set(xlabel="time t", ylabel="ln |X$_t$|", ylim=(-11, 15))
    ax.set_title("More noise, and what grew dies out")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_paths,
    alt="Logarithms of the length of twenty paths about straight lines of the exact rates: without "
    "noise and with weak noise they rise, and with strong noise they fall.",
)

# %%
# Check it
# --------
# How long must one wait until :math:`\ln |X_t|/t` is at its limit? Not long, if the beginning is
# left out: the growth is measured from time 4 to time 8, when the *angle* of :math:`X` has
# forgotten where it was. What a scheme with steps of 1/32 then has for the mean is known to ten
# digits, by quadrature over the angle and the increment. The column of limits has the theorem's
# number.

finding = sc.CLAIMS["G47"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The first panel shows why it works. Weak noise leaves :math:`X` near the first axis, where it
# grows; strong noise spreads it over all directions. The second shows the rate, which changes its
# sign at a strength that solves :math:`I_1(z) = \frac12 I_0(z)`:

turning = brentq(exponent, 0.5, 1.5)
print(f"the system is stable for sigma > {turning:.6f}")

figure = plot.figure(
    finding.draw,
    alt="In the first panel, histograms of the angle lie on von Mises' densities, narrow for weak "
    "noise and broad for strong; in the second, measured rates lie on the line of Heun's scheme, "
    "near that of the equation, which falls below 0 at sigma = 0.929, while the rate in Ito's "
    "sense rises.",
)

# %%
# The wrong twin
# --------------
# *Stochastic integrals are Ito's; the little circle is a matter of taste.* Without it the equation
# has other solutions. They are those above, multiplied by :math:`e^{\sigma^2 t/2}`, and the rate is
# larger by :math:`\frac12 \sigma^2`. The noise then drives :math:`X` along the tangent of a circle
# and so always away from it, a little farther out with every step. No strength of such noise
# stabilises anything here: the least rate, over all of them, is still positive.

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

strengths = np.linspace(0.1, 3, 300)
least = np.min(exponent(strengths) + strengths**2 / 2)
print(f"least rate of Ito's equation: {least:.4f}")
assert least > 0.4

# %%
# Why
# ---
# Write :math:`X = r\, (\cos \varphi, \sin \varphi)`. In Stratonovich's reading the ordinary chain
# rule holds, and the noise, which is orthogonal to :math:`X`, does not enter the length:
#
# .. math::
#
#     \dd \ln r = \Bigl(\frac{a + b}{2} + \frac{a - b}{2} \cos 2\varphi\Bigr) \dd t , \qquad
#     \dd \varphi = -\frac{a - b}{2} \sin 2 \varphi \, \dd t + \sigma \, \dd W .
#
# The angle is a diffusion on a circle, which knows nothing of the length. It is an overdamped
# pendulum: Langevin's equation of this chapter in the potential :math:`-\frac14 (a - b) \cos 2
# \varphi`, at a temperature that is set by :math:`\sigma`. So it settles at a density proportional
# to :math:`e^{z \cos 2\varphi}`. The mean of :math:`\cos 2 \varphi` in it is the derivative of
# :math:`\ln I_0(z)`, which is :math:`I_1(z)/I_0(z)`. By the ergodic theorem the average of the
# growth along a single path is the mean over this law. That is the whole proof.
#
# So the noise does not push :math:`X` inwards. It takes time away from the direction that grows,
# and gives it to the direction that decays. Their mean is the best that it can do, and therefore
# :math:`a + b` has to be negative: an equation that blows up areas cannot be stabilised like this.
#
# Two cautions. First, it is paths that are stabilised, and not their mean square: the first
# exercise shows strengths at which all paths tend to 0 and :math:`E |X|^2` explodes, as in
# :doc:`the lesson on stability </learn/schemes/plot_stability>`. Second, the scheme takes part in
# the game. For a pure turn Heun's step multiplies :math:`|X|^2` by :math:`1 + \frac14 \sigma^4 \,
# \Delta W^4` (:doc:`circles and spheres </learn/lambda/plot_circle>`), and a little growth in each
# step is a rate. At :math:`\sigma = \frac32` it changes the sign of the exponent if the steps are
# longer than about a quarter; the remark below the table has an example. The derivation is in
# :mod:`stochcalc.claims.theorems.g47_lyapunov`.

# %%
# Exercise
# --------
# 1. Let :math:`m = (E X_1^2, E X_2^2)` be the mean squares of the two components. Find the linear
#    equation that :math:`m` solves, and show that for :math:`a > 0 > a + b` it is stable if and
#    only if :math:`\sigma^2 > 2ab/(a + b)`. So at :math:`\sigma = 1.1` paths die out and mean
#    squares grow. Compute :math:`E |X_2|^2` for 64 steps of Heun's scheme, and measure it.
# 2. Solve the equation from (1, 0) and from (0, 1) along the same Brownian paths. How fast does the
#    area between the two solutions shrink, and what does it say about a *second* exponent?
#
# .. solution::

# 1. In Ito's form the drift is diag(a, b) X - sigma^2 X/2, and the noise exchanges the components:
# with s = sigma^2, dm/dt = ((2a - s, s), (s, 2b - s)) m. Its trace is negative, so it is stable if
# its determinant 4ab - 2 s (a + b) is positive. Here the bound is s = 1.5, and 1.1^2 = 1.21.
sigma = 1.1
n = 64
h = 2 / n
z, weights = np.polynomial.hermite_e.hermegauss(8)
weights /= weights.sum()
M = np.diag([a, b]) * h + sigma * np.sqrt(h) * z[:, None, None] * np.array([[0, -1], [1, 0]])
G = np.eye(2) + M + M @ M / 2  # Heun's step for each of eight increments
moments = np.einsum("q,qij,qkl->ikjl", weights, G, G).reshape(4, 4)
square = np.linalg.matrix_power(moments, n)[[0, 3], 0].sum()  # from (1, 0)

W = sc.brownian(T=2, n=n, paths=100_000, store=False, rng=1)
first = sc.solve(equation(sigma), (1.0, 0.0), noise=W, method="heun", save="last").x[:, 0]
found = sc.Estimate.mean(np.sum(first**2, axis=1))
print(f"sigma = 1.1: the rate along paths is {exponent(sigma):.3f}")
print(f"E |X_2|^2 = {found}, exact {square:.5f}")
assert exponent(sigma) < 0
assert max(np.linalg.eigvals([[2 * a - 1.21, 1.21], [1.21, 2 * b - 1.21]])) > 0
assert abs(found.z(square)) <= 6

# 2. A linear map multiplies all areas by its determinant. The chain rule gives d ln det = (a + b)
# dt: the noise turns the parallelogram and leaves its area alone. The area is about the product of
# what the two exponents make of two directions, so that their sum is a + b = -1, whatever sigma
# is. For a scheme ln det G does not depend on the angle, and one quadrature gives its mean.
second = sc.solve(equation(sigma), (0.0, 1.0), noise=W, method="heun", save="last").x[:, 0]
area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
found = sc.Estimate.mean(np.log(area) / 2)
exact = weights @ np.log(np.linalg.det(G)) / h
print(f"rate of the area {found}, exact {exact:.6f} with these steps, and -1 without")
print(f"second exponent: -1 - ({exponent(sigma):.3f}) = {-1 - exponent(sigma):.3f}")
assert abs(found.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`khasminskii1967` computes exponents from the law of the angle;
# :cite:t:`arnoldcrauelwihstutz1983` show when noise stabilises a linear system, and that the trace
# decides; :cite:t:`talay1991` treats the exponents of schemes. The functions here:
# :class:`stochcalc.SDE`, :func:`stochcalc.solve`, :class:`stochcalc.Estimate`.
