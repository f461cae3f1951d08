"""First passage: the simulated law is the exact one at any n, and the exact ones agree with each
other.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import mpmath
import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import integrate, stats
from scipy.special import ndtr

import stochcalc as sc
from stochcalc.engine.compiler.jit import compilations
from stochcalc.engine.loop import runner
from stochcalc.methods import METHODS
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, chain_passage, ou_passage
from stochcalc.passage.first_passage import _job, first_passage, hit_and_time

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
MU, SIGMA = 0.5, 0.8


def moving(mu=MU, sigma=SIGMA, noise="diagonal"):
    return sc.SDE(
        lambda t, x, mu, sigma: mu,
        lambda t, x, mu, sigma: sigma,
        noise=noise,
        args=(mu, sigma),
        drift_dx=lambda t, x, mu, sigma: 0.0,
        diffusion_dx=lambda t, x, mu, sigma: 0.0,
    )


BM, OU = moving(), sc.models.ou(2.0, 0.5, 1.0)


# ---- the laws, without a random number


def inverse_gaussian(t, d, mu, sigma, power):
    """t^power times the density of the first passage of mu t + sigma W through d."""
    return (
        t**power
        * d
        / (sigma * math.sqrt(2 * math.pi * t**3))
        * math.exp(-((d - mu * t) ** 2) / (2 * sigma**2 * t))
    )


def test_the_law_of_brownian_motion_is_the_integral_of_the_inverse_gaussian_density():
    for d, mu, sigma in ((1.0, 0.5, 0.8), (1.0, -0.5, 0.8), (0.3, 0.0, 2.0)):
        due, mean = (
            integrate.quad(inverse_gaussian, 0, 2.0, (d, mu, sigma, power), epsabs=1e-13)[0]
            for power in (0, 1)
        )
        assert brownian_passage(2.0, d, mu, sigma) == pytest.approx(due, abs=1e-12)
        assert brownian_mean(2.0, d, mu, sigma) == pytest.approx(
            mean + 2.0 * (1.0 - due), abs=1e-12
        )
        assert brownian_passage(2.0, -d, -mu, sigma) == brownian_passage(2.0, d, mu, sigma)
    assert brownian_passage([0.0, 1e-300], 1.0).tolist() == [0.0, 0.0]
    assert brownian_passage(1.0, 1.0, 1e4) == 1.0 and brownian_passage(1.0, 1.0, -1e4) == 0.0


@pytest.mark.parametrize(
    "x0, barrier, theta, mu, sigma",
    [
        (0.0, 0.5, 1.0, 0.0, 1.0),
        (0.0, 1.0, 2.0, 0.5, 1.0),
        (1.0, -0.3, 1.5, 0.2, 0.8),
        (0.0, 0.01, 1.0, 0.0, 1.0),
    ],
)
def test_the_law_of_ornstein_uhlenbeck_has_the_laplace_transform_of_parabolic_cylinder_functions(
    x0, barrier, theta, mu, sigma
):
    rate, unit = 4.0, math.copysign(math.sqrt(2 * theta) / sigma, barrier - x0)
    x, y, order = (x0 - mu) * unit, (barrier - mu) * unit, -rate / theta
    due = mpmath.exp((x * x - y * y) / 4) * mpmath.pcfd(order, -x) / mpmath.pcfd(order, -y)
    node, weight = np.polynomial.legendre.leggauss(200)
    node = 0.5 * (node + 1.0)
    t = 10.0 * node**4  # e^-40 is left beyond
    transform = np.sum(
        0.5
        * weight
        * 40.0
        * node**3
        * rate
        * np.exp(-rate * t)
        * ou_passage(t, x0, barrier, theta, mu, sigma)
    )
    assert transform == pytest.approx(float(due), abs=1e-11)


def test_at_its_mean_the_law_is_closed_and_the_integral_equation_leads_there():
    due = 2 * ndtr(-1.0 / math.sqrt((math.e**2 - 1) / 2))
    assert ou_passage(1.0, 1.0, 0.0, 1.0, 0.0, 1.0) == pytest.approx(due, abs=1e-15)
    assert ou_passage(1.0, 1.0, 1e-9, 1.0, 0.0, 1.0) == pytest.approx(due, abs=1e-8)
    assert ou_passage([0.0, 1e-6], 1.0, 0.0, 1.0, 0.5, 1.0).tolist() == [0.0, 0.0]


def test_the_law_on_n_steps_is_exact_for_brownian_motion_and_tends_to_the_law_for_ornstein_uhlenbeck():
    for n in (1, 2, 8):
        assert chain_passage(n, 1.0, 0.0, -1.0, mu=MU, sigma=SIGMA) == pytest.approx(
            brownian_passage(1.0, -1.0, MU, SIGMA), abs=1e-13
        )
    assert chain_passage(1, 1.0, 0.0, 1.0, correction=False) == pytest.approx(ndtr(-1.0), abs=1e-13)
    due = ou_passage(1.0, 0.0, 1.0, 2.0, 0.5, 1.0)
    for method, order in (("exact", 2.0), ("euler_maruyama", 1.0)):
        coarse, fine = (
            chain_passage(n, 1.0, 0.0, 1.0, theta=2.0, mu=0.5, sigma=1.0, method=method) - due
            for n in (32, 128)
        )
        assert math.log(coarse / fine) / math.log(4.0) == pytest.approx(order, abs=0.15)


def test_a_bridge_that_crosses_does_so_at_an_inverse_gaussian_ratio_of_times():
    a, c, s2h = 0.7, 0.4, 1.3
    density = lambda u: (
        u**-1.5
        * math.exp(-a * a / (2 * s2h * u))
        / math.sqrt(1 - u)
        * math.exp(-c * c / (2 * s2h * (1 - u)))
    )
    whole = integrate.quad(density, 0, 1)[0]
    mean, shape = a / c, a * a / s2h
    for u in (0.1, 0.3, 0.6, 0.9):
        due = stats.invgauss(mean / shape, scale=shape).cdf(u / (1 - u))
        assert integrate.quad(density, 0, u)[0] / whole == pytest.approx(due, abs=1e-8)


# ---- simulation


@pytest.mark.parametrize("mu, barrier", [(MU, 1.0), (-0.3, -0.6)])
def test_the_law_is_exact_at_four_steps_and_grid_times_alone_miss_it(rng_seed, mu, barrier):
    t = np.array([0.1, 0.3, 0.6, 0.9, 1.0])
    due = brownian_passage(t, barrier, mu, SIGMA)
    found, grid = (
        first_passage(
            moving(mu), 0.0, barrier, 1.0, n=4, paths=100_000, correction=correction, rng=rng_seed
        )
        for correction in (True, False)
    )
    assert_mean(found.law(t), due, sigmas=7)
    assert_mean(found.probability, due[-1], sigmas=7)
    assert_mean(found.mean_restricted, brownian_mean(1.0, barrier, mu, SIGMA), sigmas=7)
    with must_reject("grid times alone"):
        assert_mean(grid.law(t[1:]), due[1:])
    with must_reject("grid times alone, P(tau <= T)"):
        assert_mean(grid.probability, due[-1])
    with must_reject("grid times alone, E min(tau, T)"):
        assert_mean(grid.mean_restricted, brownian_mean(1.0, barrier, mu, SIGMA))
    assert_mean(
        grid.probability,
        chain_passage(4, 1.0, 0.0, barrier, mu=mu, sigma=SIGMA, correction=False),
        sigmas=7,
    )
    assert set(grid.times) <= {0.25, 0.5, 0.75, 1.0, inf}


@pytest.mark.parametrize("n", [1, 3, 16])
def test_the_times_of_those_that_hit_have_the_inverse_gaussian_law_whatever_n(rng_seed, n):
    found = first_passage(BM, 0.0, 1.0, 2.0, n=n, paths=100_000, rng=rng_seed)
    times, whole = found.times[np.isfinite(found.times)], brownian_passage(2.0, 1.0, MU, SIGMA)
    law = lambda t: brownian_passage(t, 1.0, MU, SIGMA) / whole
    assert_law(times, law, alpha=1e-11)
    assert 0.0 < times.min() and times.max() <= 2.0
    with must_reject("a passage somewhere in a third of the time"):
        third = 2.0 / 3.0
        assert_law(
            third * (np.floor(times / third) + np.random.default_rng(rng_seed).random(len(times))),
            law,
        )


@pytest.mark.parametrize("method, n", [("exact", 64), ("euler_maruyama", 8)])
def test_ornstein_uhlenbeck_has_its_law_with_exact_steps_and_that_of_n_steps_with_euler(
    rng_seed, method, n
):
    found = first_passage(OU, 0.0, 1.0, 1.0, n=n, paths=100_000, method=method, rng=rng_seed)
    law = ou_passage(
        1.0, 0.0, 1.0, 2.0, 0.5, 1.0
    )  # exact steps are 3e-5 away, a fiftieth of a standard error
    finite, alone = (
        chain_passage(
            n, 1.0, 0.0, 1.0, theta=2.0, mu=0.5, sigma=1.0, method=method, correction=correction
        )
        for correction in (True, False)
    )
    assert_mean(found.probability, law if method == "exact" else finite, sigmas=7)
    with must_reject("grid times alone" if method == "exact" else "the limit"):
        assert_mean(found.probability, alone if method == "exact" else law)


def test_a_level_is_reached_exactly_where_the_maximum_of_the_motion_passes_it(rng_seed):
    W = sc.brownian(1.0, 8, paths=20_000, rng=rng_seed)
    found = first_passage(moving(0.0, 1.0), 0.0, 1.0, 1.0, n=8, paths=20_000, key=W.key)
    assert_same_bits(np.isfinite(found.times), sc.maximum(W) >= 1.0)


def test_a_mirrored_problem_has_the_same_times(rng_seed):
    up = first_passage(BM, 0.0, 1.0, 1.0, n=5, paths=1000, rng=rng_seed)
    down = first_passage(moving(-MU, -SIGMA), 0.0, -1.0, 1.0, n=5, paths=1000, rng=rng_seed)
    assert_same_bits(up.times, down.times)


def test_the_bits_do_not_depend_on_threads_chunks_pickling_or_what_is_saved(rng_seed):
    how = {"n": 5, "paths": 3000, "rng": rng_seed}
    found, other = (
        first_passage(OU, 0.0, 1.0, 1.0, workers=workers, method="exact", **how)
        for workers in (1, 2)
    )
    with ThreadPoolExecutor(2) as pool:
        elsewhere = first_passage(OU, 0.0, 1.0, 1.0, executor=pool, method="exact", **how)
    problem = sc.discretise.discretise(OU, METHODS["exact"], np.zeros(1), 0)
    job = _job(problem, sc.Partition.uniform(1.0, 5), 0.0, 1.0, 3000, found.key, True, True)
    rows, _ = runner.run(job, workers=2, chunk=1)
    assert_same_bits(found.times, other.times, elsewhere.times, rows[:, 0])
    kept, streamed = (
        first_passage(BM, 0.0, 1.0, 1.0, save=save, **how) for save in ("times", "stats")
    )
    assert streamed.times is None and streamed.key == kept.key == found.key
    assert (
        streamed.probability == kept.probability
        and streamed.mean_restricted == kept.mean_restricted
    )
    before = compilations()
    first_passage(
        sc.models.ou(1.0, 0.0, 0.7), 0.3, -1.0, 2.0, n=9, paths=300, method="exact", rng=rng_seed
    )
    assert compilations() == before


def test_another_scheme_takes_its_own_step(rng_seed):
    """They agree where the coefficients are constant; milstein brings a third function, lambda and
    an area.
    """
    found, euler = (
        first_passage(BM, 0.0, 1.0, 1.0, n=4, paths=500, method=method, rng=rng_seed)
        for method in ("milstein", "euler_maruyama")
    )
    assert np.isfinite(found.times).any() and np.allclose(
        found.times, euler.times, rtol=1e-12, atol=0.0
    )


def test_without_noise_the_passage_is_where_the_line_crosses():
    still = moving(2.0, 0.0)
    found = first_passage(still, 0.0, 1.25, 1.0, n=4, paths=3, rng=1)
    assert np.allclose(found.times, 0.625, rtol=1e-15) and found.probability.value == 1.0
    assert first_passage(still, 0.0, 1.0, 1.0, n=4, paths=1, rng=1).times[0] == 0.5
    missed = first_passage(still, 0.0, -1.0, 1.0, n=4, paths=3, rng=1)
    assert (missed.times == inf).all() and missed.mean_restricted.value == 1.0
    assert missed.probability.high == pytest.approx(0.56, abs=0.01)  # three paths say little


def test_paths_that_leave_the_finite_range_are_counted_and_reported(rng_seed):
    wild = sc.SDE(lambda t, x: x**3, lambda t, x: 1)  # an int is a number too
    with pytest.warns(
        RuntimeWarning, match=r"of 300 paths left the finite range, first path \d+: use more steps"
    ):
        found = first_passage(wild, 0.0, -1.0, 8.0, n=20, paths=300, rng=rng_seed)
    assert 50 < found.nonfinite < 250 and f"nonfinite={found.nonfinite}" in repr(found)
    assert math.isnan(found.probability.value) and math.isnan(found.mean_restricted.value)
    assert (
        np.isnan(found.times).sum() == found.nonfinite
        and np.isnan(found.law([0.0, 0.5]).value).all()
    )
    assert np.isnan(hit_and_time(1.0, (nan, -1.0), ())).all() and hit_and_time(
        1.0, (0.0, -1.0), ()
    ) == (0.0, 1.0)
    safe = first_passage(
        wild, 5.0, 6.0, 1.0, n=20, paths=300, rng=rng_seed
    )  # at the barrier before it explodes
    assert safe.nonfinite == 0 and safe.probability.value > 0.5


def test_the_record_prints_itself_and_draws_itself(rng_seed):
    found = first_passage(BM, 0.0, 1.0, 1.0, n=4, paths=1000, rng=rng_seed)
    assert repr(found).startswith(
        "FirstPassage(x0=0 to 1: P(tau <= 1) = 0."
    ) and f"key={found.key}" in repr(found)
    assert found.law(0.5).value == np.mean(found.times <= 0.5) and found.law(
        [[0.5]]
    ).value.shape == (1, 1)
    assert found.info["correction"] and found.info["numba_names"] == ()
    _, ax = plt.subplots()
    assert found.plot(ax) is ax and found.plot(ax, color="black") is ax
    plt.close("all")


# ---- bad input


def passage(x0=0.0, barrier=1.0, end=1.0, sde=BM, **options):
    return first_passage(sde, x0, barrier, end, **({"n": 4, "paths": 10} | options))


def one(t, x):
    return 1.0


KEPT = sc.SDE(lambda t, x: (x[1], 0.0), lambda t, x: (0.0, 1.0))
CASES = {
    "sde: a function": bad(lambda: passage(sde=math.sin), T, r"sde=<built-in function sin>"),
    "sde: of a system": bad(lambda: passage(sde=KEPT), T, r"drift\(t, x\) fails at \(0\.0, 0\.0\)"),
    "x0: a system": bad(lambda: passage([0.0, 0.0], sde=KEPT), T, r"x0=\[0\.0, 0\.0\]"),
    "x0: nan": bad(lambda: passage(nan), V, r"x0=nan"),
    "x0: text": bad(lambda: passage("0"), T, r"x0='0'"),
    "barrier: at the start": bad(lambda: passage(1.0), V, r"barrier=1 is at the start x0=1"),
    "barrier: nan": bad(lambda: passage(barrier=nan), V, r"barrier=nan"),
    "barrier: inf": bad(lambda: passage(barrier=inf), V, r"barrier=inf"),
    "barrier: two": bad(lambda: passage(barrier=(-1.0, 1.0)), T, r"barrier=\(-1\.0, 1\.0\)"),
    "barrier: a curve": bad(lambda: passage(barrier=lambda t: 1.0 + t), T, r"barrier=<function"),
    "T: zero": bad(lambda: passage(end=0), V, r"T=0"),
    "T: negative": bad(lambda: passage(end=-1.0), V, r"T=-1\.0"),
    "T: nan": bad(lambda: passage(end=nan), V, r"T=nan"),
    "n: zero": bad(lambda: passage(n=0), V, r"n=0"),
    "n: a step size": bad(lambda: passage(n=0.01), T, r"n=0\.01"),
    "paths: zero": bad(lambda: passage(paths=0), V, r"paths=0"),
    "paths: a float": bad(lambda: passage(paths=1e4), T, r"paths=10000\.0.*write paths=10000"),
    "paths: memory": bad(lambda: passage(paths=2**45), V, r"passage times .*bytes.*save=\"stats\""),
    "method: unknown": bad(lambda: passage(method="euler"), V, r"method='euler'.*'euler_maruyama'"),
    "method: exact without a path": bad(lambda: passage(method="exact"), V, r"method='exact'"),
    "method: a missing derivative": bad(
        lambda: passage(sde=sc.SDE(lambda t, x: x, lambda t, x: x), method="milstein"),
        V,
        r"milstein needs diffusion_dx",
    ),
    "correction: text": bad(lambda: passage(correction="bridge"), T, r"correction='bridge'"),
    "save: all": bad(lambda: passage(save="all"), V, r"save='all'.*'times', 'stats'"),
    "rng and key": bad(lambda: passage(rng=1, key=2), V, r"rng=1.*key=2"),
    "workers: zero": bad(lambda: passage(workers=0), V, r"workers=0"),
    "executor: text": bad(lambda: passage(executor="pool"), T, r"executor='pool'"),
    "drift: a tuple": bad(
        lambda: passage(sde=sc.SDE(lambda t, x: (x,), one)), V, r"drift\(0, 0\) returned \(0\.0,\)"
    ),
    "diffusion: nan at the start": bad(
        lambda: passage(sde=sc.SDE(one, lambda t, x: nan)), V, r"diffusion\(0, 0\) = nan"
    ),
    "sde: vectorized": bad(
        lambda: passage(sde=sc.SDE(one, one, vectorized=True)), V, r"vectorized=True"
    ),
    "noise: general": bad(
        lambda: passage(sde=sc.SDE(one, one, noise="general")), V, r"noise='general'"
    ),
    "brownian_passage: t": bad(lambda: brownian_passage(-1.0, 1.0), V, r"t=-1"),
    "brownian_passage: distance": bad(lambda: brownian_passage(1.0, 0.0), V, r"distance=0"),
    "brownian_passage: sigma": bad(lambda: brownian_passage(1.0, 1.0, 0.0, 0.0), V, r"sigma=0"),
    "brownian_mean: T": bad(lambda: brownian_mean(0.0, 1.0), V, r"T=0"),
    "ou_passage: theta": bad(lambda: ou_passage(1.0, 0.0, 1.0, 0.0, 0.0, 1.0), V, r"theta=0"),
    "ou_passage: barrier": bad(
        lambda: ou_passage(1.0, 1.0, 1.0, 1.0, 0.0, 1.0), V, r"barrier=1 is at the start x0=1"
    ),
    "ou_passage: late": bad(
        lambda: ou_passage(100.0, 0.0, 1.0, 1.0, 0.0, 1.0), V, r"t=100 is over 50 relaxation times"
    ),
    "chain_passage: n": bad(lambda: chain_passage(2000, 1.0, 0.0, 1.0), V, r"n=2000"),
    "chain_passage: method": bad(
        lambda: chain_passage(2, 1.0, 0.0, 1.0, method="heun"), V, r"method='heun'"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, pattern = CASES[case]
    before = compilations()
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert caught.type in (TypeError, ValueError)
    assert compilations() <= before
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("t", [-0.1, 1.1, nan, "a"])
def test_a_law_is_asked_for_within_the_run(t):
    with pytest.raises((TypeError, ValueError), match=r"t(=-0\.1|=1\.1|\[0\]=nan| has dtype)"):
        passage(rng=1).law(t)


def test_statistics_alone_keep_no_law():
    with pytest.raises(ValueError, match=r't=0\.5 needs the times, and save="stats"'):
        passage(rng=1, save="stats").law(0.5)


def test_a_function_that_cannot_be_compiled_is_named():
    def wordy(t, x):
        return x * x.as_integer_ratio()[1]

    with pytest.raises(TypeError, match=r"cannot compile wordy .*line"):
        passage(sde=sc.SDE(wordy, one))
