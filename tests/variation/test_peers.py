"""The estimators against an independent implementation in Rust (stochastic-rs, extra `bench`)."""

from __future__ import annotations

import numpy as np
import pytest

import stochcalc as sc

peer = pytest.importorskip(
    "stochastic_rs", reason='stochastic-rs is a peer: pip install "stochcalc[bench]"'
)


@pytest.fixture
def x(rng_seed):
    return 0.05 * np.cumsum(sc.brownian(1.0, 401, rng=rng_seed).increments[0])


def ours(x, name, **options):
    return sc.quadratic_variation(x, estimator=name, **options).value


def test_estimators_robust_to_jumps_agree(x):
    theirs, n = peer.BipowerVariation(np.diff(x)), len(x) - 1
    assert ours(x, "bipower") == pytest.approx(
        theirs.bipower * n / (n - 1), rel=1e-12
    )  # theirs counts n - 1 products
    assert ours(x, "minrv") == pytest.approx(theirs.minrv, rel=1e-12)
    assert ours(x, "medrv") == pytest.approx(theirs.medrv, rel=1e-12)


@pytest.mark.parametrize("k", [5, 7, 20])
def test_two_scales_agree_up_to_the_windows_missing_at_the_ends(x, k):
    n = len(x) - 1
    assert ours(x, "two_scale", bandwidth=k) == pytest.approx(
        peer.TwoScaleRV(x, k).variance * (n + 1) / (n - k + 1), rel=1e-10
    )


@pytest.mark.parametrize("H", [2, 7, 20])
def test_realized_kernels_agree_up_to_the_factor_that_makes_ours_unbiased(x, H):
    r, n = np.diff(x), len(x) - 1
    realized = float(r @ r)
    autocovariances = peer.RealizedKernel(r, "parzen", H).realised - realized
    assert ours(x, "realized_kernel", bandwidth=H) == pytest.approx(
        realized + autocovariances * n / (n - 1), rel=1e-10
    )


def test_pre_averaging_agrees_up_to_small_sample_corrections(rng_seed):
    n = 40_000
    x = sc.brownian(1.0, n, rng=rng_seed).values[0]
    theirs = peer.PreAveragedVariance(np.diff(x), 0.5).variance
    assert ours(x, "preaveraged", bandwidth=100) == pytest.approx(theirs, rel=0.01)
