"""Twelve exercises of a course, each solved by at most six statements of the public API: 1 to 7.

Each exercise asks for a number that is exact at a finite n and differs from its limit. A function
measures it, and its test compares it with the number derived here, and rejects a plausible wrong
one.
"""

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from exercises import count_statements
from scipy import integrate

import stochcalc as sc

PATHS = 200_000


# ---- 1: the variance of a Riemann sum of int W dt


def area_under_a_path(n, rng):
    W = sc.brownian(1.0, n, paths=PATHS, store=False, rng=rng)
    return sc.expectation(lambda w: w[:, :-1].mean(axis=1), W)


def test_1_the_left_sum_of_the_area_has_not_the_variance_of_the_area(rng_seed):
    """Var (h sum_{k<n} W_k) = h^2 sum min(t_j, t_k) = (n - 1)(2n - 1)/(6 n^2)."""
    n = 8
    area = area_under_a_path(n, rng_seed)
    t = np.arange(n) / n
    exact = np.minimum.outer(t, t).mean()
    assert exact == pytest.approx((n - 1) * (2 * n - 1) / (6 * n**2)) == 0.2734375
    assert_mean(area.variance(), exact, detects=0.012, sigmas=7)
    with must_reject("the limit 1/3"):
        assert_mean(area.variance(), 1 / 3)


# ---- 2: quadratic variation knows ever less about the end


def variation_and_end(n, rng):
    W = sc.brownian(1.0, n, paths=PATHS, store=False, rng=rng)

    def product(w):
        return ((np.diff(w, axis=1) ** 2).sum(axis=1) - 1) * (w[:, -1] ** 2 - 1)

    return sc.expectation(product, W)


def test_2_quadratic_variation_and_the_square_of_the_end_have_the_correlation_of_one_over_root_n(
    rng_seed,
):
    """Cov(Q, W^2) = sum Cov(dW_k^2, dW_k^2) = 2/n, and Var Q Var W^2 = (2/n) 2."""
    n = 16
    covariance = variation_and_end(n, rng_seed).estimate()
    scale = math.sqrt(2 / n * 2)
    correlation = sc.Estimate.normal(covariance.value / scale, covariance.stderr / scale)
    assert_mean(covariance, 0.125, detects=0.02, sigmas=7)
    assert_mean(correlation, 0.25, detects=0.04, sigmas=7)
    with must_reject("the limit 0"):
        assert_mean(correlation, 0.0)
    with must_reject("1: Q is W^2 on one step"):
        assert_mean(correlation, 1.0)


# ---- 3: a toss of lambda in each step


def tossed_sums(n, rng):
    W = sc.brownian(1.0, n, paths=PATHS, rng=rng)
    generator = np.random.default_rng([rng, 1])
    lam = generator.uniform(size=W.increments.shape)
    bridge = np.sqrt(lam * (1 - lam) / n) * generator.standard_normal(lam.shape)
    at_the_toss = W.values[:, :-1] + lam * W.increments + bridge
    return (at_the_toss * W.increments).sum(axis=1) - W.values[:, -1] ** 2 / 2


def test_3_tossing_the_evaluation_point_gives_stratonovich_s_integral(rng_seed):
    """A step leaves (A^2 - B^2)/2, whose mean is (lam - 1/2) h and whose variance is
    (lam^2 + (1 - lam)^2)/2 h^2. Over lambda the mean square is (1/12 + 1/3) h^2.
    """
    n = 32
    excess = tossed_sums(n, rng_seed)
    assert 5 / (12 * n) == pytest.approx(0.0130208, abs=5e-8)
    assert_mean(excess, 0.0, detects=0.01, sigmas=7)
    assert_mean(excess**2, 5 / (12 * n), detects=0.001, sigmas=7)
    with must_reject("1/(3 n): the spread of lambda forgotten"):
        assert_mean(excess**2, 1 / (3 * n))


# ---- 4 and 5: isometries


def second_moment(f, n, rng, paths=PATHS):
    W = sc.brownian(1.0, n, paths=paths, store=False, rng=rng)
    return sc.ito(f, W, save="stats").mean_square()


def test_4_the_isometry_of_the_square(rng_seed):
    """h sum 3 t_k^2 = (n - 1)(2n - 1)/(2 n^2)."""
    n = 8
    found = second_moment(lambda t, w: w * w, n, rng_seed)
    exact = 3 * sum((k / n) ** 2 for k in range(n)) / n
    assert exact == pytest.approx((n - 1) * (2 * n - 1) / (2 * n**2)) == 0.8203125
    assert_mean(found, exact, detects=0.3, sigmas=7)
    with must_reject("3: E W^4 at the end alone"):
        assert_mean(found, 3.0)


def test_5_the_isometry_of_the_exponential(rng_seed):
    """h sum e^(2 t_k) = h (e^2 - 1)/(e^(2h) - 1)."""
    n = 16
    found = second_moment(lambda t, w: math.exp(w), n, rng_seed, paths=5 * PATHS)
    exact = sum(math.exp(2 * k / n) for k in range(n)) / n
    assert exact == pytest.approx(math.expm1(2) / n / math.expm1(2 / n))
    assert exact == pytest.approx(2.9990285, abs=5e-8)
    assert_mean(found, exact, sigmas=7)
    with must_reject("int (E e^W)^2 dt = e - 1"):
        assert_mean(found, math.e - 1)


# ---- 6: from Stratonovich to Ito


def read_by_stratonovich(n, rng):
    sde = sc.SDE(lambda t, x: -x, lambda t, x: x / 2, lam=0.5, diffusion_dx=lambda t, x: 0.5)
    X = sc.solve(sde, 1.0, 1.0, n=n, paths=PATHS, method="heun", save="stats", rng=rng)
    return sde.to_ito().drift(0.0, 1.0), X.moments[-1].estimate()


def test_6_the_drift_gains_one_eighth_and_heun_has_a_known_mean(rng_seed):
    """A step of Heun's scheme multiplies by 1 + y + y^2/2 with y = -h + dW/2."""
    n = 4
    drift, mean = read_by_stratonovich(n, rng_seed)
    factor = 1 - 1 / n + (1 / n**2 + 1 / (4 * n)) / 2
    assert drift == -0.875 and factor == 0.8125
    assert_mean(mean, factor**n, detects=0.01, sigmas=7)
    with must_reject("e^(-1): the equation read by Ito"):
        assert_mean(mean, math.exp(-1))


# ---- 7: the strong error of Euler-Maruyama with additive noise


def strong_study(rng):
    model = sc.models.ou(1.0, 0.0, 1.0)
    return sc.strong_convergence(model, 0.0, 1.0, levels=(2, 3, 4), paths=PATHS, rng=rng)


def test_7_euler_maruyama_has_order_one_for_additive_noise(rng_seed):
    """e_n = sum_k int (e^(-(1-s)) - (1-h)^(n-1-k)) dW over step k; its square by the isometry."""
    study = strong_study(rng_seed)
    quoted = (0.00665431, 0.00152827, 0.00036653)
    for i, n in enumerate((4, 8, 16)):
        exact = sum(
            integrate.quad(
                lambda s, k=k, n=n: (math.exp(s - 1) - (1 - 1 / n) ** (n - 1 - k)) ** 2,
                k / n,
                (k + 1) / n,
            )[0]
            for k in range(n)
        )
        assert exact == pytest.approx(quoted[i], abs=5e-9)
        assert study.exact["euler_maruyama"][i] ** 2 == pytest.approx(exact, rel=1e-8)
        assert_mean(study.mean_squares("euler_maruyama")[i], exact, detects=0.05 * exact, sigmas=7)
    with must_reject("order 1/2 from n = 4 on"):
        assert_mean(study.mean_squares("euler_maruyama")[2], quoted[0] / 4)


SOLUTIONS = (
    area_under_a_path,
    variation_and_end,
    tossed_sums,
    second_moment,
    read_by_stratonovich,
    strong_study,
)


# ---- the length of the solutions


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.__name__)
def test_a_solution_has_at_most_six_statements(solution):
    assert 0 < count_statements(solution) <= 6
