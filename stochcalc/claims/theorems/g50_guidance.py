"""G50: classifier-free guidance does not sample the tilted law, and each sampler has its own.

Let the data be N(0, 1) given a label c, and N(0, 2) without it, with the densities p_c and p. To
follow the label more closely, guidance takes the score

    gamma s_c + (1 - gamma) s

at every level of noise, in the hope to sample the *tilted* law, which is in proportion to
p_c^gamma p^(1 - gamma). For these data it is N(0, 2/(1 + gamma)). But the noised tilted law has
another score than this: noise and powers do not commute.

In y = x/m and in the time tau = sigma^2/m^2 every linear noising, VP as well as VE, is the same,
y = y_0 + sqrt(tau) z. The guided score is -K y there, with

    K = gamma/(1 + tau) + (1 - gamma)/(2 + tau) = (log mu)'
    mu = (1 + tau)^gamma (2 + tau)^(1 - gamma)

The flow dy/dtau = K y/2 is solved by y in proportion to sqrt(mu). The reverse-time equation gives
-V' = 1 - 2 K V for the variance, so V/mu^2 grows by the integral of 1/mu^2 = w^(2 gamma - 2)/(1 +
tau)^2, with w = (2 + tau)/(1 + tau) and dw = -dtau/(1 + tau)^2. From the variance V_T at tau_T,

    flow      V = V_T mu(tau)/mu(tau_T)
    equation  V = mu(tau)^2 [V_T/mu(tau_T)^2
                             + (w(tau)^(2 gamma - 1) - w(tau_T)^(2 gamma - 1))/(2 gamma - 1)]

Let tau be 0, and V_T = tau_T be large. The laws of the two samplers have the variances

    flow      2^(1 - gamma)
    equation  (2 - 2^(2 - 2 gamma))/(2 gamma - 1)
    tilted    2/(1 + gamma)

which agree for gamma = 1, no guidance, alone. At gamma = 3 they are 1/4, 31/80 and 1/2. The limits
are the same for VP and VE; at n steps the numbers come from the recursion of G49, with the pull
gamma/(m^2 + sigma^2) + (1 - gamma)/(2 m^2 + sigma^2).

Guidance *is* right at one level. Langevin steps x + (alpha/2) s + sqrt(alpha) z with the guided
score at a fixed sigma settle at 1/(K (1 - alpha K/4)), and 1/K is the variance of the product of
the smoothed densities, which tends to the tilted one with sigma. From any start they take V to
(1 - alpha K/2)^2 V + alpha.

Source: Ho and Salimans, arXiv:2207.12598 (2022); Bradley and Nakkiran, arXiv:2408.09000 (2024),
section 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.claims.gaussian_samplers import (
    Exploding,
    Level,
    Preserving,
    Pull,
    Schedule,
    Step,
    ancestral,
    end_variance,
    euler,
    flow,
    noised,
)
from stochcalc.estimate import Estimate
from stochcalc.score import (
    VE,
    VP,
    GaussianMixture,
    Noising,
    annealed_langevin,
    probability_flow,
    reverse_sde,
)
from stochcalc.score import ancestral as sample_ancestral
from stochcalc.typing import Array, Axes, ScoreFunction

GAMMA = 3.0
LABELLED = GaussianMixture([1.0], [[0.0]], 1.0)
ALL = GaussianMixture([1.0], [[0.0]], 2.0)
NOISINGS: dict[str, tuple[Noising, Schedule]] = {
    "VE": (VE(0.1, 10.0), Exploding(0.1, 10.0)),
    "VP": (VP(0.1, 20.0), Preserving(0.1, 20.0)),
}
LEVEL = 0.1  # the noise at which Langevin steps are taken
ALPHA = 0.2
LANGEVIN_STEPS = 30


def guided(gamma: float) -> ScoreFunction:
    """Return the guided score."""
    return lambda x, sigma: gamma * LABELLED.score(x, sigma) + (1.0 - gamma) * ALL.score(x, sigma)


def pull(gamma: float) -> Pull:
    """Return K at a level of noise, for x and not for x/m."""
    return lambda level: gamma / noised(1.0, level) + (1.0 - gamma) / noised(2.0, level)


def exact(step: Step, kind: str, n: int, gamma: float = GAMMA) -> float:
    """Return the variance that n steps from the prior end with."""
    _, schedule = NOISINGS[kind]
    start = schedule.at(1.0).variance
    return end_variance(step, schedule, pull(gamma), n, start)


def flow_limit(gamma: float, tau: float = 0.0, last: float = np.inf) -> float:
    """Return the variance of y at tau, from N(0, last) by the flow."""
    at_end = (1.0 + tau) ** gamma * (2.0 + tau) ** (1.0 - gamma)
    if last == np.inf:
        return float(at_end)
    return float(at_end * last / ((1.0 + last) ** gamma * (2.0 + last) ** (1.0 - gamma)))


def equation_limit(gamma: float, tau: float = 0.0, last: float = np.inf) -> float:
    """Return the variance of y at tau, from N(0, last) by the reverse-time equation."""
    power = 2.0 * gamma - 1.0
    widest = ((2.0 + tau) / (1.0 + tau)) ** power
    start = 0.0
    narrowest = 1.0
    if last < np.inf:
        start = last / ((1.0 + last) ** gamma * (2.0 + last) ** (1.0 - gamma)) ** 2
        narrowest = ((2.0 + last) / (1.0 + last)) ** power
    at_end = (1.0 + tau) ** gamma * (2.0 + tau) ** (1.0 - gamma)
    return float(at_end**2 * (start + (widest - narrowest) / power))


def limit(kind: str, *, noise: bool, gamma: float = GAMMA) -> float:
    """Return the variance of x that many steps from the prior end with."""
    _, schedule = NOISINGS[kind]
    first = schedule.at(0.0)
    last = schedule.at(1.0)
    times = (first.variance / first.mean**2, last.variance / last.mean**2)
    if noise:
        return equation_limit(gamma, *times)
    return flow_limit(gamma, *times)


def tilted(gamma: float) -> float:
    """Return the variance of the tilted law."""
    return 2.0 / (1.0 + gamma)


def after_langevin(start: float, n: int) -> float:
    """Return the variance after n Langevin steps at the fixed level."""
    k = pull(GAMMA)(Level(1.0, LEVEL**2, 0.0, 0.0))
    factor = (1.0 - 0.5 * ALPHA * k) ** 2
    settled = 1.0 / (k * (1.0 - 0.25 * ALPHA * k))
    return settled + factor**n * (start - settled)


@claim(
    "G50",
    chapter="score",
    title="Classifier-free guidance does not sample the tilted law, and each sampler has its own",
    formula=r"2^{1 - \gamma} \ \text{(flow)}, \quad \frac{2 - 2^{2 - 2 \gamma}}{2 \gamma - 1}"
    r" \ \text{(equation)}, \quad \frac{2}{1 + \gamma} \ \text{(tilted)}",
    sources=("hosalimans2022", "bradleynakkiran2024"),
)
def guidance(run: Run) -> Iterator[Row | str]:
    """Measure mean squares with guidance, by the flow and the equation, and after Langevin."""
    points = max(512, run.paths // 8)
    score = guided(GAMMA)
    starts = {kind: prior(run, kind, points) for kind in NOISINGS}
    vp, _ = NOISINGS["VP"]
    ve, _ = NOISINGS["VE"]
    wish = "the tilted law"
    by_flow = probability_flow(score, vp, starts["VP"], method="heun", n=16)
    by_vp = reverse_sde(score, vp, starts["VP"], n=32, key=run.key)
    by_ve = reverse_sde(score, ve, starts["VE"], n=32, key=run.key)
    by_ddpm = sample_ancestral(score, vp, starts["VP"], n=64, key=run.key)
    for ends, step, kind, n, noise, name, twin, twin_statement in (
        (by_flow, flow(2), "VP", 16, False, "flow by Heun", tilted(GAMMA), wish),
        (by_vp, euler, "VP", 32, True, "equation by Euler", tilted(GAMMA), wish),
        (by_ve, euler, "VE", 32, True, "equation by Euler", tilted(GAMMA), wish),
        (by_ddpm, ancestral(1.0), "VP", 64, True, "DDPM", exact(ancestral(0.0), "VP", 64), "DDIM"),
    ):
        yield Row(
            statement=f"E x^2, {name}, {kind}, n = {n}",
            exact=exact(step, kind, n),
            measured=Estimate.mean(ends[:, 0] ** 2),
            twin=twin,
            twin_statement=f"that of {twin_statement}",
            paths=points,
            limit=limit(kind, noise=noise),
        )
    yield row_of_langevin(run, by_flow[: len(by_flow) // 2])


def row_of_langevin(run: Run, x: Array) -> Row:
    """Measure the mean square after Langevin steps from points that the flow ends with."""
    start = exact(flow(2), "VP", 16)
    ends = annealed_langevin(
        guided(GAMMA), [LEVEL], x, step=ALPHA, n_steps=LANGEVIN_STEPS, key=run.derive_key(2)
    )
    return Row(
        statement=f"E x^2, {LANGEVIN_STEPS} Langevin steps at sigma = {LEVEL:g} after the flow",
        exact=after_langevin(start, LANGEVIN_STEPS),
        measured=Estimate.mean(ends[:, 0] ** 2),
        twin=start,
        twin_statement="that of the flow: one guided score, one law",
        paths=len(x),
    )


def prior(run: Run, kind: str, points: int) -> Array:
    """Draw points to start from."""
    noising, _ = NOISINGS[kind]
    return noising.prior(points, 1, rng=run.derive_key(1))


@guidance.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the variance by gamma, and by the number of steps at gamma = 3."""
    from stochcalc.plot import panels

    first, second = panels(
        ax, 2, "With guidance flow and equation part, and neither has the tilted law"
    )
    draw_by_gamma(first, run)
    draw_by_steps(second, run)
    return ax


def draw_by_gamma(ax: Axes, run: Run) -> None:
    """Draw the limits by gamma, and measured mean squares with 256 steps."""
    from stochcalc.plot import curve, points

    vp, _ = NOISINGS["VP"]
    start = prior(run, "VP", 10_000)
    gammas = np.linspace(1.0, 4.0, 61)
    shown = (1.0, 2.0, 3.0, 4.0)
    by_equation = [reverse_sde(guided(g), vp, start, n=256, key=run.key) for g in shown]
    by_flow = [probability_flow(guided(g), vp, start, method="heun", n=32) for g in shown]
    curve(ax, gammas, [tilted(g) for g in gammas], "refuted: tilted law", 2)
    for i, (ends, law, name) in enumerate(
        ((by_equation, equation_limit, "reverse-time equation"), (by_flow, flow_limit, "flow"))
    ):
        points(ax, shown, [Estimate.mean(x[:, 0] ** 2) for x in ends], "", i)
        curve(ax, gammas, [law(g) for g in gammas], name, i)
    ax.set(xlabel="guidance γ", ylabel="E x$^2$", ylim=(0.0, 1.1))
    ax.legend(loc="upper right")


def draw_by_steps(ax: Axes, run: Run) -> None:
    """Draw the exact variance by the number of steps, with measurements, for four samplers."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines, tick_steps

    vp, _ = NOISINGS["VP"]
    start = prior(run, "VP", 20_000)
    score = guided(GAMMA)
    shown = (8, 16, 32, 64)
    between = np.unique(np.geomspace(8, 256, 30).astype(int))
    for i, (name, step) in enumerate(
        (("Euler", euler), ("Heun, flow", flow(2)), ("DDPM", ancestral(1.0)))
    ):
        found = []
        for n in shown:
            if name == "Euler":
                ends = reverse_sde(score, vp, start, n=n, key=run.key)
            elif name == "DDPM":
                ends = sample_ancestral(score, vp, start, n=n, key=run.key)
            else:
                ends = probability_flow(score, vp, start, method="heun", n=n)
            found.append(Estimate.mean(ends[:, 0] ** 2))
        colour = (0, 1, 3)[i]
        points(ax, shown, found, "", colour)
        curve(ax, between, [exact(step, "VP", int(n)) for n in between], name, colour)
    limit_line(ax, tilted(GAMMA), "tilted law")
    tell_points_from_lines(ax)
    ax.set(xscale="log", xlabel="steps n, γ = 3", ylabel="E x$^2$", ylim=(0.05, 0.8))
    tick_steps(ax.xaxis, (8, 16, 32, 64, 128, 256))
    ax.legend(loc="upper right")
