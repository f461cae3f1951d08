r"""
A stiff equation: stable is not yet right
=========================================

**Theorem.** Let :math:`X_n` be the theta method, with steps of length :math:`h`, for
:math:`\dd X = -\kappa X\,\dd t + \sigma\,\dd W` with :math:`\kappa > 0`. It takes the drift at the
end of the step with the weight :math:`\theta \in [0, 1]`, and at its start with the weight
:math:`1 - \theta`. If :math:`(1 - 2 \theta) \kappa h < 2`, then as :math:`n \to \infty`

.. math::

    E X_n^2 \longrightarrow \frac{\sigma^2}{2 \kappa} \cdot
    \frac{1}{1 - (1 - 2 \theta) \kappa h/2}.

The solution settles to the variance :math:`\sigma^2/(2 \kappa)`. So the scheme has the right one
for :math:`\theta = \frac12` alone, and there it has it at *every* step.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.methods.theta import theta_method

# %%
# Try it
# ------
# An equation is stiff if something in it decays much faster than one wants to look. Here a
# deviation decays in a time of :math:`1/\kappa = 0.1`. Take steps of a quarter, so that
# :math:`\kappa h = 2.5`, and solve with Euler-Maruyama (:math:`\theta = 0`), the trapezoid rule
# (:math:`\theta = \frac12`) and implicit Euler (:math:`\theta = 1`), all from the same key.

model = sc.models.ou(10.0, 0.0, 2.0)
schemes = {
    "Euler-Maruyama": "euler_maruyama",
    "trapezoid": theta_method(0.5),
    "implicit": "theta",
}

for name, method in schemes.items():
    X = sc.solve(model, 0.0, 10.0, n=40, paths=2000, method=method, rng=7)
    print(f"{name:14}: E X_40^2 = {np.mean(X.end**2):.3g}, where the equation has 0.2")

# %%
# Euler-Maruyama explodes, since its step multiplies a deviation by :math:`1 - \kappa h = -1.5`.
# Both others are stable. But only one of them is right.


def draw_paths(ax):
    for i, (name, method) in enumerate(schemes.items()):
        X = sc.solve(model, 0.0, 10.0, n=40, method=method, rng=7)
        shown = np.cumsum(np.abs(X.x[0]) > 2.2) < 2  # up to where it leaves the picture
        ax.plot(X.t[shown], X.x[0][shown], color=f"C{i}", lw=1.5, label=name)
    ax.axhspan(-np.sqrt(0.2), np.sqrt(0.2), color=plot.FILL, alpha=0.25, lw=0)
    note = "band: one standard deviation of the solution"
    ax.text(9.9, -2.0, note, ha="right", color=plot.look.ink(ax))
    ax.set(xlabel="t", ylabel="X$_t$", ylim=(-2.2, 2.2), xlim=(0, 10))
    ax.set_title("At κh = 2.5 one scheme explodes, and one is too quiet")
    ax.legend(loc="upper right")


figure = plot.figure(
    draw_paths,
    alt="On the same noise Euler-Maruyama explodes, implicit Euler moves too little, "
    "and the trapezoid rule mostly fills the band of one standard deviation.",
)

# %%
# Check it
# --------
# The variance after :math:`n` steps is a geometric series, so there is an exact number for every
# :math:`n`, beyond the bound of stability as well. The last row of the table is such a case.

finding = sc.CLAIMS["G26"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Against the step, the three schemes leave the right variance in three ways: upwards without bound,
# downwards towards 0, and not at all.

figure = plot.figure(
    finding.draw,
    alt="Against the step size, the variance of Euler-Maruyama rises and blows up at "
    "2/kappa, that of implicit Euler sinks, and that of the trapezoid rule stays "
    "at 0.2.",
)

# %%
# The wrong twin
# --------------
# An implicit step solves an equation for :math:`X_{n+1}`. Does the noise belong into that equation,
# or may it be added afterwards? In the limit of short steps it is the same. At
# :math:`\kappa h = 1.5` noise that is added afterwards gives the trapezoid rule the variance 0.6125
# in place of 0.2. This is by how many standard errors the measurement refutes it:

trapezoid = finding.rows[1]
print(f"measured {trapezoid.measured}, exact {trapezoid.exact:.4f}")
print(f"twin {trapezoid.twin:.4f}: {trapezoid.twin_z:+.0f} standard errors away")
assert trapezoid.twin_refuted

# %%
# Why
# ---
# A step is :math:`X' = r X + c\,\dd W` with
#
# .. math::
#
#     r = \frac{1 - (1 - \theta) \kappa h}{1 + \theta \kappa h}, \qquad
#     c = \frac{\sigma}{1 + \theta \kappa h}.
#
# A variance :math:`V` that stays as it is solves :math:`V = r^2 V + c^2 h`, that is :math:`V = c^2
# h/(1 - r^2)`, and it exists if :math:`|r| < 1`. The rest is algebra: :math:`(1 + \theta \kappa
# h)^2 - (1 - (1 - \theta) \kappa h)^2 = \kappa h\,(2 - (1 - 2 \theta) \kappa h)`. The full
# derivation stands in :mod:`stochcalc.claims.theorems.g26_stiff`.
#
# That implicit Euler is stable for every step is the reason why it is recommended. The formula
# shows the price: with :math:`\theta = 1` the variance is divided by :math:`1 + \kappa h/2`. It
# damps the noise together with the instability.

# %%
# Exercise
# --------
# 1. At which step has Euler-Maruyama exactly twice the right variance? What is special about its
#    path then?
# 2. The trapezoid rule has the right variance at any step. What does it get wrong? Compute
#    :math:`E X_n X_{n+1}` at :math:`\kappa h = 6` and compare it with that of the solution.
#
# .. solution::


def solve_steps(h, n, method):
    settings = {"n": n, "paths": 100_000, "method": method, "rng": 1}
    return sc.solve(model, 0.0, n * h, **settings).x


# 1. At h = 1/kappa: 1 - kappa h/2 is 1/2. There r = 0, and X_(n+1) = sigma dW_n: the scheme
# forgets everything in each step, and its states are independent, of variance sigma^2/kappa.
x = solve_steps(0.1, 4, "euler_maruyama")
for name, product, exact in (
    ("E X_4^2", x[:, 4] ** 2, 0.4),
    ("E X_3 X_4", x[:, 3] * x[:, 4], 0.0),
):
    found = sc.Estimate.mean(product)
    print(f"{name} = {found.value:.5f} +- {found.stderr:.5f}, exact {exact}")
    assert abs(found.value - exact) <= 6 * found.stderr

# 2. E X_n X_(n+1) = r V with r = (1 - 3)/(1 + 3) = -1/2: the path jumps from side to side. The
# solution has the correlation e^-6 = 0.002. (From X_0 = 0, r^40 is what is still missing in V.)
x = solve_steps(0.6, 21, theta_method(0.5))
found = sc.Estimate.mean(x[:, 20] * x[:, 21])
exact = -0.5 * 0.2 * (1 - 0.5**40)
print(f"E X_20 X_21 = {found.value:.5f} +- {found.stderr:.5f}, exact {exact:.5f}")
assert abs(found.value - exact) <= 6 * found.stderr

# %%
# References
# ----------
# :cite:t:`higham2000` has the stability of the theta method. The functions here:
# :func:`stochcalc.solve`, :func:`stochcalc.models.ou`, :class:`stochcalc.Method`.
