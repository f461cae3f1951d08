"""Each function of a user, at each public door, is compared with Python's value at the start."""

from __future__ import annotations

import pytest

import stochcalc as sc
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.failures import find_users_functions
from stochcalc.engine.functions.trials import Trial


def a(t, x):
    return 0.1 * x


def b(t, x):
    return 0.2 + 0.1 * x


def da(t, x):
    return 0.1


def db(t, x):
    return 0.1


def f(t, w):
    return w * w


def of_w(w):
    return w * w * w


def first(w):
    return 3.0 * w * w


def second(w):
    return 6.0 * w


def payoff(x):
    return x * x


def payoff_of_both(x, r):
    return x + r


def running(t, r, x, y, dt):
    return r + x * dt


def exact(t, x0, w):
    return x0 + w


def one(t, x):
    return 1.0


def zero(t, x):
    return 0.0


def stop(t, x):
    return x > 3.0


def watch(t, w, r):
    return r * r


def score(x):
    return -x


def log_density(x):
    return -0.5 * x * x


SDE = sc.SDE(a, b, drift_dx=da, diffusion_dx=db)
MOTION = sc.SDE(zero, one)
W = sc.brownian(n=4, paths=3, key=1)
STUDY = {"steps": (2, 4), "paths": 2048, "key": 1}
RUN = {"n": 4, "paths": 3, "key": 1}
RULE = {"step": 0.1, "n": 4, "chains": 3, "key": 1}
TARGET = {"target": 0.5, "rng": 1}
DOORS = {
    "solve": (lambda: sc.solve(SDE, 1.0, 1.0, **RUN), {a, b}),
    "milstein": (lambda: sc.solve(SDE, 1.0, 1.0, method="milstein", **RUN), {a, b, db}),
    "theta": (lambda: sc.solve(SDE, 1.0, 1.0, method="theta", **RUN), {a, b, da}),
    "a change of lambda": (
        lambda: sc.solve(SDE.to_stratonovich(), 1.0, 1.0, method="heun", **RUN),
        {a, b, db},
    ),
    "stop": (lambda: sc.solve(SDE, 1.0, 1.0, stop=stop, **RUN), {a, b, stop}),
    "ito": (lambda: sc.ito(f, W), {f}),
    "stratonovich": (lambda: sc.stratonovich(f, W), {f}),
    "between": (lambda: sc.riemann_sum(f, W, 0.25), {f}),
    "observe": (lambda: sc.riemann_sum(f, W, 0.5, observe=watch), {f, watch}),
    "limit": (lambda: sc.riemann_limit(f, W, 0.5), {f}),
    "limit of F": (lambda: sc.riemann_limit(of_w, second, W, 0.0), {second}),
    "residual": (lambda: sc.ito_residual(f, W), {f}),
    "residual of F": (lambda: sc.ito_residual(of_w, first, second, W), {first, second}),
    "residual along": (
        lambda: sc.ito_residual(f, sc.solve(SDE, 1.0, 1.0, **RUN), sde=SDE),
        {f, b},
    ),
    "integral study": (lambda: sc.integral_convergence(f, levels=(1, 2), paths=2048, key=1), {f}),
    "strong study": (lambda: sc.strong_convergence(SDE, 1.0, 1.0, **STUDY), {a, b}),
    "exact": (
        lambda: sc.strong_convergence(MOTION, 1.0, 1.0, exact=exact, **STUDY),
        {zero, one, exact},
    ),
    "weak study": (
        lambda: sc.weak_convergence(SDE, 1.0, 1.0, test=payoff, **STUDY),
        {a, b, payoff},
    ),
    "mlmc": (lambda: sc.mlmc(SDE, 1.0, 1.0, test=payoff, **TARGET), {a, b, payoff}),
    "running": (
        lambda: sc.mlmc(
            SDE,
            1.0,
            1.0,
            test=payoff_of_both,
            running=sc.RunningStatistic(running, 0.0, weak_order=1.0),
            **TARGET,
        ),
        {a, b, payoff_of_both, running},
    ),
    "passage": (lambda: sc.first_passage(SDE, 1.0, 2.0, 1.0, **RUN), {a, b}),
    "two barriers": (lambda: sc.first_passage(SDE, 1.0, (0.0, 2.0), 1.0, **RUN), {a, b}),
    "ula": (lambda: sc.langevin.sample(score, 0.0, **RULE), {score}),
    "baoab": (lambda: sc.langevin.sample(score, 0.0, method="baoab", **RULE), {score}),
    "mala": (
        lambda: sc.langevin.sample(score, 0.0, method="mala", log_density=log_density, **RULE),
        {score, log_density},
    ),
}


@pytest.fixture
def compared(monkeypatch):
    """The functions whose compiled values are compared with Python's."""
    found = set()
    check = Trial.check

    def note(self, expected, value):
        found.update(find_users_functions(unwrap(self.function)))
        check(self, expected, value)

    monkeypatch.setattr(Trial, "check", note)
    return found


@pytest.mark.parametrize("door", DOORS)
def test_each_function_of_the_user_is_compared(compared, door):
    call, functions = DOORS[door]
    call()
    assert functions <= compared, functions - compared


@pytest.mark.parametrize("door", DOORS)
def test_a_compiled_value_that_is_another_is_refused(monkeypatch, door):
    check = Trial.check

    def check_another(self, expected, found):
        check(self, expected, found + 1e-3)

    monkeypatch.setattr(Trial, "check", check_another)
    with pytest.raises(ValueError, match=r"in Python and .* compiled"):
        DOORS[door][0]()
