"""A step that returns another number of numbers than the state has is refused, never written."""

from __future__ import annotations

import math

import pytest

import stochcalc as sc
from stochcalc.methods.method import Method


def method(step):
    facts = {"strong_order": {"diagonal": 0.5}, "weak_order": {"diagonal": 1.0}}
    return Method("own", step, calculus=0.0, reference="none", **facts)


SCALAR = (sc.SDE(lambda t, x: -x, lambda t, x: 0.5), 1.0)
PAIR = (sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: (0.5, 0.5)), (1.0, 2.0))


@pytest.mark.parametrize(
    "problem, step",
    [
        (SCALAR, lambda a, b, t, x, dt, dW, args: (x, x)),
        (SCALAR, lambda a, b, t, x, dt, dW, args: (x,)),
        (PAIR, lambda a, b, t, x, dt, dW, args: (x[0], x[1], x[0])),
        (PAIR, lambda a, b, t, x, dt, dW, args: 0.0 * t),
        (PAIR, lambda a, b, t, x, dt, dW, args: x[0]),
    ],
)
def test_a_step_of_another_shape_is_refused(problem, step):
    sde, x0 = problem
    with pytest.raises(TypeError, match=r"step of 'own' returned .*: it must return"):
        sc.solve(sde, x0, 1.0, n=4, paths=300, method=method(step), key=1)


def test_a_step_of_the_right_shape_runs():
    sde, x0 = SCALAR
    euler = method(lambda a, b, t, x, dt, dW, args: x + a(t, x, *args) * dt + b(t, x, *args) * dW)
    found = sc.solve(sde, x0, 1.0, n=4, paths=300, method=euler, key=1).x
    due = sc.solve(sde, x0, 1.0, n=4, paths=300, key=1).x
    assert math.isclose(float(found.sum()), float(due.sum()), rel_tol=1e-14)
