"""An exact solution, or number, is compared with a scheme on fine steps, and refused if wrong."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_order, must_reject
from refusals import refused, wrong_type, wrong_value

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.laboratory import scheme_errors

MU, SIGMA = 0.3, 0.5
GROWTH = sc.SDE(lambda t, x: MU * x, lambda t, x: SIGMA * x, diffusion_dx=lambda t, x: SIGMA)


def right(t, x0, w):
    return x0 * math.exp((MU - SIGMA**2 / 2) * t + SIGMA * w)


WRONG = {
    "a drift too much": lambda t, x0, w: right(t, x0, w) + 0.1 * t,
    "a little too much": lambda t, x0, w: right(t, x0, w) * (1.0 + 0.05 * t),
    "Ito's correction is missing": lambda t, x0, w: x0 * math.exp(MU * t + SIGMA * w),
    "a drift too much by a little": lambda t, x0, w: right(t, x0, w) + 0.04 * t,
    "the other sign": lambda t, x0, w: right(t, x0, -w),
    "another sigma": lambda t, x0, w: right(t, x0, 1.1 * w),
    "the start is forgotten": lambda t, x0, w: right(t, 1.0, w) + (x0 - 1.0) * (1.0 - t),
}


@pytest.mark.parametrize("method", ["euler_maruyama", "milstein"])
@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_solution_is_refused_with_the_numbers(rng_seed, fault, method):
    with pytest.raises(ValueError, match=r"exact= is \d.* away from .* 1024 steps"):
        sc.strong_convergence(
            GROWTH,
            2.0,
            1.0,
            exact=WRONG[fault],
            methods=method,
            paths=2048,
            levels=(2, 3),
            rng=rng_seed,
        )


@pytest.mark.parametrize("study", [sc.strong_convergence, sc.weak_convergence])
def test_a_wrong_exact_step_of_a_model_is_refused(rng_seed, study):
    def step(t, x, dt, dW, args):
        return right(dt, x, dW) + 0.1 * dt

    mine = sc.models.Model("mine", GROWTH.drift, GROWTH.diffusion, step)
    options = {"paths": 2048, "levels": (2, 3), "rng": rng_seed}
    if study is sc.weak_convergence:
        options["test"] = lambda x: x
    with pytest.raises(ValueError, match=r"exact_step of mine is 0\.1.* away from euler_maruyama"):
        study(mine, 1.0, 1.0, **options)


def test_a_wrong_number_is_refused_with_the_numbers(rng_seed):
    with pytest.raises(ValueError, match=r"exact=1\.5 is not E f: euler_maruyama has 1\.3"):
        sc.weak_convergence(GROWTH, 1.0, 1.0, test=lambda x: x, exact=1.5, rng=rng_seed)


def square_error_of_growth(n, mu, sigma, x0=1.0, noise=1.0):
    """E |X_n - X_1|^2 of Euler-Maruyama on dX = mu X dt + sigma X dW, by hand.

    A step multiplies by R = 1 + mu h + noise sigma dW, and the solution by G. `noise` is the part
    of the noise that the scheme takes. E R G is e^(mu h) (1 + mu h + noise sigma^2 h).
    """
    h = 1.0 / n
    scheme = ((1 + mu * h) ** 2 + noise**2 * sigma**2 * h) ** n
    both = (math.exp(mu * h) * (1 + mu * h + noise * sigma**2 * h)) ** n
    return x0**2 * (scheme + math.exp(2 * mu + sigma**2) - 2 * both)


def square_error_of_rotation(n):
    """The same of Z = X_1 + i X_2, dZ = -Z/2 dt + i Z dW: R = 1 - h/2 + i dW, G = e^(i dW).

    E |R|^2 = (1 - h/2)^2 + h, and E R conj(G) = (1 + h/2) e^(-h/2).
    """
    h = 1.0 / n
    return ((1 - h / 2) ** 2 + h) ** n + 1.0 - 2 * ((1 + h / 2) * math.exp(-h / 2)) ** n


def no_error(n):
    """The error of Euler-Maruyama where both coefficients are constant."""
    return 0.0


RIGHT = {
    "a motion alone, whose scheme is exact": (
        sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive"),
        0.0,
        lambda t, x0, w: x0 + w,
        no_error,
    ),
    "the same, of size 1e-12": (
        sc.SDE(lambda t, x: 0.0, lambda t, x: 1e-12, noise="additive"),
        0.0,
        lambda t, x0, w: x0 + 1e-12 * w,
        no_error,
    ),
    "the same, of size 1e12": (
        sc.SDE(lambda t, x: 0.0, lambda t, x: 1e12, noise="additive"),
        0.0,
        lambda t, x0, w: x0 + 1e12 * w,
        no_error,
    ),
    "two noises": (
        sc.SDE(
            lambda t, x: (0.05 * x[0], 0.05 * x[1]),
            lambda t, x: (0.3 * x[0], 0.2 * x[1]),
            diffusion_dx=lambda t, x: (0.3, 0.2),
        ),
        (1.0, 3.0),
        lambda t, x0, w: (
            x0[0] * math.exp(0.005 * t + 0.3 * w[0]),
            x0[1] * math.exp(0.03 * t + 0.2 * w[1]),
        ),
        lambda n: (
            square_error_of_growth(n, 0.05, 0.3) + square_error_of_growth(n, 0.05, 0.2, x0=3.0)
        ),
    ),
    "one noise for two components": (
        sc.SDE(
            lambda t, x: (-0.5 * x[0], -0.5 * x[1]),
            lambda t, x: (-x[1], x[0]),
            noise="scalar",
        ),
        (1.0, 0.0),
        lambda t, x0, w: (
            x0[0] * math.cos(w) - x0[1] * math.sin(w),
            x0[0] * math.sin(w) + x0[1] * math.cos(w),
        ),
        square_error_of_rotation,
    ),
    "three noises for one component of two": (
        sc.SDE(
            lambda t, x: (0.0, 1.0),
            lambda t, x: ((1.0, 2.0, 3.0), (0.0, 1.0, 0.0)),
            noise="additive",
        ),
        (1.0, 0.0),
        lambda t, x0, w: (x0[0] + w[0] + 2.0 * w[1] + 3.0 * w[2], x0[1] + t + w[1]),
        no_error,
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_solution_is_taken_whatever_its_noise_and_scale(rng_seed, case):
    sde, x0, exact, square_error = RIGHT[case]
    study = sc.strong_convergence(
        sde, x0, 1.0, exact=exact, paths=2048, levels=(3, 5), rng=rng_seed
    )
    found = SimpleNamespace(
        mean=study.error["euler_maruyama"], stderr=study.stderr["euler_maruyama"]
    )
    due = np.sqrt([square_error(8), square_error(32)])
    if square_error is no_error:
        size = float(np.abs(sde.diffusion(0.0, x0)).max())
        assert (found.mean < 1e-13 * size).all()  # 32 sums are rounded
        return
    assert_mean(found, due, detects=0.5 * due, sigmas=7)
    with must_reject("the errors of four times the steps", min_z=8):
        assert_mean(found, due / 2.0)


def test_a_users_own_scheme_is_on_trial_itself(rng_seed):
    """A scheme that forgets half of the noise does not make the solution wrong: it stalls.

    Between 64 and 256 steps its error hardly falls, with the slope that is computed by hand.
    """
    half = sc.Method(
        "half",
        lambda a, b, t, x, dt, dW, args: x + a(t, x) * dt + 0.5 * b(t, x) * dW,
        {"diagonal": 0.5},
        {"diagonal": 1.0},
        0.0,
        "this test",
    )
    study = sc.strong_convergence(
        GROWTH, 1.0, 1.0, methods=half, exact=right, paths=2048, levels=(6, 8), rng=rng_seed
    )
    before, after = (square_error_of_growth(n, MU, SIGMA, noise=0.5) for n in (64, 256))
    slope = 0.5 * math.log(before / after) / math.log(4.0)
    assert_order(study.order["half"], slope, sigmas=7)
    with must_reject("the order of the scheme with all of its noise"):
        assert_order(study.order["half"], 0.5)


def test_the_check_leaves_the_numbers_of_the_study_as_they_are(rng_seed, monkeypatch):
    def errors():
        study = sc.strong_convergence(
            GROWTH, 1.0, 1.0, exact=right, paths=2048, levels=(2, 3), rng=rng_seed
        )
        return study.error["euler_maruyama"]

    checked = errors()
    monkeypatch.setattr(scheme_errors, "check_solution", lambda *everything: None)
    assert (errors() == checked).all()


def test_another_start_and_other_parameters_compile_nothing():
    def study(rate, x0):
        equation = sc.SDE(lambda t, x, m: m * x, lambda t, x, m: x, args=(rate,))
        return sc.strong_convergence(
            equation,
            x0,
            1.0,
            exact=lambda t, x, w, m: x * math.exp((m - 0.5) * t + w),
            paths=2048,
            levels=(2, 3),
            key=1,
        )

    study(0.1, 1.0)
    before = compilations()
    study(0.2, 3.0)
    assert compilations() == before


def strong(**options):
    return sc.strong_convergence(GROWTH, 1.0, 1.0, **options)


REFUSED = {
    "a number": wrong_type(lambda: strong(exact=3.0), r"exact=3\.0 must be a Python function"),
    "no w": wrong_type(lambda: strong(exact=lambda t, x0: x0), r"exact is called as exact\(t, x0"),
    "not x0 at the start": wrong_value(
        lambda: strong(exact=lambda t, x0, w: 2.0 * x0), r"exact\(0, 1, 0\) returned 2: .*x0=1"
    ),
    "a tuple": wrong_value(
        lambda: strong(exact=lambda t, x0, w: (x0,)), r"exact\(0, 1, 0\) returned \(1\.0,\)"
    ),
    "with a reference": wrong_value(
        lambda: strong(exact=right, reference="finest"), r"reference='finest' and exact=.*give one"
    ),
    "as a reference": wrong_type(
        lambda: strong(reference=right), r"reference=.* must be a word: .*exact=lambda t, x0, w"
    ),
    "a reference that is not known": wrong_value(
        lambda: strong(reference="best"),
        r"reference='best' must be one of 'auto', 'exact', 'finest', 'euler_maruyama', 'heun'",
    ),
    "no exact path": wrong_value(
        lambda: strong(reference="exact"), r"reference='finest', or exact=lambda t, x0, w"
    ),
    "a function in a weak study": wrong_type(
        lambda: sc.weak_convergence(GROWTH, 1.0, 1.0, test=lambda x: x, exact=right),
        r"exact=.*must be the number E f",
    ),
    "with a running statistic": wrong_value(
        lambda: strong(exact=right, running="maximum"), r"exact= and running= do not go together"
    ),
}


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_bad_exact_solution_is_refused_before_anything_is_compiled(slip):
    before = compilations()
    refused(slip)
    assert compilations() == before


def test_the_list_of_references_names_each_once():
    with pytest.raises(ValueError, match="one of") as caught:
        strong(reference="best")
    names = str(caught.value).split("one of ")[1].split(", ")
    assert len(set(names)) == len(names) and "'exact'" in names
