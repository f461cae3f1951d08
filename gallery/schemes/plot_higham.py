r"""
Higham's ten programs: a first hour
===================================

**Theorem.** Let :math:`\dd X = f(X)\,\dd t + g(X)\,\dd W` on :math:`[0, T]` have smooth
coefficients with bounded derivatives, and let :math:`X_n` be Euler-Maruyama's result after
:math:`n` steps of length :math:`h = T/n` along the same path. For smooth :math:`p` whose
derivatives grow at most like a polynomial there is a constant :math:`C` with

.. math::

    E\,|X_n - X_T| \le C\,h^{1/2}, \qquad |E\,p(X_n) - E\,p(X_T)| \le C\,h.

:cite:t:`higham2001` led a generation of students to these two lines with ten short MATLAB programs.
Here they are with his names, equations and parameters, each in at most six statements.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Paths, an equation, a scheme: two lines. Euler-Maruyama with four steps on
# :math:`\dd X = 2 X\,\dd t + X\,\dd W` multiplies the mean by :math:`1 + 2h` in each step, so that
# :math:`E X_4 = 1.5^4` exactly.

gbm = sc.models.gbm(2.0, 1.0)
X = sc.solve(gbm, 1.0, noise=sc.brownian(T=1.0, n=4, paths=20_000, key=0))
print(f"measured {sc.Estimate.mean(X.end)}, exact {1.5**4}")

# %%
# A program draws on axes, and returns a measured number and the exact one beside it. Both are
# written into the title of its figure, and kept in ``FOUND``.


def on_axes(known="exact", **words):
    def decorate(program):
        def draw(ax):
            measured, number = FOUND[program.__name__] = program(ax)
            title = f"{program.__doc__[:-1]}\nmeasured {measured}, {known} {number:.5g}"
            ax.set(title=title.replace("+-", "±"), **words)
            plot.place_legend(ax)

        return draw

    return decorate


FOUND = {}
EM = "euler_maruyama"
LEVELS = range(5, 10)  # 32 to 512 steps
calm = sc.models.gbm(2.0, 0.1)
decay = sc.models.gbm(-3.0, math.sqrt(3.0))
root = sc.SDE(lambda t, v: 7.0 / (8.0 * v) - v / 2.0, lambda t, v: 0.5)
population = sc.SDE(
    lambda t, x: 2.0 * x * (1.0 - x), lambda t, x: x / 4, diffusion_dx=lambda t, x: 0.25
)


# %%
# 1. bpath1
# ---------
# **A Brownian path is a sum of independent normal steps.** It ends anywhere, but its 500 squared
# steps always sum to about :math:`T = 1`.
@on_axes(xlabel="time t", ylabel="W$_t$")
def bpath1(ax):
    """The squared steps of a Brownian path sum to T = 1."""
    W = sc.brownian(1.0, 500, key=1)
    plot.plot_paths(W.t, W.values, ax=ax)
    squares = sc.quadratic_variation(W)
    return sc.Estimate.normal(squares.value[0], squares.stderr[0]), 1.0


figure = plot.figure(bpath1, alt="One Brownian path on [0, 1], of 500 normal steps.")


# %%
# 2. bpath2
# ---------
# **Many paths spread like the root of time**: the variance of :math:`W_t` is :math:`t`, and 95 % of
# them are within :math:`\pm 2 \sqrt t` at any one time.
@on_axes(xlabel="time t", ylabel="W$_t$")
def bpath2(ax):
    """Paths spread like the root of time: Var W at T = 1."""
    W = sc.brownian(1.0, 500, paths=1000, key=2)
    W.plot(ax)
    return sc.Moments.of(W.values[:, -1]).variance(), 1.0


figure = plot.figure(bpath2, alt="Paths spread within twice the root of time.")


# %%
# 3. bpath3
# ---------
# **A function of time and path is evaluated along the path.** The mean of :math:`e^{t + W_t/2}` is
# smooth, :math:`e^{9t/8}`, and no path looks like it.
@on_axes(xlabel="time t", ylabel="exp(t + W$_t$/2)")
def bpath3(ax):
    """Rough paths have a smooth mean: E exp(T + W/2) at T = 1."""
    W = sc.brownian(1.0, 500, paths=1000, key=3)
    u = np.exp(W.t + W.values / 2)
    plot.plot_paths(W.t, u[:5], ax=ax, color="C0", alpha=0.5, lw=0.8, label="5 paths")
    plot.points(ax, W.t[::50], [sc.Estimate.mean(v) for v in u.T[::50]], "mean", 1)
    plot.curve(ax, W.t, np.exp(9 * W.t / 8), "exp(9t/8)", 1)
    return sc.Estimate.mean(u[:, -1]), math.exp(9 / 8)


figure = plot.figure(bpath3, alt="Five rough paths, and the smooth mean of a thousand.")


# %%
# 4. stint
# --------
# **There are two integrals** :math:`\int W\,\dd W`: Ito's, :math:`\frac12 W_T^2 - \frac12 T`, reads
# :math:`W` at the left of each step, and Stratonovich's, :math:`\frac12 W_T^2`, in the middle.
@on_axes(xlabel="W$_T^2$/2", ylabel="∫ W dW")
def stint(ax):
    """Two integrals of W dW are T/2 apart: the mean difference."""
    W = sc.brownian(1.0, 500, paths=300, key=4)
    sums = np.stack([sc.ito(lambda t, w: w, W), sc.stratonovich(lambda t, w: w, W)])
    half = W.values[:, -1] ** 2 / 2
    ax.plot(half, sums.T, "o", ms=3, label=["Ito", "Stratonovich"])
    ax.plot(half, np.stack([half - 0.5, half]).T, color=plot.look.ink(ax), lw=1)
    return sc.Estimate.mean(sums[1] - sums[0]), 0.5


figure = plot.figure(stint, alt="Sums of W dW on two lines, which are one half apart.")


# %%
# 5. em
# -----
# **Euler-Maruyama follows the solution** of :math:`\dd X = 2 X\,\dd t + X\,\dd W`, and sees every
# fourth point of its path only. Its mean is :math:`(1 + 2h)^n`, not :math:`e^{2T}` yet.
@on_axes(xlabel="time t", ylabel="X$_t$")
def em(ax):
    """Euler-Maruyama follows the solution: its mean at T = 1."""
    W = sc.brownian(1.0, 256, paths=20_000, key=5)
    X = sc.solve(gbm, 1.0, noise=W.coarsen(4)).x
    ax.plot(W.t, gbm.exact(W)[0], label="exact")
    ax.plot(W.t[::4], X[0], "o--", ms=3, label="Euler-Maruyama, h = 1/64")
    return sc.Estimate.mean(X[:, -1]), (1 + 2 / 64) ** 64


figure = plot.figure(em, alt="Euler-Maruyama follows a path of the solution.")


# %%
# 6. emstrong
# -----------
# **The strong order of Euler-Maruyama is 1/2.** At these five steps the slope through the *exact*
# root mean square errors, with the weights of the measured ones, is 0.588. Higham found 0.54 for
# the mean of :math:`|X_n - X_T|`.
@on_axes()
def emstrong(ax):
    """The strong order of Euler-Maruyama is 1/2: the slope."""
    study = sc.strong_convergence(gbm, 1.0, 1.0, levels=LEVELS, paths=100_000, key=6)
    study.plot(ax, label="Euler-Maruyama")
    return study.order[EM], study.exact_order[EM]


figure = plot.figure(emstrong, alt="Strong errors on their exact curve, slope 0.59.")


# %%
# 7. emweak
# ---------
# **The weak order of Euler-Maruyama is 1**, on :math:`\dd X = 2 X\,\dd t + 0.1\,X\,\dd W`.
@on_axes()
def emweak(ax):
    """The weak order of Euler-Maruyama is 1: the slope."""
    options = {"levels": LEVELS, "paths": 50_000, "key": 7}
    study = sc.weak_convergence(calm, 1.0, 1.0, test=lambda x: x, **options)
    study.plot(ax, label="Euler-Maruyama")
    return study.order[EM], study.exact_order[EM]


figure = plot.figure(emweak, alt="Weak errors on their exact curve of slope nearly 1.")


# %%
# 8. milstrong
# ------------
# **Milstein's scheme has strong order 1**, here on the population equation
# :math:`\dd X = 2 X (1 - X)\,\dd t + \frac14 X\,\dd W`, with a better scheme on finer steps as
# solution. The exact slope is not known, and its limit is 1; here it is within 0.05 of that.
@on_axes(known="limit")
def milstrong(ax):
    """The strong order of Milstein's scheme is 1: the slope."""
    options = {"reference": "sriw1", "levels": range(4, 8), "key": 8}
    study = sc.strong_convergence(population, 0.5, 1.0, methods="milstein", **options)
    study.plot(ax, label="Milstein")
    slope = study.order["milstein"]
    assert abs(slope.value - 1.0) <= 0.05 + 6 * slope.stderr
    return slope, 1.0


figure = plot.figure(milstrong, alt="Strong errors of Milstein's scheme, with slope 1.")


# %%
# 9. stab
# -------
# **A stable equation needs short steps.** :math:`\dd X = -3 X\,\dd t + \sqrt3\,X\,\dd W` decays. A
# step of Euler-Maruyama multiplies :math:`E X^2` by :math:`(1 - 3h)^2 + 3h`: 7 for :math:`h = 1`,
# 1.75 for :math:`h = \frac12`, and 0.8125 for :math:`h = \frac14`.
@on_axes(xlabel="time t", ylabel="E X$_t^2$", yscale="log")
def stab(ax):
    """Euler-Maruyama is stable at short steps only: E X² after two of 1/4."""
    for i, (h, growth) in enumerate(((1.0, 7.0), (0.5, 1.75), (0.25, 0.8125))):
        X = sc.solve(decay, 1.0, 2.0, n=round(2 / h), paths=400_000, save="stats", key=9)
        plot.points(ax, X.t, [m.mean_square() for m in X.moments], f"h = {h:g}", i)
        plot.curve(ax, X.t, growth ** np.arange(len(X.t)), f"exact {growth:g}$^k$", i)
    return X.moments[2].mean_square(), growth**2


figure = plot.figure(stab, alt="Second moments grow for h = 1 and 1/2, decay for 1/4.")


# %%
# 10. chain
# ---------
# **The chain rule has one more term.** If :math:`\dd X = (2 - X)\,\dd t + \sqrt X\,\dd W`, then by
# Ito's formula :math:`V = \sqrt X` solves :math:`\dd V = (\frac{7}{8V} - \frac V2)\,\dd t +
# \frac12 \dd W`. Both are solved along one path. The mean :math:`E V_1^2 = E X_1` is
# :math:`2 - e^{-1}`, which 512 steps change by less than 0.002.
@on_axes(xlabel="time t", ylabel="V$_t$")
def chain(ax):
    """The root of X solves the equation of Ito's formula: E V² at T = 1."""
    W = sc.brownian(1.0, 512, paths=5000, key=10)
    X = sc.solve(sc.models.cir(1.0, 2.0, 1.0), 1.0, noise=W).x
    V = sc.solve(root, 1.0, noise=W).x
    ax.plot(W.t, np.sqrt(X[0]), label="√X")
    ax.plot(W.t[::16], V[0, ::16], "o", ms=4, label="V")
    return sc.Estimate.mean(V[:, -1] ** 2), 2 - math.exp(-1)


figure = plot.figure(chain, alt="The root of X and the solution V are one path.")

# %%
# Check it
# --------
# The numbers that have an exact value; all but *milstrong* do.

del FOUND["milstrong"]  # a limit
for name, (measured, exact) in FOUND.items():
    print(f"{name:8}: {measured}, exact {exact:.5g}, z {measured.z(exact):+.1f}")
    assert abs(measured.z(exact)) <= 6

# %%
# The wrong twin
# --------------
# The ordinary chain rule omits Ito's term :math:`-\frac{1}{8V}` in *chain*. By Ito's formula that
# :math:`V` has :math:`\dd (V^2) = (\frac94 - V^2)\,\dd t + V\,\dd W`, and :math:`E V_1^2 =
# \frac94 - \frac54 e^{-1}`.

found, exact = FOUND["chain"]
twin = 9 / 4 - 5 / 4 * math.exp(-1)
print(f"measured {found}, exact {exact:.4f}, twin {twin:.4f}, z {found.z(twin):+.0f}")
assert abs(found.z(twin)) > 6

# %%
# Why
# ---
# All programs rest on one device: **one fine path drives everything**. One step over :math:`R` fine
# ones uses the sum of their increments, in MATLAB ``sum(dW(R*(j-1)+1:R*j))``, here
# ``W.coarsen(R)``. So schemes with different steps, and the solution, are compared path by path,
# and what is measured is the error of the step and not the noise of another sample. Play with it:
# :sandbox:`move the step of three schemes <schemes?n=64&eq=gbm>` along one path.

# %%
# Exercise
# --------
# 1. In *stab* :math:`h = \frac13` is the bound: there :math:`X_n` is a product of independent
#    standard normal numbers. Show that, and measure :math:`E X_n^2 = 1` for :math:`n = 3`.
# 2. Nevertheless :math:`X_n \to 0` on almost every path: show that :math:`E \ln X_n^2 = -n (\gamma
#    + \ln 2)` with Euler's constant :math:`\gamma = 0.5772\dots`, and measure it.
#
# .. solution::

# 1 - 3h = 0, sqrt(3) dW is a standard normal N, and E ln N^2 = -(gamma + ln 2).
end = sc.solve(decay, 1.0, 1.0, n=3, paths=400_000, save="last", rng=1).end
logarithm = -3 * (np.euler_gamma + math.log(2))
for values, exact in ((end**2, 1.0), (np.log(end**2), logarithm)):
    found = sc.Estimate.mean(values)
    print(f"measured {found}, exact {exact:.5f}, z {found.z(exact):+.1f}")
    assert abs(found.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`higham2001`; for the theorem :cite:t:`kloedenplaten1992`, chapters 10 and 14. Functions:
# :func:`stochcalc.brownian`, :func:`stochcalc.solve`, :func:`stochcalc.strong_convergence`.
