"""The laboratory: studies along one path, and multilevel estimates."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, bits, must_reject, sample_size

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.laboratory import level_sampler

GBM = sc.models.gbm(0.5, 0.4)


def test_every_scheme_of_a_study_is_the_one_that_solve_runs(rng_seed):
    """All levels of all schemes in one pass, against each by itself along the coarsened motion."""
    names = ["euler_maruyama", "milstein", "heun"]
    found = sc.strong_convergence(
        GBM, 1.0, 1.0, methods=names, levels=(1, 3), paths=2100, rng=rng_seed
    )
    W = sc.brownian(1.0, 8, paths=2100, key=found.key)
    due = GBM.exact(W)[:, -1]
    for name in names:
        for i, n in enumerate((2, 8)):
            x = sc.solve(GBM, 1.0, noise=W.coarsen(8 // n), method=name, save="last").x[:, 0]
            assert found.error[name][i] == pytest.approx(np.sqrt(np.mean((x - due) ** 2)), rel=1e-9)


def test_local_slopes_tend_to_the_order_and_carry_intervals(rng_seed):
    found = sc.strong_convergence(
        GBM, 1.0, 1.0, methods="milstein", levels=range(2, 8), paths=8192, rng=rng_seed
    )
    local = found.local_order("milstein")
    assert len(local) == 5 and all(0 < e.stderr < 0.05 and e.low < e.value < e.high for e in local)
    exact = [math.log2(a / b) for a, b in zip(found.exact["milstein"], found.exact["milstein"][1:])]
    assert_mean(
        SimpleNamespace(
            mean=np.array([e.value for e in local]), stderr=np.array([e.stderr for e in local])
        ),
        exact,
        sigmas=8,
    )
    assert abs(exact[-1] - 1) < abs(exact[0] - 1)
    assert found.slope("milstein").value == found.order["milstein"].value


def test_common_random_numbers_sharpen_the_bias(rng_seed):
    found = sc.weak_convergence(
        GBM, 1.0, 1.0, test=lambda x: x, levels=(4, 5), paths=sample_size(50_000), rng=rng_seed
    )
    spread = math.sqrt(GBM.var(1.0) / found.paths)
    assert (found.stderr["euler_maruyama"] < 0.3 * spread).all()
    np.testing.assert_allclose(
        found.exact["euler_maruyama"],
        [math.exp(0.5) - (1 + 0.5 / n) ** n for n in (16, 32)],
        rtol=1e-9,
    )


def test_weak_studies_of_systems_take_a_test_of_the_components(rng_seed):
    sde = sc.SDE(lambda t, x: (0.5 * x[0], -x[1]), lambda t, x: (0.3 * x[0], 0.2 + 0.0 * x[1]))
    found = sc.weak_convergence(
        sde,
        (1.0, 1.0),
        1.0,
        test=lambda x: x[0] + x[1],
        levels=(2, 3),
        paths=sample_size(100_000),
        rng=rng_seed,
    )
    exact = [
        abs((1 + 0.5 / n) ** n + (1 - 1 / n) ** n - math.exp(0.5) - math.exp(-1)) for n in (4, 8)
    ]
    measured = SimpleNamespace(
        mean=found.error["euler_maruyama"], stderr=found.stderr["euler_maruyama"]
    )
    assert_mean(measured, exact, sigmas=7)
    with must_reject("the bias of the first component alone"):
        assert_mean(measured, [math.exp(0.5) - (1 + 0.5 / n) ** n for n in (4, 8)])


# ---- multilevel


@pytest.mark.parametrize("method", ["euler_maruyama", "milstein"])
def test_multilevel_reaches_its_target(rng_seed, method):
    found = sc.mlmc(GBM, 1.0, 1.0, test=lambda x: x, target=4e-3, method=method, rng=rng_seed)
    n = 2.0 ** found.level[-1]
    assert_mean(
        SimpleNamespace(mean=found.estimate.value, stderr=found.estimate.stderr),
        (1 + 0.5 / n) ** n,
        sigmas=7,
    )
    assert found.estimate.stderr <= 4e-3 / math.sqrt(2) * 1.05 and found.bias <= 4e-3 / math.sqrt(2)
    assert abs(math.exp(0.5) - (1 + 0.5 / n) ** n) < 4e-3
    assert found.cost < found.plain_cost and list(found.level) == list(range(len(found.level)))
    assert (np.diff(found.paths) <= 0).all() and "root-mean-square" in str(found)
    fall = np.polyfit(found.level[3:], np.log2(found.variance[3:]), 1)[0]
    assert fall == pytest.approx(-2.0 if method == "milstein" else -1.0, abs=0.35)
    again = sc.mlmc(
        GBM, 1.0, 1.0, test=lambda x: x, target=4e-3, method=method, key=found.key, workers=1
    )
    assert bits(again.mean) == bits(found.mean) and again.estimate == found.estimate
    with must_reject("without the finer levels", min_z=10):
        assert_mean(
            SimpleNamespace(
                mean=found.mean[0], stderr=math.sqrt(found.variance[0] / found.paths[0])
            ),
            math.exp(0.5),
        )


def test_a_sweep_over_parameters_and_readings_compiles_once():
    def study(mu, sigma, lam):
        sde = sc.SDE(
            lambda t, x, m, s: m * x,
            lambda t, x, m, s: s * x,
            args=(mu, sigma),
            lam=lam,
            diffusion_dx=lambda t, x, m, s: s,
        )
        return sc.strong_convergence(
            sde, 1.0, 1.0, methods=["milstein", "lambda_euler"], levels=(1, 2), paths=2048, key=1
        )

    study(0.1, 0.2, 0.25)
    before = compilations()
    for mu, sigma, lam in ((0.2, 0.3, 0.25), (0.3, 0.1, 0.5), (0, 1, 1)):
        study(mu, sigma, lam)
    assert compilations() == before


def test_a_call_far_from_its_strike_is_not_taken_for_a_polynomial():
    study = sc.weak_convergence(
        sc.models.gbm(0.05, 0.2),
        100.0,
        1.0,
        test=lambda x: max(x - 100.0, 0.0),
        levels=(2, 3),
        paths=4096,
        key=1,
    )
    assert not study.exact
    assert sc.weak_convergence(
        sc.models.gbm(0.05, 0.2),
        100.0,
        1.0,
        test=lambda x: x * x - 3.0 * x + 1.0,
        levels=(2, 3),
        paths=4096,
        key=1,
    ).exact


def test_along_a_correlated_motion_matrix_noise_runs_with_schemes_that_take_increments_only(
    rng_seed,
):
    """x_1' sums b_1 x dW_1 + b_2 x dW_2: E x = 1, and E x^2 = (1 + (b_1^2 + 2 rho b_1 b_2 + b_2^2)
    h)^n by Euler.
    """
    b1, b2, rho, n = 0.3, 0.5, 0.8, 8
    W = sc.brownian(
        n=n, paths=400_000, dim=2, correlation=[[1.0, rho], [rho, 1.0]], store=False, rng=rng_seed
    )
    sde = sc.SDE(
        lambda t, x: (0.0, 0.0),
        lambda t, x: ((b1 * x[0], b2 * x[0]), (0.0, 0.0)),
        noise="commuting",
    )
    sol = sc.solve(sde, (1.0, 0.0), noise=W, save="stats")
    assert_mean(sol.moments[-1, 0], 1.0)
    z = sol.moments[-1, 0].mean_square().z((1 + (b1**2 + 2 * rho * b1 * b2 + b2**2) / n) ** n)
    assert abs(z) < 6


def test_the_levels_of_a_multilevel_estimate_have_paths_of_their_own(rng_seed, monkeypatch):
    """Over many runs their means do not correlate; with one key for all, those of levels 1 and 2
    would by 0.6.
    """

    def products(runs=400):
        found = [
            sc.mlmc(
                sc.models.gbm(0.0, 0.5),
                1.0,
                1.0,
                test=lambda x: x,
                target=1.0,
                rng=[rng_seed, k],
                workers=1,
            )
            for k in range(runs)
        ]
        z = np.clip(
            [(f.mean - [1.0, 0.0, 0.0]) / np.sqrt(f.variance / f.paths) for f in found], -2.0, 2.0
        )
        return z[:, [0, 0, 1]] * z[:, [1, 2, 2]]

    assert_mean(products(), 0.0, detects=0.58)
    make_key = level_sampler.make_key
    monkeypatch.setattr(
        level_sampler,
        "make_key",
        lambda rng=None, key=None: (
            rng.entropy[0] if isinstance(rng, np.random.SeedSequence) else make_key(rng, key)
        ),
    )
    with must_reject("one key for all levels", min_z=9):
        assert_mean(products()[:, 2], 0.0)
