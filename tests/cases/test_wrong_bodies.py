"""A compiled body that is not its Python function is refused wherever a function is taken."""

from __future__ import annotations

import pytest

import stochcalc as sc
from stochcalc.engine.compiler.jit import body_for

OFF = 1.000001  # a millionth too much


def right(x):
    """Return x, as its compiled body does."""
    return x


def wrong(x):
    """Return x, which its compiled body does not."""
    return x


@body_for(right)
def body_of_right(x):
    return lambda x: x


@body_for(wrong)
def body_of_wrong(x):
    return lambda x: OFF * x


def one(t, x):
    return 1.0


MOTION = sc.SDE(lambda t, x: 0.0, one)


def solve(f, **options):
    return sc.solve(sc.SDE(lambda t, x: -f(x), one), 0.5, 1.0, n=4, key=1, **options)


def weak(sde, test):
    return sc.weak_convergence(
        sde,
        0.5,
        1.0,
        test=test,
        methods="euler_maruyama",
        levels=(2, 3),
        paths=2048,
        key=1,
    )


WHERE = {
    "drift of solve": lambda f: solve(f),
    "diffusion of solve": lambda f: sc.solve(
        sc.SDE(lambda t, x: 0.0, lambda t, x: f(x)), 0.5, 1.0, n=4, key=1
    ),
    "system of solve": lambda f: sc.solve(
        sc.SDE(lambda t, x: (-x[0], -f(x[1])), lambda t, x: (1.0, 1.0)), (0.1, 0.5), 1.0, n=4, key=1
    ),
    "stop of solve": lambda f: solve(lambda x: x, stop=lambda t, x: f(x) > 0.5),
    "derivative of solve": lambda f: sc.solve(
        sc.SDE(lambda t, x: 0.0, lambda t, x: 0.5 * x * x, diffusion_dx=lambda t, x: f(x)),
        0.5,
        1.0,
        n=4,
        key=1,
        method="milstein",
    ),
    "ito": lambda f: sc.ito(lambda t, w: f(w + 1.0), sc.brownian(n=4, key=1)),
    "test of mlmc": lambda f: sc.mlmc(MOTION, 0.5, 1.0, test=lambda x: f(x), target=0.1, key=1),
    "score of langevin.sample": lambda f: sc.langevin.sample(
        lambda x: -f(x), 0.5, step=0.1, n=4, key=1
    ),
    "drift of first_passage": lambda f: sc.first_passage(
        sc.SDE(lambda t, x: -f(x), one), 0.5, 1.0, 1.0, n=4, paths=4, key=1
    ),
    "drift of weak_convergence": lambda f: weak(sc.SDE(lambda t, x: -f(x), one), lambda x: x),
    "test of weak_convergence": lambda f: weak(MOTION, lambda x: f(x)),
    "drift of strong_convergence": lambda f: sc.strong_convergence(
        sc.SDE(lambda t, x: -f(x), one), 0.5, 1.0, levels=(2, 3), paths=2048, key=1
    ),
}


@pytest.mark.parametrize("where", WHERE)
def test_a_body_that_is_not_its_function_is_refused_and_one_that_is_is_taken(where):
    WHERE[where](right)
    with pytest.raises(ValueError, match=r"in Python and .* compiled"):
        WHERE[where](wrong)
