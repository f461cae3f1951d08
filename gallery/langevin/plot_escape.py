r"""
Escape from a well: where Kramers' law holds, and where it fails
================================================================

**Theorem.** Let :math:`\dd X = -\frac12 V'(X)\,\dd t + \dd W` with :math:`V(x) = \beta (x^2 - 1)^2`
and :math:`\beta > 0`, a well at :math:`-1`, a well at 1, and a barrier of height :math:`\beta`
between them. The mean of the time :math:`\tau` that a path takes from :math:`-1` to 1 is

.. math::

    E \tau = 2 \int_{-1}^{1} e^{V(y)} \int_{-\infty}^{y} e^{-V(z)}\, \dd z\, \dd y,

and as :math:`\beta \to \infty`

.. math::

    E \tau \sim \frac{4 \pi\, e^{V(0) - V(-1)}}{\sqrt{V''(-1)\, |V''(0)|}}
    = \frac{\pi}{\sqrt 2} \cdot \frac{e^{\beta}}{\beta}.

The first line is exact for every :math:`\beta`. The second is Kramers' law. It explains in one
formula why chemical reactions become so much faster in the heat, and why a sampler can sit in one
mode of a density for longer than anyone wants to wait.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The density :math:`e^{-V}/Z` that the path settles in has two equal modes. At :math:`\beta = 3` it
# takes its time to find that out.


def well(beta):
    return sc.SDE(
        lambda t, x, beta: -2.0 * beta * x * (x * x - 1.0),
        lambda t, x, beta: 1.0,
        noise="additive",
        args=(beta,),
    )


X = sc.solve(well(3.0), -1.0, 200.0, n=20_000, rng=7)
print(f"share of the time at the right: {np.mean(X.x > 0.0):.3f}, in the long run 0.5")


def draw_path(ax):
    ax.plot(X.t, X.x[0], color="C0", lw=0.5)
    for y in (-1.0, 1.0):
        ax.axhline(y, color="C1", ls="--")
    ax.set(xlabel="t", ylabel="X$_t$", yticks=(-1, 0, 1), xlim=(0, 200))
    ax.set_title("A path jumps from well to well, at times that nothing announces")


figure = plot.figure(
    draw_path,
    alt="A path in a double well stays near -1 or 1 for stretches of very different "
    "lengths and crosses between them in a short time.",
)

# %%
# Check it
# --------
# A scheme has a mean time of its own, and it can be computed just as exactly. In every step
# ``first_passage`` asks whether the path was at 1 between the grid times; a Brownian bridge from
# :math:`x` to :math:`y` was there with the probability :math:`e^{-2 (1 - x)(1 - y)/h}`. So one step
# moves the density of those still on their way by the kernel
#
# .. math::
#
#     K(x, y) = \frac{1}{\sqrt{2 \pi h}}\, e^{-(y - x + \frac{h}{2} V'(x))^2/(2h)}
#     \bigl(1 - e^{-2 (1 - x)(1 - y)/h}\bigr), \qquad y < 1,
#
# and the mean number of steps :math:`u(x)` solves :math:`u = 1 + K u`. At the nodes of a quadrature
# rule this is a system of linear equations. It is solved here for the number of steps up to a last
# one, at which the simulation ends.


def mean_steps(beta, target, h, last):
    """Return E min(N, last) from -1, where step number N passes the target."""
    nodes, weights = np.polynomial.legendre.leggauss(240)
    x = np.append(-1.0, -4.0 + (target + 4.0) * (nodes + 1.0) / 2.0)
    weights = np.append(0.0, (target + 4.0) / 2.0 * weights)
    mean = (x - 2.0 * beta * x * (x * x - 1.0) * h)[:, None]
    normal = np.exp(-((x - mean) ** 2) / (2.0 * h)) / np.sqrt(2.0 * np.pi * h)
    missed = -np.expm1(-2.0 * np.outer(target - x, target - x) / h)
    K = normal * missed * weights
    left_over = np.linalg.matrix_power(K, last).sum(axis=1)
    return np.linalg.solve(np.eye(len(x)) - K, 1.0 - left_over)[0]


def simulate(beta, rng, target=1.0, h=0.02):
    """Return E h min(N, last), measured and exact; a path in 20,000 takes longer."""
    last = round(10 * mean_steps(beta, target, h, 10**6))
    settings = {"n": last, "paths": 4000, "rng": rng}
    found = sc.first_passage(well(beta), -1.0, target, last * h, **settings)
    steps = np.minimum(np.ceil(found.times / h), last)
    return sc.Estimate.mean(h * steps), h * mean_steps(beta, target, h, last)


# The solution's own mean time, by the double integral, and Kramers' law:


def mean_time(beta):
    x = np.linspace(-4.0, 1.0, 50_001)
    V = beta * (x * x - 1.0) ** 2
    below = np.cumsum(np.exp(-V)) * 1e-4
    inside = x >= -1.0
    return 2.0 * np.trapezoid(np.exp(V[inside]) * below[inside], x[inside])


def kramers(beta):
    return np.pi / np.sqrt(2.0) * np.exp(beta) / beta


betas = (0.5, 1.0, 2.0, 3.0)
measured = {}
print("beta  measured              scheme  solution  Kramers")
for i, beta in enumerate(betas):
    measured[beta], exact = simulate(beta, rng=i)
    error = measured[beta].stderr
    found = f"{measured[beta].value:8.4f} +- {error:.4f}"
    others = f"{exact:8.4f} {mean_time(beta):9.4f} {kramers(beta):8.4f}"
    print(f"{beta:3}   {found}  {others}")
    assert abs(measured[beta].value - exact) <= 6 * error

# %%
# The measured numbers are those of the scheme with :math:`h = 0.02`. From the solution's they
# differ by the bias of the step, which is known here, and not hidden in a tolerance. Kramers' law
# is off by far more, and in both directions. How far must one go until it holds? The integral
# knows, without any simulation. The points of the figure lie on the scheme's curve, which leaves
# the solution's as the well gets steeper: :math:`h = 0.02` is then no longer small.


def draw_law(ax):
    title = "Kramers' law: 5 % short at β = 8, and no law below β = 1"
    left, right = plot.panels(ax, 2, title)
    fine = np.linspace(0.2, 8.0, 157)
    exact = np.array([mean_time(beta) for beta in fine])
    some = fine[::4]
    scheme = np.array([0.02 * mean_steps(beta, 1.0, 0.02, 10**6) for beta in some])
    times = [measured[beta] for beta in betas]
    plot.points(left, betas, times, "measured, h = 0.02", 3)
    plot.curve(left, some, scheme, "scheme, h = 0.02", 3)
    plot.curve(left, fine, exact, "solution, exact", 0)
    plot.curve(left, fine, kramers(fine), "Kramers", 1)
    left.set(yscale="log", ylim=(4, 2000), ylabel="mean time from −1 to 1")
    left.set(xlabel="β, the height of the barrier over the temperature")
    left.legend()
    shares = [
        sc.Estimate.normal(t.value / kramers(beta), t.stderr / kramers(beta))
        for beta, t in measured.items()
    ]
    plot.points(right, betas, shares, "measured, h = 0.02", 3)
    plot.curve(right, some, scheme / kramers(some), "scheme, h = 0.02", 3)
    plot.curve(right, fine, exact / kramers(fine), "solution, exact", 0)
    plot.curve(right, fine[20:], 1 + 3 / (8 * fine[20:]), "1 + 3/(8β)", 2)
    plot.limit_line(right, 1.0, "Kramers", color="C1", ls="--")
    right.set(xlabel="β", ylabel="mean time / Kramers' law", ylim=(0.4, 1.5))
    right.legend()


figure = plot.figure(
    draw_law,
    alt="In the first panel, mean times grow with beta: measured ones lie on the scheme's curve, a "
    "little below the solution's, from which Kramers' law departs below 1; in the second, the "
    "ratio of the solution's time to the law rises from below 1 to 1.25 and returns to 1 like "
    "1 + 3/(8 beta).",
)

# %%
# The wrong twin
# --------------
# Is a path out of its well as soon as it is on top of the barrier? Beyond it everything goes
# downhill, and so this is natural to believe. But noise has no sense of direction: from the top,
# half of the paths roll back, and the mean time to the top is about half of that to the other well.
# Take the exact mean time to the top for the whole way:

to_top, twin = simulate(3.0, rng=4, target=0.0)
print(f"to the top: measured {to_top}, exact {twin:.4f}")
z = (measured[3.0].value - twin) / measured[3.0].stderr
print(f"whole way: measured {measured[3.0]}, twin {twin:.4f}: {z:+.0f} standard errors away")
assert abs(to_top.value - twin) <= 6 * to_top.stderr
assert abs(z) > 26

# %%
# Why
# ---
# Let :math:`u(x)` be the mean time from :math:`x` to 1. In a short time :math:`\dd t` it must fall
# by :math:`\dd t` on average, and Ito's formula says by how much it changes:
#
# .. math::
#
#     \tfrac12 u'' - \tfrac12 V' u' = -1, \qquad u(1) = 0.
#
# The left side is :math:`\frac12 e^{V} (e^{-V} u')'`. So :math:`e^{-V(y)} u'(y) = -2
# \int_{-\infty}^y e^{-V}`, and one more integration, from :math:`-1` to 1, gives the theorem.
#
# For large :math:`\beta` the outer integral sees only the top, where :math:`V(y) \approx \beta -
# \frac12 |V''(0)|\, y^2`, and the inner one only the bottom. Both are then normal integrals:
# :math:`e^\beta \sqrt{2 \pi/|V''(0)|}` and :math:`\sqrt{2 \pi/V''(-1)}`. Their product, times 2, is
# Kramers' law with :math:`V''(-1) = 8 \beta` and :math:`V''(0) = -4 \beta`. It is a statement about
# the curvatures of two points. What it leaves out is the shape of the potential beyond its
# curvature. The next term of the same expansion is :math:`3/(16 \beta)` at the top and as much at
# the bottom, together a relative error of :math:`3/(8 \beta)`. That is slow: for one per cent the
# barrier must be 39 times as high as the temperature, and then :math:`E \tau` is about
# :math:`5 \cdot 10^{15}`. Where Kramers' law is precise, nobody can simulate it, and where one can,
# it is off by a fifth.

for beta in (8.0, 16.0, 39.0):
    share = mean_time(beta) / kramers(beta)
    print(f"beta = {beta:4}: E tau = {mean_time(beta):.3g} = {share:.4f} Kramers")
    assert abs(share - 1 - 3 / (8 * beta)) < 1 / beta**2

# %%
# Exercise
# --------
# 1. A path that waits for a jump does not remember how long it has waited, and so :math:`\tau`
#    should nearly have an exponential law. Measure :math:`P(\tau > E \tau)` at :math:`\beta = 3`
#    and compare it with :math:`1/e`, and with the exact number of the scheme.
# 2. In physics one writes :math:`\dd Y = -U'(Y)\,\dd s + \sqrt{2 T}\, \dd W_s` with
#    :math:`U = (y^2 - 1)^2` and the temperature :math:`T = 1/\beta`. How does the mean time depend
#    on :math:`T` then?
#    Simulate this equation at :math:`T = 1` and at :math:`T = 0.4`, and compare.
#
# .. solution::

# 1. P(N > m) is the total mass of K^m, read at the start.
h = 0.02
beta = 3.0
m = round(mean_time(beta) / h)
exact = mean_steps(beta, 1.0, h, m + 1) - mean_steps(beta, 1.0, h, m)
found = sc.first_passage(well(beta), -1.0, 1.0, m * h, n=m, paths=4000, rng=5)
late = sc.Estimate.share(np.sum(~np.isfinite(found.times)), 4000)
print(f"P(tau > E tau) = {late.value:.4f} +- {late.stderr:.4f}, exact {exact:.4f}")
assert abs(late.value - exact) <= 6 * late.stderr

# 2. Y is X with the time t = 2 T s, since the noise of both is then the same. So the mean time is
# beta/2 times as long, pi/(2 sqrt(2)) e^(1/T) for a small T: the factor before the exponential
# does not depend on the temperature. This is Arrhenius' law. A step of Y is a step of X that is
# 2 T times as long, so the scheme's own mean is known as well.


def warm(T):
    return sc.SDE(
        lambda s, y, T: -4.0 * y * (y * y - 1.0),
        lambda s, y, T: (2.0 * T) ** 0.5,
        noise="additive",
        args=(T,),
    )


for T in (1.0, 0.4):
    mean = mean_steps(1 / T, 1.0, 2 * T * h, 10**6)
    last = round(10 * mean)
    exact = h * mean_steps(1 / T, 1.0, 2 * T * h, last)
    times = sc.first_passage(warm(T), -1.0, 1.0, last * h, n=last, paths=4000, rng=6).times
    found = sc.Estimate.mean(h * np.minimum(np.ceil(times / h), last))
    solution = mean_time(1 / T) / (2 * T)
    arrhenius = np.pi / (2 * np.sqrt(2.0)) * np.exp(1 / T)
    print(f"T = {T}: measured {found}, scheme {exact:.3f}")
    print(f"         solution {solution:.3f}, Arrhenius {arrhenius:.3f}")
    assert abs(found.z(exact)) <= 6
    assert abs(found.z(mean_time(1 / T))) > 6  # the mean time of X, in the other clock

# %%
# References
# ----------
# :cite:t:`kramers1940`; :cite:t:`gardiner2004`, section 5.2.7, has the double integral. The
# functions here: :func:`stochcalc.first_passage`, :func:`stochcalc.solve`, :class:`stochcalc.SDE`.
