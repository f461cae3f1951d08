r"""
Multilevel Monte Carlo: pay for the fine steps rarely
=====================================================

**Theorem** (Giles). Let :math:`X_n` be a scheme with :math:`n` steps and :math:`f` a function for
which the bias :math:`E f(X_n) - E f(X_T)` is :math:`O(1/n)` and the variance of
:math:`f(X_{2n}) - f(X_n)`, both on *one* path, is :math:`O(n^{-\beta})`. The sum

.. math::

    E f(X_N) = E f(X_1) + \sum_{n = 1, 2, 4, \dots, N/2} E\,[f(X_{2n}) - f(X_n)],

with each mean estimated from paths of its own, reaches a root-mean-square error
:math:`\varepsilon` with

.. math::

    O(\varepsilon^{-2}) \text{ steps if } \beta > 1, \qquad
    O(\varepsilon^{-2} (\ln \varepsilon)^2) \text{ if } \beta = 1.

Plain Monte Carlo needs :math:`O(\varepsilon^{-3})`: about :math:`\varepsilon^{-2}` paths against
the noise, each with :math:`\varepsilon^{-1}` steps against the bias. The theorem says that with
:math:`\beta > 1` a stochastic differential equation costs no more, in order, than a random variable
that can be drawn in one step. For Lipschitz functions :math:`\beta` is at least twice the strong
order: 1 for Euler-Maruyama, 2 for Milstein's scheme. So strong convergence matters even to those
who want nothing but a mean.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Ask for :math:`E X_1` of a geometric Brownian motion with a root-mean-square error of 0.0025. The
# exact value is :math:`e^{1/2}`. The levels, the paths on each of them and the finest step are
# chosen while it runs.

model = sc.models.gbm(0.5, 0.5)
found = sc.mlmc(model, 1.0, 1.0, test=lambda x: x, target=0.0025, rng=1)
print(f"{found.estimate}, exact {np.exp(0.5):.5f}, bias about {found.bias:.1e}")
print(f"{found.cost:.2g} steps, plain Monte Carlo {found.plain_cost:.2g}")

# %%
# Most paths have one or two steps. The fine steps, which remove the bias, are taken on a few
# thousand paths only, so that all levels could cost about the same. (At least 4,096 paths measure
# the variance of a level, which makes the two finest ones cost more than they should.)


def draw_levels(ax):
    steps = 2**found.level
    width = 0.4
    cost = found.paths * steps
    ax.bar(found.level - width / 2, found.paths, width, label="paths")
    ax.bar(found.level + width / 2, cost, width, label="steps of all of them")
    ax.set_xticks(found.level, [f"{n}" for n in steps])
    ax.set(yscale="log", xlabel="steps of a path on the level", ylabel="number")
    ax.set_title("Paths become few where their steps become many")
    ax.legend()


figure = plot.figure(
    draw_levels,
    alt="Bars by level: the number of paths falls from half a million to four thousand "
    "while the steps of a path double; all levels but the finest cost about the same.",
)

# %%
# A level is the difference of two solutions along the *same* path: one takes its steps two by two.
# The more steps there are, the closer the two stay together in mean square, and the less there is
# to average.

path = sc.brownian(T=1.0, n=256, rng=5)


def solve_with(n):
    return sc.solve(model, 1.0, noise=path.coarsen(256 // n))


def draw_pair(n):
    def draw(ax):
        for i, steps in enumerate((n, 2 * n)):
            X = solve_with(steps)
            name = "1 step" if steps == 1 else f"{steps} steps"
            ax.plot(X.t, X.x[0], marker="os"[i], ms=3, label=name)
        ax.set(xlabel="time t", ylabel="$X_t$", xlim=(0, 1), ylim=(0.4, 2.2))
        ax.set_title(f"One path, {n} and {2 * n} steps: the level is what parts them")
        ax.legend(loc="upper left")

    return draw


def find_gap(n):
    return np.abs(solve_with(2 * n).x[0, ::2] - solve_with(n).x[0]).max()


figure = plot.figure(
    draw_pair(128),
    alt="Two solutions along one path, with n and 2n steps: with 128 and 256 they stay close"
    " together up to the end, as they do not with a few.",
)
figure.frames = {
    f"{n} and {2 * n} steps: they part by {find_gap(n):.3f} at most": draw_pair(n)
    for n in (1, 2, 4, 8, 16, 32, 64, 128)
}

# %%
# Check it
# --------
# On this equation the variance of every level is known exactly, and so is the mean of the
# estimator, which is that of its finest level. Nothing is lost on the way: the coarse terms cancel.

finding = sc.CLAIMS["G24"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Left, the variances fall with the slopes 1 and 2. Right, the cost: where the error that is asked
# for is halved, plain Monte Carlo takes about eight times as many steps, and the levels about four
# times.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, variances of the levels fall with the slopes one and two; in the "
    "second, costs grow like the inverse square of the error with levels, the inverse cube "
    "without.",
)

# %%
# **The gain is in small errors.** The theorem speaks of orders, and constants decide the rest. For
# an error of 0.01 the levels, and the paths that find their variances, cost more than they save:

for target, cheaper in ((0.01, False), (0.0025, True)):
    tried = sc.mlmc(model, 1.0, 1.0, test=lambda x: x, target=target, rng=0)
    print(f"error {target:g}: levels {tried.cost:.2g}, plain {tried.plain_cost:.2g}")
    assert (tried.cost < tried.plain_cost) == cheaper

# %%
# The wrong twin
# --------------
# The sum telescopes just as well if :math:`X_{2n}` and :math:`X_n` are simulated independently, and
# the estimate is still right. This is the bug that nobody sees in the result. But then the variance
# of a level is the sum of two variances, and does not fall at all:

level = finding.rows[0]
print(f"Var (X_8 - X_4): measured {level.measured}, exact {level.exact:.5f}")
print(f"on paths of their own: {level.twin:.3f}, z {level.twin_z:+.0f}")
assert level.twin_refuted

# %%
# Why
# ---
# Let level :math:`l` have paths of :math:`C_l` steps, a variance :math:`V_l` and :math:`N_l` paths.
# The cost is :math:`\sum N_l C_l` and the variance of the estimate :math:`\sum V_l / N_l`, for
# which half of the mean-square error is allowed. A Lagrange multiplier gives
# :math:`N_l \propto \sqrt{V_l / C_l}`, and with the constant put in
#
# .. math::
#
#     \sum_l \frac{V_l}{N_l} = \frac{\varepsilon^2}{2}, \qquad
#     \text{cost} = \frac{2}{\varepsilon^2} \Bigl( \sum_l \sqrt{V_l C_l} \Bigr)^2.
#
# For Euler-Maruyama :math:`V_l C_l` is nearly the same on all levels, each costs the same, and
# there are about :math:`\log_2(1/\varepsilon)` of them. For Milstein's scheme the terms fall like
# :math:`2^{-l/2}`, their sum stays bounded, and so does :math:`\varepsilon^2` times the cost. The
# exact variances are derived in :mod:`stochcalc.claims.theorems.g24_multilevel`.

# %%
# Exercise
# --------
# 1. Take :math:`\dd X = b X\,\dd W` from :math:`X_0 = 1` on [0, 1]. Show that
#    :math:`\operatorname{Var}(X_2 - X_1)` is :math:`b^4/4` for Euler-Maruyama and
#    :math:`b^6/8 + b^8/64` for Milstein's scheme, and measure both for :math:`b = \frac12`.
# 2. Compute the standard error of ``found.estimate`` from what each level contributed.
#
# .. solution::

W = sc.brownian(T=1.0, n=2, paths=200_000, rng=1)
martingale = sc.models.gbm(0.0, 0.5)
for method, variance in (("euler_maruyama", 1 / 64), ("milstein", 1 / 512 + 1 / 16384)):
    options = {"method": method, "save": "last"}
    fine = sc.solve(martingale, 1.0, noise=W, **options).end
    coarse = sc.solve(martingale, 1.0, noise=W.coarsen(2), **options).end
    measured = sc.Estimate.mean((fine - coarse) ** 2)  # the difference has the mean 0
    print(f"{method}: {measured}, exact {variance:.6f}, z {measured.z(variance):+.1f}")
    assert abs(measured.z(variance)) <= 6

# 2. The levels are independent, so that variances of means add up.
stderr = np.sqrt((found.variance / found.paths).sum())
print(f"standard error {stderr:.6f}, reported {found.estimate.stderr:.6f}")
assert abs(stderr - found.estimate.stderr) <= 1e-12

# %%
# References
# ----------
# :cite:t:`giles2008` has the theorem and the algorithm; :cite:t:`heinrich2001` had levels before,
# for integrals that depend on a parameter. The functions here: :func:`stochcalc.mlmc`,
# :class:`stochcalc.MultilevelEstimate`, :meth:`stochcalc.BrownianPaths.coarsen`.
