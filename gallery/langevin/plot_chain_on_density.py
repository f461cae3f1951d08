r"""
A chain on its density: what a trace is worth
=============================================

**Theorem.** Let :math:`p` be a density and :math:`s = (\log p)'` its score. From :math:`x` the
adjusted Langevin algorithm (MALA) proposes :math:`y = x + \frac{h}{2} s(x) + \sqrt h\, z`, with the
density :math:`g(x, y)` of this normal law, and accepts it with the probability

.. math::

    \alpha(x, y) = \min\Bigl(1, \frac{p(y)\, g(y, x)}{p(x)\, g(x, y)}\Bigr);

otherwise the chain stays at :math:`x`. For every :math:`h > 0` it leaves :math:`p` invariant. If a
stationary chain has the variance :math:`\sigma^2` and the correlation :math:`\rho_k` between states
:math:`k` steps apart, with :math:`\sum |\rho_k| < \infty`, then the mean of :math:`S` states has a
variance of about

.. math::

    \frac{\sigma^2 \tau}{S}, \qquad \tau = 1 + 2 \sum_{k \ge 1} \rho_k,

so that they are worth :math:`S/\tau` independent draws: the effective sample size.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The density is :math:`e^{-2 (x^2 - 1)^2}/Z`, with two modes. One chain of MALA, and one without
# the step of acceptance (ULA), both from :math:`-1`:

grid = np.linspace(-2.6, 2.6, 2001)
p = np.exp(-2.0 * (grid * grid - 1.0) ** 2)
p /= np.sum(p) * (grid[1] - grid[0])


def score(x):
    return -8.0 * x * (x * x - 1.0)


def log_density(x):
    return -2.0 * (x * x - 1.0) ** 2


def run(method, x0, **settings):
    if method == "mala":
        settings["log_density"] = log_density
    return sc.langevin.sample(score, x0, method=method, **settings)


traces = {}
for method in ("mala", "ula"):
    traces[method] = run(method, -1.0, step=0.08, n=20_000, rng=7)
    print(f"{method}: 20000 states are worth {traces[method].ess:.0f} draws")

# %%
# A trace should look like a hairy caterpillar, and its histogram like the density. Both chains jump
# often, and the histogram of MALA is near the density; the two wells do not have equal shares yet,
# since twenty thousand states are worth a few hundred draws only. The histogram of ULA has too
# much between the modes and beyond them, and a longer chain would not repair it.


def draw_traces(ax):
    title = "Both chains look fine, and one has the wrong law"
    panels = plot.panels(ax, 2, title, stacked=True)
    for part, (method, chain) in zip(panels, traces.items()):
        chain.plot(part, density=lambda x: np.interp(x, grid, p), lw=0.4)
        part.set(title=method.upper(), ylabel="x", ylim=(-2.2, 2.2))
        part.child_axes[0].set_xlim(0.0, 0.9)  # one scale for both densities
    panels[0].set(xlabel="")
    panels[0].child_axes[0].set(xlabel="")


figure = plot.figure(
    draw_traces,
    alt="Two traces jump between wells at -1 and 1; beside them the histogram of MALA"
    " follows the density, and that of ULA is too flat.",
)

# %%
# Check it
# --------
# Start many chains with exact draws from :math:`p`. Under MALA they have the law :math:`p` after
# any number of steps, and the share of accepted proposals is an integral over :math:`p` and one
# normal. Under ULA the law moves away from :math:`p`. It is followed here by applying the density
# of a step to the values on a grid, forty times.

nodes, weights = np.polynomial.hermite_e.hermegauss(60)
dx = grid[1] - grid[0]


def acceptance(h):
    x = grid[:, None]
    y = x + 0.5 * h * score(x) + np.sqrt(h) * nodes
    back = x - y - 0.5 * h * score(y)
    log_ratio = log_density(y) - log_density(x) + 0.5 * nodes**2 - back**2 / (2.0 * h)
    accept = np.exp(np.minimum(log_ratio, 0.0))
    return float(p @ accept @ weights * dx / np.sum(weights))


def square_under_ula(h, n):
    mean = grid + 0.5 * h * score(grid)
    move = np.exp(-((grid[:, None] - mean) ** 2) / (2 * h))
    move *= dx / np.sqrt(2 * np.pi * h)
    law = p
    for _ in range(n):
        law = move @ law
    return float(law @ grid**2 * dx)


def draw_exactly(count, rng):
    edges = np.append(0.0, np.cumsum(0.5 * (p[1:] + p[:-1]) * dx))
    return np.interp(rng.random(count), edges, grid)


starts = draw_exactly(50_000, np.random.default_rng(1))
many = {"n": 40, "starts": True, "chains": 50_000, "save": "last", "rng": 2}
accepted = {}
for h in (0.02, 0.05, 0.1, 0.2):
    rate = run("mala", starts, step=h, **many).acceptance
    print(f"h = {h}: {rate.value:.5f} +- {rate.stderr:.5f}, exact {acceptance(h):.5f}")
    assert abs(rate.value - acceptance(h)) <= 6 * rate.stderr
    accepted[h] = rate

exact = {"mala": float(p @ grid**2 * dx), "ula": square_under_ula(0.05, 40)}
for method, value in exact.items():
    square = sc.Estimate.mean(run(method, starts, step=0.05, **many).end ** 2)
    print(f"{method}: E x^2 = {square.value:.4f} +- {square.stderr:.4f}, {value:.4f}")
    assert abs(square.value - value) <= 6 * square.stderr

# %%
# What does the exactness of MALA cost? Refused proposals, and their share falls like
# :math:`h^{3/2}`: with a short step almost nothing is refused, and the correction is for free.


def draw_refusals(ax):
    steps = np.array(list(accepted))
    fine = np.geomspace(0.015, 0.25, 40)
    rates = accepted.values()
    refused = [sc.Estimate.normal(1 - rate.value, rate.stderr) for rate in rates]
    plot.points(ax, steps, refused, "measured", 0)
    plot.curve(ax, fine, [1 - acceptance(h) for h in fine], "exact", 0)
    law = (1 - acceptance(0.015)) * (fine / 0.015) ** 1.5
    plot.curve(ax, fine, law, "slope 3/2", 1)
    ax.set(xscale="log", yscale="log", xlabel="step h", ylabel="share of refusals")
    ax.set_title("MALA refuses less and less, like h$^{3/2}$")
    ax.legend()


figure = plot.figure(
    draw_refusals,
    alt="The share of refused proposals of MALA grows along the exact curve, nearly "
    "with the slope 3/2 on logarithmic axes.",
)

# %%
# The wrong twin
# --------------
# The standard error of a mean of :math:`S` numbers is :math:`\sigma/\sqrt S`. Every student knows
# it, and every program prints it; but it is for independent numbers. On :math:`N(0, 1)` ULA is the
# autoregression :math:`x' = r x + \sqrt h\, z` with :math:`r = 1 - h/2`, its correlations are
# :math:`\rho_k = r^k`, and the variance of a mean of :math:`n` states is exactly :math:`\frac{V}{n}
# \bigl(1 + 2 \sum_{k < n} (1 - \frac{k}{n}) r^k\bigr)` with :math:`V = 1/(1 - h/4)`. Ten thousand
# chains say which one is right:

h = 0.2
n = 200
r = 1 - h / 2
V = 1 / (1 - h / 4)
k = np.arange(1, n)
exact = V / n * (1 + 2 * np.sum((1 - k / n) * r**k))
first = np.sqrt(V) * np.random.default_rng(3).normal(size=10_000)
many = {"n": n - 1, "starts": True, "chains": 10_000, "rng": 4}
chains = sc.langevin.sample(lambda x: -x, first, step=h, **many)
spread = sc.Estimate.mean(np.mean(chains.x, axis=1) ** 2)
z = (spread.value - V / n) / spread.stderr
print(f"variance of a mean: {spread.value:.5f} +- {spread.stderr:.5f}, {exact:.5f}")
print(f"twin, as if independent, {V / n:.5f}: {z:+.0f} standard errors away")
assert abs(spread.value - exact) <= 6 * spread.stderr and z > 26

# %%
# Here :math:`\tau = (1 + r)/(1 - r) = 4/h - 1 = 19`: of 200 states about ten count. The estimate
# ``.ess`` knows the chain only, and not the formula. Of twenty long chains:

sizes = []
for seed in range(20):
    chain = sc.langevin.sample(lambda x: -x, 0.0, step=h, n=20_000, rng=seed)
    sizes.append(chain.ess)
worth = sc.Estimate.mean(np.array(sizes))
print(f"worth of 20000: {worth.value:.0f} +- {worth.stderr:.0f}, by tau {20_000 / 19:.0f}")

# %%
# Why
# ---
# MALA leaves :math:`p` invariant because it is reversible: the flow from :math:`x` to :math:`y \ne
# x` is
#
# .. math::
#
#     p(x)\, g(x, y)\, \alpha(x, y) = \min\bigl(p(x)\, g(x, y),\; p(y)\, g(y, x)\bigr),
#
# and that is the same if the two are exchanged. What flows from :math:`x` to :math:`y` also flows
# back, and so no density changes. Only the ratio :math:`p(y)/p(x)` is needed, never :math:`Z`.
#
# But invariant does not mean that the chain has been everywhere. R-hat compares the variance
# between chains with that within each of them, and should be near 1. Make the barrier six times as
# high as the temperature. A path takes 162 units of time to cross it, and four chains get ten. If
# all of them begin in one well, R-hat has no complaint: nothing in the chains tells of the other
# well. It can only find what the starts make visible.

args = {"step": 0.02, "n": 500, "chains": 4, "method": "mala", "args": (6.0,), "rng": 5}
for starts in ((-1.0, -1.0, -1.0, -1.0), (-1.0, -1.0, 1.0, 1.0)):
    chains = sc.langevin.sample(
        lambda x, beta: -4.0 * beta * x * (x * x - 1.0),
        starts,
        starts=True,
        log_density=lambda x, beta: -beta * (x * x - 1.0) ** 2,
        **args,
    )
    print(f"starts {starts}: R-hat = {chains.rhat:.2f}, mean {np.mean(chains.x):+.2f}")

# %%
# Exercise
# --------
# Show that on :math:`N(0, 1)` MALA accepts with the probability :math:`\frac{2}{\pi} \bigl(\arctan
# \frac{\sqrt h}{2} + \arctan \frac{2 - h/2}{\sqrt h}\bigr)`, and measure it at :math:`h = 1`. Two
# hints: the logarithm of the ratio in :math:`\alpha` is :math:`\frac{h}{8} (x^2 - y^2)`, and by
# reversibility half of the accepted flow goes where the ratio exceeds 1.
#
# .. solution::

# So the probability is 2 P(|y| < |x|), and (y - x)(y + x) < 0 says that (x, z) lies between the
# lines -(h/2) x + sqrt(h) z = 0 and (2 - h/2) x + sqrt(h) z = 0. Their angles to the x-axis are
# the two arcs, and the direction of (x, z) is uniform.
h = 1.0
exact = 2 / np.pi * (np.arctan(np.sqrt(h) / 2) + np.arctan((2 - h / 2) / np.sqrt(h)))
chains = sc.langevin.sample(
    lambda x: -x,
    np.random.default_rng(5).normal(size=20_000),
    step=h,
    n=20,
    starts=True,
    chains=20_000,
    method="mala",
    log_density=lambda x: -0.5 * x * x,
    rng=6,
)
rate = chains.acceptance
print(f"accepted {rate.value:.5f} +- {rate.stderr:.5f}, exact {exact:.5f}")
assert abs(rate.value - exact) <= 6 * rate.stderr

# %%
# References
# ----------
# :cite:t:`robertstweedie1996` name MALA and ask when it converges, :cite:t:`robertsrosenthal1998`
# find the best step in many dimensions, and :cite:t:`vehtari2021` explain R-hat and the effective
# sample size. The functions here: :func:`stochcalc.langevin.sample`,
# :class:`stochcalc.langevin.Chains`.
