"""How much chains are worth and how large a step may be: against closed forms, ArviZ and the
spectra of the steps.
"""

import math
import warnings

import numpy as np
import pytest
from evidence import assert_order, must_reject
from langevin_targets import LINEAR, PRECISION, pair_score
from scipy.signal import lfilter
from scipy.special import ndtri
from scipy.stats import rankdata

from stochcalc.langevin import (
    SAMPLERS,
    advise_step,
    autocorrelation_time,
    effective_sample_size,
    linear_chain,
    sample,
    split_rhat,
)
from stochcalc.score import GaussianMixture

STIFFEST = float(np.linalg.eigvalsh(PRECISION).max())


def autoregression(shape, rho, rng):
    z = rng.normal(size=shape)
    z[..., 0] /= math.sqrt(1 - rho**2)  # starts from its stationary law
    return lfilter([1.0], [1.0, -rho], z)


# Autocorrelation times


def known_to(rho, n):
    """Of (1 + rho)/(1 - rho) from n draws, relative to it: (standard error, systematic error).

    Lags up to M are summed, where the autocorrelation sinks into the noise 1/sqrt(n) of its
    estimate: Sokal's error is then sqrt(2 (2 M + 1)/n). What is cut off, and the noise of the first
    two pairs that should have been, are not random."""
    exact, noise = (1 + rho) / (1 - rho), math.sqrt((1 + rho**2) / (1 - rho**2) / n)
    lags = math.log(n) / -math.log(rho**2) if rho else 1
    return math.sqrt(2 * (2 * lags + 1) / n), (2 * abs(rho) ** lags / (1 - rho) + 8 * noise) / exact


@pytest.mark.parametrize("rho", [-0.4, 0.0, 0.5, 0.9])
def test_the_autocorrelation_time_of_an_autoregression_is_one_plus_rho_over_one_minus_rho(
    rho, rng_seed
):
    n, exact = 2_000_000, (1 + rho) / (1 - rho)
    tau = autocorrelation_time(autoregression(n, rho, np.random.default_rng(rng_seed)))
    stderr, tolerance = known_to(rho, n)
    assert_order((tau / exact, stderr), 1.0, tolerance=tolerance)
    if rho > 0:
        with must_reject("each lag summed once: 1 + sum of rho"):
            assert_order(((1 + tau) / 2 / exact, stderr), 1.0, tolerance=tolerance)


def test_the_chains_of_ula_on_a_gaussian_report_the_worth_of_their_autoregression(rng_seed):
    h, start = 0.2, np.random.default_rng(rng_seed).normal(size=(40, 2))
    chains = sample(
        lambda x: (-2.0 * x[0], -x[1]),
        start,
        step=h,
        n=20_000,
        chains=40,
        starts=True,
        rng=rng_seed,
    )
    assert chains.ess.shape == chains.rhat.shape == (2,)
    for component, k in enumerate((2.0, 1.0)):
        kept = chains.x[:, 1:, component]
        assert chains.ess[component] == effective_sample_size(kept) and chains.rhat[
            component
        ] == split_rhat(kept)
        rho = 1 - k * h / 2
        exact = (1 + rho) / (1 - rho)
        stderr, tolerance = known_to(rho, kept.size)
        assert_order(
            (kept.size / effective_sample_size(kept, ranks=False) / exact, stderr),
            1.0,
            tolerance=tolerance,
        )
    assert (chains.rhat < 1.01).all()


def test_effective_sample_size_of_ranks_does_not_see_a_monotone_map_and_of_values_an_affine_one(
    rng_seed,
):
    x = autoregression((4, 300), 0.7, np.random.default_rng(rng_seed))
    assert (
        effective_sample_size(np.exp(x))
        == effective_sample_size(x)
        == effective_sample_size(x, ranks=True)
    )
    values = effective_sample_size(x, ranks=False)
    assert effective_sample_size(5.0 - 3.0 * x, ranks=False) == pytest.approx(values, rel=1e-10)
    assert values == pytest.approx(x.size / autocorrelation_time(x), rel=1e-14)
    assert values != effective_sample_size(x)


# Against ArviZ


@pytest.fixture(scope="module")
def az():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it announces its next major version
        return pytest.importorskip(
            "arviz", reason='compares with ArviZ: pip install "stochcalc[test]"'
        )


def shapes_of_chains(rng):
    normal = rng.normal(size=(4, 250))
    stuck = normal.copy()
    stuck[1] = 0.7
    return {
        "one chain": rng.normal(size=(1, 400)),
        "four chains": normal,
        "odd lengths": rng.normal(size=(3, 101)),
        "few draws": rng.normal(size=(4, 23)),
        "heavy tails": rng.standard_cauchy(size=(4, 200)),
        "slow": autoregression((4, 999), 0.9, rng),
        "slow, one chain": autoregression((1, 2001), 0.95, rng),
        "alternating": autoregression((3, 400), -0.6, rng),
        "rejections": np.repeat(rng.normal(size=(4, 100)), 3, axis=1),
        "rounded": np.round(rng.normal(size=(4, 300))),
        "other spreads": normal * [[1.0], [1.0], [3.0], [3.0]],
        "one stuck": stuck,
        "apart": normal + 4.0 * np.arange(4)[:, None],
        "drifting": np.arange(101) / 10 + rng.normal(size=(2, 101)),
    }


NAMES = list(shapes_of_chains(np.random.default_rng(0)))


@pytest.mark.parametrize("name", NAMES)
def test_effective_sample_sizes_are_those_of_arviz(name, az, rng_seed):
    x = shapes_of_chains(np.random.default_rng(rng_seed))[name]
    assert effective_sample_size(x) == pytest.approx(float(az.ess(x, method="bulk")), rel=1e-9)
    assert effective_sample_size(x, ranks=False) == pytest.approx(
        float(az.ess(x, method="mean")), rel=1e-9
    )


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "one chain" not in name]
)  # ArviZ wants two
def test_rhat_is_that_of_arviz(name, az, rng_seed):
    x = shapes_of_chains(np.random.default_rng(rng_seed))[name]
    assert split_rhat(x) == pytest.approx(float(az.rhat(x, method="rank")), rel=1e-12)


# R-hat


def by_hand(halves):
    """Of normal scores: sqrt of (pooled variance / variance within)."""
    scores = ndtri((rankdata(halves).reshape(halves.shape) - 3 / 8) / (halves.size + 1 / 4))
    n, within = scores.shape[1], scores.var(axis=1, ddof=1).mean()
    return math.sqrt(((n - 1) / n * within + scores.mean(axis=1).var(ddof=1)) / within)


@pytest.mark.parametrize("draws", [8, 101])
def test_rhat_of_one_chain_compares_its_halves(draws, rng_seed):
    x = np.random.default_rng(rng_seed).normal(size=draws)
    halves = np.stack([x[: draws // 2], x[-(draws // 2) :]])
    exact = max(by_hand(halves), by_hand(abs(halves - np.median(halves))))
    assert split_rhat(x) == pytest.approx(exact, rel=1e-13) and split_rhat(x[None]) == split_rhat(x)


def test_rhat_tells_chains_at_different_places_of_different_widths_and_on_their_way(rng_seed):
    chains = shapes_of_chains(np.random.default_rng(rng_seed))
    mixed = np.random.default_rng(rng_seed).normal(size=(4, 4000))
    assert split_rhat(mixed) < 1.01
    assert split_rhat(chains["apart"]) > 1.5 and split_rhat(chains["drifting"]) > 1.5
    widths = chains["other spreads"]
    assert (
        split_rhat(widths)
        > 1.1
        > 1.01
        > by_hand(np.concatenate([widths[:, :125], widths[:, 125:]]))
    )
    assert effective_sample_size(chains["apart"]) < 20 and effective_sample_size(mixed) > 14_000


def test_chains_that_never_moved_are_told_apart_from_chains_that_agree():
    assert math.isnan(split_rhat(np.ones((2, 10))))
    assert split_rhat(np.repeat([[1.0], [2.0]], 10, axis=1)) == math.inf
    assert effective_sample_size(np.ones((2, 10))) == 20


# Steps


def radius(method, h, precision=PRECISION):
    return abs(np.linalg.eigvals(linear_chain(precision, step=h, method=method).M)).max()


@pytest.mark.parametrize("method", LINEAR)
def test_beyond_the_advised_limits_the_spectral_radius_exceeds_one(method):
    advice = advise_step(pair_score, [[0.3, 0.4], [5.0, -2.0]])
    assert advice.curvature == pytest.approx(STIFFEST, rel=1e-9)
    limit = advice.kinetic_stable if SAMPLERS[method].momentum else advice.stable
    assert radius(method, 0.999 * limit) < 1 < radius(method, 1.001 * limit)
    assert np.isfinite(linear_chain(PRECISION, step=0.999 * limit, method=method).stationary).all()
    with pytest.raises(ValueError, match=f"method='{method}' has no stationary law at this step"):
        _ = linear_chain(PRECISION, step=1.001 * limit, method=method).stationary


@pytest.mark.parametrize("bias", [0.01, 0.2])
def test_at_the_advised_steps_the_stiffest_variances_are_off_by_the_bias(bias):
    advice = advise_step(pair_score, [[0.0, 0.0]], bias=bias)
    _, axes = np.linalg.eigh(PRECISION)
    stiff = axes[:, 1]
    position = linear_chain(PRECISION, step=advice.unbiased).stationary
    assert stiff @ position @ stiff == pytest.approx((1 + bias) / STIFFEST, rel=1e-9)
    momentum = linear_chain(PRECISION, step=advice.kinetic_unbiased, method="baoab").stationary[
        2:, 2:
    ]
    assert stiff @ momentum @ stiff == pytest.approx(1 - bias, rel=1e-9)


def test_advice_takes_the_largest_curvature_of_its_points_and_scores_of_distributions():
    well = advise_step(lambda x, T: -4.0 * x * (x * x - 1.0) / T, [0.0, 1.0, -1.5], args=(0.5,))
    assert well.curvature == pytest.approx((12 * 1.5**2 - 4) / 0.5, rel=1e-8)
    mixture = GaussianMixture(
        [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
    )
    near = advise_step(mixture, [[1.0, -1.0], [-2.0, 0.5]])
    assert near == advise_step(
        lambda x: tuple(mixture.score(np.array([x]))[0]), [[1.0, -1.0], [-2.0, 0.5]]
    )
    assert 1.8 < near.curvature < 2.0
    assert advise_step(
        GaussianMixture([1.0], [[3.0]], [[[0.04]]]), [[2.0]]
    ).stable == pytest.approx(0.16, rel=1e-8)
    assert str(well).startswith(
        f"curvature {well.curvature:.4g}: ULA diverges beyond h = {4 / well.curvature:.4g} and is "
        f"off"
    )
