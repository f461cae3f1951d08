"""The laboratory: studies along one path, multilevel estimates, the NumPy route, sequential runs,
divergence.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, bits, must_reject, sample_size

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.laboratory import multilevel

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


# ---- one run until precise enough, and in NumPy


def test_a_run_to_a_standard_error_has_the_bits_of_one_run_of_as_many_paths(rng_seed):
    for save in ("stats", "last"):
        sol = sc.solve(GBM, 1.0, 1.0, n=8, paths=500, save=save, target_stderr=5e-3, rng=rng_seed)
        paths = sol.info["paths"]
        assert (
            sol.stderr[-1] <= 5e-3
            and sol.info["looks"] > 1
            and paths == 512 * 2 ** (sol.info["looks"] - 1)
        )
        plain = sc.solve(GBM, 1.0, 1.0, n=8, paths=paths, save=save, key=sol.key)
        assert_same_bits(sol.mean, plain.mean)
        assert_same_bits(sol.stderr, plain.stderr)
        assert plain.stderr[-1] > 2.5e-3
        wide, narrow = sol.estimate(), plain.estimate()
        assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low) and wide.confidence == 0.95
    with pytest.raises(ValueError, match=r"target_stderr=1e-12 needs about .* paths"):
        sc.solve(GBM, 1.0, 1.0, n=8, target_stderr=1e-12, save="stats")


def test_functions_of_arrays_run_in_numpy_along_the_same_motion(rng_seed):
    whole = sc.SDE(lambda t, x: -x, lambda t, x: 0.3 * np.ones_like(x), vectorized=True)
    lanes = sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: (0.3 + 0.0 * x[0], 0.3 + 0.0 * x[1]))
    before = compilations()
    a = sc.solve(whole, (1.0, 2.0), 1.0, n=8, paths=5000, rng=rng_seed)
    assert a.info["route"] == "numpy" and compilations() - before <= 2  # draws of noise at most
    b = sc.solve(lanes, (1.0, 2.0), 1.0, n=8, paths=5000, key=a.key)
    np.testing.assert_allclose(a.x, b.x, rtol=1e-13)
    c = sc.solve(whole, (1.0, 2.0), 1.0, n=8, paths=5000, key=a.key, workers=2, save="stats")
    assert_same_bits(a.mean, c.mean)
    assert_same_bits(a.replay(4711).x[0], a.x[4711])
    for method in ("heun", "milstein"):
        rows = sc.SDE(
            lambda t, x: -x,
            lambda t, x: 0.3 * x,
            diffusion_dx=lambda t, x: 0.3 + 0.0 * x,
            vectorized=True,
        )
        plain = sc.SDE(lambda t, x: -x, lambda t, x: 0.3 * x, diffusion_dx=lambda t, x: 0.3)
        np.testing.assert_allclose(
            sc.solve(rows, 1.0, 1.0, n=8, paths=300, key=1, method=method).x,
            sc.solve(plain, 1.0, 1.0, n=8, paths=300, key=1, method=method).x,
            rtol=1e-12,
        )


def test_what_numba_cannot_compile_runs_in_numpy_with_one_warning_that_says_what_it_costs(rng_seed):
    table = {"rate": 1.0}
    together = sc.SDE(
        lambda t, x: -table["rate"] * x * len({"a": 1.0, "b": "two"}) / 2.0, lambda t, x: 0.3
    )
    with pytest.warns(
        RuntimeWarning, match=r"cannot compile .*NumPy, some ten times slower.*vectorized=True"
    ) as caught:
        a = sc.solve(together, 1.0, 1.0, n=8, paths=300, rng=rng_seed)
    assert len(caught) == 1 and a.info["route"] == "numpy"
    alone = sc.SDE(lambda t, x: -float(repr(float(x))), lambda t, x: 0.3)
    with pytest.warns(RuntimeWarning, match=r"path by path in Python, some thousand times slower"):
        b = sc.solve(alone, 1.0, 1.0, n=8, paths=300, key=a.key)
    due = sc.solve(sc.SDE(lambda t, x: -x, lambda t, x: 0.3), 1.0, 1.0, n=8, paths=300, key=a.key)
    np.testing.assert_allclose(a.x, due.x, rtol=1e-13)
    np.testing.assert_allclose(b.x, due.x, rtol=1e-13)


# ---- divergence


def test_euler_on_a_cubic_from_afar_is_reported_with_counts_and_remedy_and_other_schemes_stay(
    rng_seed,
):
    cubic = sc.models.cubic(1.0)
    with pytest.warns(
        RuntimeWarning,
        match=r"700 of 700 paths left the finite range, first path 0 at step .*tamed_euler",
    ):
        wild = sc.solve(cubic, 30.0, 1.0, n=16, paths=700, save="stats", rng=rng_seed)
    assert wild.nonfinite == 700 and np.isnan(wild.mean[-1])
    for method in ("tamed_euler", "theta"):
        assert (
            sc.solve(cubic, 30.0, 1.0, n=16, paths=700, method=method, rng=rng_seed).nonfinite == 0
        )


def test_a_square_root_gone_negative_is_counted_and_left_out_of_nothing(rng_seed):
    sde = sc.SDE(lambda t, x: 0.5 * (0.04 - x), lambda t, x: 0.5 * math.sqrt(x))
    with pytest.warns(
        RuntimeWarning,
        match=r"of 1000 paths left the finite range.*from state \[-.*diffusion that is defined",
    ):
        sol = sc.solve(sde, 0.04, 1.0, n=16, paths=1000, rng=rng_seed)
    assert (
        0 < sol.nonfinite < 1000
        and sol.nonfinite == np.isnan(sol.x[:, -1]).sum()
        and np.isnan(sol.mean[-1])
    )
    with pytest.raises(FloatingPointError, match="left the finite range"):
        sc.solve(sde, 0.04, 1.0, n=16, paths=1000, key=sol.key, on_nonfinite="raise")
    assert (
        sc.solve(sc.models.cir(0.5, 0.04, 0.5), 0.04, 1.0, n=16, paths=1000, key=sol.key).nonfinite
        == 0
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
    make_key = multilevel.make_key
    monkeypatch.setattr(
        multilevel,
        "make_key",
        lambda rng=None, key=None: (
            rng.entropy[0] if isinstance(rng, np.random.SeedSequence) else make_key(rng, key)
        ),
    )
    with must_reject("one key for all levels", min_z=9):
        assert_mean(products()[:, 2], 0.0)
