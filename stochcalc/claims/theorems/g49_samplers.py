"""G49: on Gaussian data every sampler ends with a law that is known, at every number of steps.

A noising turns N(0, C) into N(0, m^2 C + sigma^2 I), whose score is linear. Along an eigenvector of
C with the eigenvalue v it is -k x with k = 1/S, S = m^2 v + sigma^2. Every sampler is then linear
too. A step from t to s = t - h is x <- A x + sqrt(B) z, and the variance goes from V to A^2 V + B.
With a = m_t/m_s, and rate, g^2 and k at t,

    Euler, reverse-time equation   A = 1 + (rate - g^2 k) h,           B = g^2 h
    exponential integrator         A = 1/a - c k,                      B = sigma_t^2/a^2 - sigma_s^2
    ancestral, with eta            A = (1 - sigma_t^2 k)/a + sqrt(sigma_s^2 - B) sigma_t k,
                                   B = eta^2 (sigma_t^2 - a^2 sigma_s^2) sigma_s^2/sigma_t^2
    Euler, flow                    A = 1 + f h,  f = rate - g^2 k/2,   B = 0

where c is the integral of (m_s/m_r) g_r^2 from s to t: sigma_t^2 - sigma_s^2 for VE, 2 (1/a - 1)
for VP. The ancestral step goes through the denoised point (1 - sigma_t^2 k) x/m_t; eta = 1 is DDPM
and eta = 0 is DDIM. Heun's step of the flow has A = 1 + h (f_t + f_s (1 + h f_t))/2, and Runge and
Kutta's the like with four slopes. The numbers below are the product and sum of these over all
steps: no limit is taken.

The distance of Wasserstein between N(0, C') and N(0, C) with the same eigenvectors is the root of
the sum over them of (sqrt(v') - sqrt(v))^2. The difference of the two standard deviations has three
parts:

    truncation   sqrt(S_0) - sqrt(v)       the noise that is left at t = 0
    start        from p_T to N(0, sigma_T^2), in the limit of many steps
    step         from that limit to n steps

The first two stay however many steps are taken. Let noise of eta^2 g^2 be added on the way, with
the drift rate - (1/2) (1 + eta^2) g^2/S that goes with it: eta = 0 is the flow and eta = 1 the
reverse-time equation. An error of the variance at the start, here -m_T^2 v, is then multiplied by

    (S_0/S_T)^(1 + eta^2) (m_T/m_0)^(2 eta^2)

because (log S)' = g^2/S - 2 rate and (log m)' = -rate. Under VE from 0.2 to 4 and for v = 4 the
flow therefore ends with 3.2320 and the equation with 3.8768, where 4.04 would be right. A better
scheme for the flow only finds 3.2320 sooner: *the flow is better* where the start is right. With 16
steps each, Euler's scheme for the equation is closer than Heun's for the flow, which takes twice as
many scores.

The data have the eigenvalues 4 along u = (x + y)/sqrt(2) and 1/4 along v = (x - y)/sqrt(2). Rows
that do not say otherwise start from p_T.

Source: Pierret and Galerne, arXiv:2405.14250 (2024); Ho, Jain and Abbeel, NeurIPS 2020, section 2;
Song, Meng and Ermon, ICLR 2021, section 4.1; Song, Sohl-Dickstein, Kingma, Kumar, Ermon and
Poole, ICLR 2021, section 4.3; Karras, Aittala, Aila and Laine, NeurIPS 2022, algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.claims.gaussian_samplers import (
    Exploding,
    Preserving,
    Schedule,
    Step,
    ancestral,
    end_variance,
    euler,
    exponential,
    flow,
    limit_variance,
    noised,
    pull_of,
)
from stochcalc.claims.run import RunOptions
from stochcalc.estimate import Estimate
from stochcalc.score import VE, VP, GaussianMixture, Noising, probability_flow, reverse_sde
from stochcalc.score import ancestral as sample_ancestral
from stochcalc.typing import Array, Axes

VARIANCES = (4.0, 0.25)
DATA = GaussianMixture([1.0], [[0.0, 0.0]], [[2.125, 1.875], [1.875, 2.125]])
NOISINGS: dict[str, tuple[Noising, Schedule]] = {
    "VE": (VE(0.2, 4.0), Exploding(0.2, 4.0)),
    "VP": (VP(0.1, 20.0), Preserving(0.1, 20.0)),
}


@dataclass(frozen=True)
class Sampler:
    """A sampler, its step of the variance, and the share of noise that it adds in the limit."""

    name: str
    step: Step
    eta: float
    sample: Callable[[Noising, Array, int, int, RunOptions], Array]


def run_reverse(method: str) -> Callable[[Noising, Array, int, int, RunOptions], Array]:
    """Return the sampler of the reverse-time equation by a method."""
    return lambda noising, x, n, key, options: reverse_sde(
        DATA, noising, x, n=n, method=method, key=key, **options
    )


def run_ancestral(eta: float) -> Callable[[Noising, Array, int, int, RunOptions], Array]:
    """Return the ancestral sampler with this eta."""
    return lambda noising, x, n, key, options: sample_ancestral(
        DATA, noising, x, n=n, eta=eta, key=key, **options
    )


def run_flow(method: str) -> Callable[[Noising, Array, int, int, RunOptions], Array]:
    """Return the flow by equal steps of a method; it needs no key."""
    return lambda noising, x, n, key, options: probability_flow(
        DATA, noising, x, method=method, n=n
    )


EULER = Sampler("Euler, reverse", euler, 1.0, run_reverse("euler_maruyama"))
EXPONENTIAL = Sampler("exponential", exponential, 1.0, run_reverse("exponential"))
DDPM = Sampler("DDPM", ancestral(1.0), 1.0, run_ancestral(1.0))
HALF = Sampler("eta = 1/2", ancestral(0.5), 0.5, run_ancestral(0.5))
DDIM = Sampler("DDIM", ancestral(0.0), 0.0, run_ancestral(0.0))
EULER_FLOW = Sampler("Euler, flow", flow(1), 0.0, run_flow("euler"))
HEUN = Sampler("Heun, flow", flow(2), 0.0, run_flow("heun"))
RK4 = Sampler("RK4, flow", flow(4), 0.0, run_flow("rk4"))


def exact(sampler: Sampler, kind: str, n: int, variance: float, *, prior: bool = False) -> float:
    """Return the variance that n steps end with along an eigenvector, from p_T or the prior."""
    _, schedule = NOISINGS[kind]
    level = schedule.at(1.0)
    start = level.variance if prior else noised(variance, level)
    return end_variance(sampler.step, schedule, pull_of(variance), n, start)


def settled(sampler: Sampler, kind: str, variance: float, *, prior: bool = False) -> float:
    """Return the variance that many steps end with."""
    _, schedule = NOISINGS[kind]
    level = schedule.at(1.0)
    start = level.variance if prior else noised(variance, level)
    return limit_variance(sampler.eta, schedule, variance, start)


def split(sampler: Sampler, kind: str, n: int, variance: float) -> tuple[float, float, float]:
    """Return the parts of sqrt(v') - sqrt(v) from the prior: truncation, start and step."""
    data = math.sqrt(variance)
    left = math.sqrt(settled(sampler, kind, variance))
    many = math.sqrt(settled(sampler, kind, variance, prior=True))
    few = math.sqrt(exact(sampler, kind, n, variance, prior=True))
    return left - data, many - left, few - many


def distance(variances: Sequence[float]) -> float:
    """Return Wasserstein's distance of order 2 to the data, from the variances along u and v."""
    pairs = zip(variances, VARIANCES, strict=True)
    return math.hypot(*(math.sqrt(found) - math.sqrt(right) for found, right in pairs))


def along_axes(x: Array) -> Array:
    """Return u and v of points (n, 2), in the rows of an array (2, n)."""
    axes: Array = np.stack([x[:, 0] + x[:, 1], x[:, 0] - x[:, 1]]) / math.sqrt(2.0)
    return axes


def draw_start(run: Run, kind: str, points: int, prior: bool) -> Array:
    """Draw points of p_T, or of the prior."""
    noising, _ = NOISINGS[kind]
    if prior:
        return noising.prior(points, 2, rng=run.derive_key(3))
    data = DATA.sample(points, rng=run.derive_key(1))
    return noising.noised(data, noising.T, rng=run.derive_key(2))


@claim(
    "G49",
    chapter="score",
    title="On Gaussian data every sampler ends with a known law, at every number of steps",
    formula=r"V \mapsto A_k^2 \, V + B_k, \qquad W_2^2 = \sum_i"
    r" \bigl(\sqrt{V_i} - \sqrt{\lambda_i}\bigr)^2",
    sources=("pierretgalerne2024", "ho2020", "song2021b", "song2021", "karras2022"),
)
def samplers(run: Run) -> Iterator[Row | str]:
    """Measure mean squares of eight samplers from p_T, and of two from the prior."""
    data_left = "no error of the step"
    half_noise = settled(HALF, "VE", 0.25)
    flow_from_prior = exact(HEUN, "VE", 16, 4.0, prior=True)
    for sampler, kind, n, variance, prior, twin, twin_statement in (
        (EULER, "VP", 8, 0.25, False, 0.25, data_left),
        (EXPONENTIAL, "VE", 8, 4.0, False, exact(EULER, "VE", 8, 4.0), "Euler's scheme"),
        (DDPM, "VP", 8, 4.0, False, exact(DDIM, "VP", 8, 4.0), "DDIM, of the same laws"),
        (HALF, "VE", 8, 0.25, False, half_noise, data_left),
        (DDIM, "VP", 8, 4.0, False, 4.0, data_left),
        (EULER_FLOW, "VE", 8, 4.0, False, exact(DDIM, "VE", 8, 4.0), "DDIM, of the same flow"),
        (HEUN, "VE", 4, 0.25, False, settled(HEUN, "VE", 0.25), data_left),
        (RK4, "VE", 2, 0.25, False, settled(RK4, "VE", 0.25), data_left),
        (EULER, "VE", 16, 4.0, True, flow_from_prior, "the flow's by Heun: it is always better"),
        (HEUN, "VE", 16, 4.0, True, settled(HEUN, "VE", 4.0), "small steps correct the start"),
    ):
        yield measure_row(run, sampler, kind, n, variance, prior, twin, twin_statement)


def measure_row(
    run: Run,
    sampler: Sampler,
    kind: str,
    n: int,
    variance: float,
    prior: bool,
    twin: float,
    twin_statement: str,
) -> Row:
    """Return one row."""
    points = max(512, run.paths // 4)
    noising, _ = NOISINGS[kind]
    start = draw_start(run, kind, points, prior)
    ends = along_axes(sampler.sample(noising, start, n, run.key, run.options))
    axis = VARIANCES.index(variance)
    name = "uv"[axis]
    where = ", from the prior" if prior else ""
    return Row(
        statement=f"E {name}^2, {sampler.name}, {kind}, n = {n}{where}",
        exact=exact(sampler, kind, n, variance, prior=prior),
        measured=Estimate.mean(ends[axis] ** 2),
        twin=twin,
        twin_statement=twin_statement,
        paths=points,
        limit=settled(sampler, kind, variance, prior=prior),
    )


@samplers.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the distance to the data by the number of steps, from p_T and from the prior."""
    from stochcalc.plot import panels, slope_triangle, tell_points_from_lines

    title = "Steps cost what their order says, and a wrong start costs the flow most"
    first, second = panels(ax, 2, title)
    draw_distances(first, run, "VP", prior=False)
    first.set(title="from p$_T$ (VP): the step alone", ylim=(1e-11, 5.0))
    first.legend(loc="lower left")
    for order, left, height in ((1.0, 160.0, 1.2e-3), (2.0, 160.0, 1.5e-5), (4.0, 40.0, 8e-8)):
        slope_triangle(first, (left, 3.0 * left), height, -order)
    draw_distances(second, run, "VE", prior=True)
    second.set(title="from the prior (VE): what stays", ylim=(0.03, 1.0))
    tell_points_from_lines(second)
    second.legend(second.lines[-1:], ["points: measured, lines: exact"], loc="upper right")
    return ax


def draw_distances(ax: Axes, run: Run, kind: str, *, prior: bool) -> None:
    """Draw the distances that are exact, and those measured where they exceed their errors."""
    from stochcalc.plot import curve, points, tick_steps

    noising, _ = NOISINGS[kind]
    start = draw_start(run, kind, 50_000, prior)
    between = np.unique(np.geomspace(4, 512, 40).astype(int))
    for i, sampler in enumerate((EULER, DDPM, DDIM, HEUN, RK4)):
        found = {}
        for n in (4, 8, 16, 32):
            ends = along_axes(sampler.sample(noising, start, n, run.key, run.options))
            estimate = measure_distance(ends)
            if estimate.stderr < 0.1 * estimate.value:
                found[n] = estimate
        points(ax, list(found), list(found.values()), "", i)
        laws = [[exact(sampler, kind, n, v, prior=prior) for v in VARIANCES] for n in between]
        curve(ax, between, [distance(law) for law in laws], sampler.name, i)
    ax.set(xscale="log", yscale="log", xlabel="steps n", ylabel="W$_2$ to the data")
    tick_steps(ax.xaxis, (4, 16, 64, 256))


def measure_distance(ends: Array) -> Estimate:
    """Return the distance to the data of a sample, with the error that its variances leave."""
    variances = np.mean(ends**2, axis=1)
    value = distance(list(variances))
    apart = np.sqrt(variances) - np.sqrt(VARIANCES)
    errors = np.sqrt(variances / (2.0 * ends.shape[1]))  # of the standard deviations
    return Estimate.normal(value, float(np.linalg.norm(apart * errors)) / value)
