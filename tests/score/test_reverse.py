"""Noise run backwards: every scheme against its step in NumPy, against the other schemes on the
same noise, and in law.

The mixture TWO has one isotropic covariance, so that along the axis of its modes each chain is a
chain on the line, whose law is known by quadrature; across it, it is that of one Gaussian."""

import math

import numpy as np
import pytest
from evidence import (
    assert_count,
    assert_law,
    assert_mean,
    assert_order,
    assert_same_bits,
    must_reject,
)
from scipy.special import ndtr

from stochcalc.engine.random.philox import INCREMENTS, SPACE_TIME_AREA
from stochcalc.engine.random.sources import block_normals
from stochcalc.methods import METHODS
from stochcalc.score import (
    VE,
    VP,
    Circle,
    Empirical,
    GaussianMixture,
    ancestral,
    annealed_langevin,
    reverse_sde,
)
from stochcalc.score.reverse import ancestral_moves, euler

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
AXIS, VARIANCE = np.array([0.8, 0.6]), 0.5
TWO = GaussianMixture([0.7, 0.3], [2.0 * AXIS, -2.0 * AXIS], VARIANCE)
LINE = GaussianMixture([0.7, 0.3], [[2.0], [-2.0]], VARIANCE)
SHORT = VE(0.3, 8.0)
START = np.random.default_rng(5).normal(size=(300, 2)) * 3.0
SCHEMES = ["heun", "lambda_euler", "milstein", "sra1", "sri2", "srs2", "weak2"]
DATA = np.array([[0.0, 0.0], [1.0, -0.5], [1.0, -0.5], [-2.0, 0.7], [0.3, 2.0]])


def test_the_schemes_are_those_for_additive_noise_that_need_no_slope_of_the_drift():
    with pytest.raises(ValueError, match="method='none' must be one of") as refused:
        reverse_sde(MIXTURE, SHORT, START, n=1, method="none")
    accepted = [name for name in METHODS if repr(name) in str(refused.value).partition("one of")[2]]
    assert accepted == ["euler_maruyama", *SCHEMES]


# Two ways of running a score: in the lanes, and in NumPy for all points at once.

RUNS = {
    "annealed": lambda score, **how: annealed_langevin(
        score, [5.0, 2.0, 0.5], START, step=0.05, n_steps=5, **how
    ),
    "denoised": lambda score, **how: annealed_langevin(
        score, [5.0, 0.5], START, step=0.05, n_steps=4, denoise=True, **how
    ),
    "reverse, VE": lambda score, **how: reverse_sde(score, VE(0.1, 9.0), START, n=15, **how),
    "corrected, VE": lambda score, **how: reverse_sde(
        score, VE(0.1, 9.0), START, n=9, corrections=2, **how
    ),
    "corrected, VP": lambda score, **how: reverse_sde(
        score, VP(), START, n=9, corrections=1, correction_step=0.3, **how
    ),
    "ancestral, VP": lambda score, **how: ancestral(score, VP(), START, n=15, **how),
    "eta = 0.3, VE": lambda score, **how: ancestral(
        score, VE(0.1, 9.0), START, n=15, eta=0.3, **how
    ),
    "DDIM, VP": lambda score, **how: ancestral(score, VP(), START, n=15, eta=0.0, **how),
}


@pytest.mark.parametrize("name", RUNS)
def test_lanes_and_numpy_agree_to_rounding_and_on_any_number_of_workers_to_the_bit(name):
    run = RUNS[name]
    in_lanes = [run(MIXTURE, key=11, workers=workers) for workers in (1, 2, 3)]
    assert_same_bits(*in_lanes)
    np.testing.assert_allclose(run(MIXTURE.score, key=11), in_lanes[0], rtol=1e-9, atol=1e-10)
    if name != "DDIM, VP":
        assert not np.allclose(run(MIXTURE, key=12), in_lanes[0])


def test_points_do_not_depend_on_those_beside_them():
    for method in ("euler_maruyama", "heun"):
        all_of_them = reverse_sde(MIXTURE, SHORT, START, n=5, method=method, key=2)
        assert_same_bits(
            reverse_sde(MIXTURE, SHORT, START[:7], n=5, method=method, key=2), all_of_them[:7]
        )


def test_data_are_the_mixture_of_their_points():
    """One runs in NumPy, the other in the lanes."""
    points = GaussianMixture(np.full(5, 0.2), DATA, 0.0)
    for run in (
        lambda score: ancestral(score, VE(0.3, 9.0), START, n=20, key=4),
        lambda score: ancestral(score, VP(), START, n=20, key=4),
        lambda score: reverse_sde(score, VE(0.3, 9.0), START, n=20, corrections=1, key=4),
        lambda score: reverse_sde(score, VP(), START, n=40, key=4),
        lambda score: annealed_langevin(score, [5.0, 1.0, 0.3], START, step=0.01, n_steps=6, key=4),
    ):
        np.testing.assert_allclose(run(Empirical(DATA)), run(points), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    "score", [Empirical(DATA), Circle(), GaussianMixture(np.full(5, 0.2), DATA, 0.0)]
)
def test_a_correction_of_no_length_asks_for_no_score(score):
    assert np.isfinite(reverse_sde(score, VP(), START, n=5, corrections=1, key=1)).all()


def test_data_come_back_as_often_as_they_are_there(rng_seed):
    noising, data, n = VE(0.01, 10.0), Empirical(DATA), 20_000
    ends = ancestral(
        data,
        noising,
        noising.noised(data.sample(n, rng=rng_seed), 1.0, rng=rng_seed + 1),
        n=200,
        key=rng_seed,
    )
    distance = np.linalg.norm(ends[:, None] - DATA[[0, 1, 3, 4]], axis=2)
    assert (distance.min(axis=1) < 8 * 0.01).all()  # P(chi_2 > 8) = 1e-14 for each
    assert_count(
        np.bincount(distance.argmin(axis=1)), n, [0.2, 0.4, 0.2, 0.2], alpha=2.6e-12, detects=0.05
    )


def test_a_circle_comes_back_with_the_law_of_its_radius_and_angle(rng_seed):
    noising, circle, n = VE(0.3, 10.0), Circle(2.0), 20_000
    ends = reverse_sde(
        circle, noising, circle.sample(n, rng=rng_seed, sigma=10.0), n=300, key=rng_seed
    )
    r = np.linspace(0.0, 5.0, 5001)
    density = 2 * np.pi * r * np.exp(circle.log_density(np.stack([r, 0 * r], axis=1), 0.3))
    assert_law(
        np.hypot(*ends.T),
        lambda x: np.interp(x, r, np.cumsum(density) * (r[1] - r[0])),
        1e-11,
        detects=0.06,
    )
    assert_law(
        np.arctan2(ends[:, 1], ends[:, 0]) / (2 * np.pi) + 0.5, lambda u: u, 1e-11, detects=0.06
    )


BREAKS = {
    "annealed": lambda score: annealed_langevin(
        score, [3.0, 1.0], START, step=0.1, n_steps=3, key=1
    ),
    "reverse": lambda score: reverse_sde(score, VE(0.5, 9.0), START, n=10, key=1),
    "ancestral": lambda score: ancestral(score, VE(0.5, 9.0), START, n=10, key=1),
}


@pytest.mark.parametrize("name", BREAKS)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_score_that_is_not_finite_is_named_with_its_point_and_step(name, bad):
    calls = []

    def score(x, sigma):
        calls.append(sigma)
        s = MIXTURE.score(x, sigma)
        if len(calls) == 5:
            s[[4, 9], 1] = bad
        return s

    with pytest.raises(
        ValueError,
        match=r"^score\(x, sigma=.*\) is not finite for point 4, x=\[.*\], at step 4: use smaller",
    ):
        BREAKS[name](score)
    assert len(calls) == 5


# The schemes.


def in_numpy(name, target, noising, x, n, key):
    """The scheme's own step on the reverse-time equation as Song et al.

    print it, with the noise the lanes make.
    """
    scheme, h = METHODS[name], noising.T / n

    def drift(u, y):
        t = max(noising.T - u, 0.0)
        m, sigma, g = noising.mean_factor(t), noising.sigma(t), noising.amplitude(t)
        law = GaussianMixture(
            target.weights, m * target.means, m * m * target.covs + sigma**2 * np.eye(2)
        )
        return noising.rate(t) * y + g * g * law.score(y.T).T

    made = {
        "drift": drift,
        "diffusion": lambda u, y: 0 * y + noising.amplitude(max(noising.T - u, 0.0)),
        "diffusion_dx": lambda u, y: 0 * y,
    }
    y = x.T
    for k in range(n):
        dW = math.sqrt(h) * block_normals(key, INCREMENTS, k, x.shape).T
        z = block_normals(key, SPACE_TIME_AREA, k, x.shape).T
        noise = {"dW": dW, "I10": 0.5 * h * (dW + math.sqrt(h / 3) * z), "A": 0.0, "V": 0.0}
        lam = (0.0,) if scheme.calculus == "any" else ()
        y = scheme.step(
            *(made[f] for f in scheme.functions),
            k * h,
            y,
            h,
            *(noise[d] for d in scheme.drivers),
            (),
            *lam,
        )
    return y.T


@pytest.mark.parametrize(
    "name, noising",
    [
        *((name, VE(0.2, 9.0, T=2.0)) for name in SCHEMES),
        ("heun", VP(0.1, 12.0, T=1.5)),
        ("sra1", VP(0.1, 12.0, T=1.5)),
    ],
)
def test_each_scheme_is_its_step_on_the_reverse_equation_and_keeps_its_bits(name, noising):
    ours = [
        reverse_sde(MIXTURE, noising, START, n=20, method=name, key=9, workers=workers)
        for workers in (1, 3)
    ]
    assert_same_bits(*ours)
    np.testing.assert_allclose(
        ours[0], in_numpy(name, MIXTURE, noising, START, 20, 9), rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize(
    "name", [name for name in SCHEMES if name not in ("heun", "lambda_euler", "weak2", "srs2")]
)
def test_schemes_on_the_same_noise_differ_by_the_first_power_of_the_step(name, rng_seed):
    """The others are one of these where noise is additive: Heun is weak2, sri2 is srs2, Milstein is
    Euler for every lambda.
    """
    start, logs = SHORT.noised(MIXTURE.sample(10_000, rng=rng_seed), 1.0, rng=rng_seed + 1), []
    for n in (200, 400):
        away = (
            reverse_sde(MIXTURE, SHORT, start, n=n, method=way, key=rng_seed)
            for way in (name, "heun")
        )
        logs.append(np.log2(np.linalg.norm(next(away) - next(away), axis=1)))
    slope = logs[0].mean() - logs[1].mean()
    assert_order(
        (slope, math.sqrt((logs[0].var() + logs[1].var()) / len(start))),
        1.0,
        tolerance=0.1,
        sigmas=7,
    )


def test_schemes_that_coincide_for_additive_noise_do():
    def run(name):
        return reverse_sde(MIXTURE, VE(0.2, 9.0), START, n=30, method=name, key=9)

    for one, other in (("heun", "weak2"), ("sri2", "srs2"), ("milstein", "lambda_euler")):
        np.testing.assert_allclose(run(one), run(other), rtol=1e-9, atol=1e-9)
    assert not np.allclose(run("heun"), run("milstein"))


# In law. Along AXIS, one chain on the line; its transitions are Gaussian.


def weight_by_quadrature(moves, spread):
    """P(u > 0) at the end of a table from N(0, spread^2), all steps with noise: trapezoid rule,
    exponentially accurate.
    """
    grid = np.linspace(-9 * spread, 9 * spread, 2001)
    masses = np.exp(-0.5 * (grid / spread) ** 2)
    masses /= masses.sum()
    for k in range(len(moves)):
        scale, kick = moves.scale[k], moves.kick[k]
        centre = (
            moves.keep[k] * grid
            + moves.push[k] * scale * LINE.score(scale * grid[:, None], moves.sigma[k])[:, 0]
        )
        kept = masses > 1e-20
        centre, masses = centre[kept], masses[kept]
        if k == len(moves) - 1:
            return float(masses @ ndtr(centre / kick))
        low, high = centre.min() - 9 * kick, centre.max() + 9 * kick
        grid, spacing = np.linspace(low, high, 2 + int((high - low) / (0.25 * kick)), retstep=True)
        z = (grid[:, None] - centre) / kick
        masses = spacing / (kick * math.sqrt(2 * math.pi)) * np.exp(-0.5 * z * z) @ masses
        assert abs(masses.sum() - 1) < 1e-9
    return None


CHAINS = {
    "Euler": (lambda x, key: reverse_sde(TWO, SHORT, x, n=10, key=key), euler(SHORT, 10)),
    "corrected": (
        lambda x, key: reverse_sde(TWO, SHORT, x, n=10, corrections=1, key=key),
        euler(SHORT, 10, 1),
    ),
    "ancestral": (
        lambda x, key: ancestral(TWO, SHORT, x, n=10, key=key),
        ancestral_moves(SHORT, 10, 1.0),
    ),
}


@pytest.mark.parametrize(
    "name, twin", [("Euler", "ancestral"), ("corrected", "ancestral"), ("ancestral", "Euler")]
)
def test_the_weight_after_ten_steps_from_the_prior_is_that_of_the_chain_on_the_line(
    name, twin, rng_seed
):
    """Euler 0.676, corrected 0.679, ancestral 0.711; with ever more steps all tend to what the
    prior leaves, near 0.689.
    """
    run, table = CHAINS[name]
    n = 200_000
    above = int((run(SHORT.prior(n, 2, rng=rng_seed), rng_seed) @ AXIS > 0).sum())
    assert_count(above, n, weight_by_quadrature(table, 8.0), alpha=2.6e-12, detects=0.02)
    with must_reject(f"the weight of {twin}"):
        assert_count(above, n, weight_by_quadrature(CHAINS[twin][1], 8.0))


ACROSS, END_VARIANCE = np.array([-0.6, 0.8]), VARIANCE + 0.3**2


def reversed_by(name, seed):
    start = SHORT.noised(TWO.sample(50_000, rng=seed), 1.0, rng=seed + 1)
    return reverse_sde(TWO, SHORT, start, n=200, method=name, key=seed)


@pytest.mark.parametrize("name", ["euler_maruyama", *SCHEMES])
def test_from_the_true_noised_law_each_scheme_ends_near_the_law_of_the_data(name, rng_seed):
    """200 steps: the weight errs by less than 0.002, a quarter of the limit; the variance across
    the axis is told apart.
    """
    ends, n, spread = reversed_by(name, rng_seed), 50_000, math.sqrt(END_VARIANCE)
    share = 0.7 * ndtr(2 / spread) + 0.3 * ndtr(-2 / spread)
    assert_count(int((ends @ AXIS > 0).sum()), n, share, alpha=2.6e-12, detects=0.03)
    assert_mean(ends @ ACROSS, 0.0, sigmas=7)
    assert_mean((ends @ ACROSS) ** 2, END_VARIANCE, sigmas=7, detects=0.06)


def test_half_the_score_ends_too_wide(rng_seed):
    start = SHORT.noised(TWO.sample(20_000, rng=rng_seed), 1.0, rng=rng_seed + 1)
    ends = reverse_sde(lambda x, sigma: 0.5 * TWO.score(x, sigma), SHORT, start, n=50, key=rng_seed)
    with must_reject("half the score, as in the flow, with the noise of the equation"):
        assert_mean((ends @ ACROSS) ** 2, END_VARIANCE)
