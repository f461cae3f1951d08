"""A scheme whose step does not fit what it declares is refused when it is made."""

from __future__ import annotations

import pytest
from evidence import assert_same_bits
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc
from stochcalc.methods import METHODS, Method

ORDERS = {"diagonal": 0.5}
V = ValueError


def made(step, **facts):
    return Method("mine", step, ORDERS, ORDERS, facts.pop("calculus", 0.0), "a book", **facts)


def euler(a, b, t, x, dt, dW, args):
    return x + a(t, x, *args) * dt + b(t, x, *args) * dW


REFUSED = {
    "a driver that the step does not take": wrong_value(
        lambda: made(euler, drivers=("dW", "A")), r"step of 'mine' must take .*A.*drivers="
    ),
    "a function that the step does not take": wrong_value(
        lambda: made(euler, functions=("drift", "diffusion", "diffusion_dx")),
        r"must take \(drift, diffusion, diffusion_dx, t",
    ),
    "a function that is not declared": wrong_value(
        lambda: made(euler, functions=("drift",)), r"must take \(drift, t, x, dt, dW, args\)"
    ),
    "a reading that the step does not take": wrong_value(
        lambda: made(euler, calculus="any"), r"args, lam\).*calculus='any'"
    ),
    "a reading that is not declared": wrong_value(
        lambda: made(lambda a, b, t, x, dt, dW, args, lam: x), r"missing .*'lam'"
    ),
    "an argument by name alone": wrong_value(
        lambda: made(lambda a, b, t, x, dt, dW, *, args: x), "too many positional"
    ),
    "no function": wrong_type(lambda: made("euler"), r"step='euler' of 'mine'"),
    "a driver that does not exist": wrong_value(
        lambda: made(euler, drivers=("dZ",)), r"drivers of 'mine' has 'dZ'.*'dW'"
    ),
}


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_step_that_does_not_fit_its_facts_is_refused_when_it_is_made(slip):
    refused_before_anything_is_compiled(slip)


@pytest.mark.parametrize(
    "scheme",
    [
        made(euler),
        made(lambda *everything: everything[3]),
        made(lambda a, b, t, x, dt, dW, args=(): x),
        made(lambda a, b, t, x, dt, dW, args, lam: x, calculus="any"),
        made(lambda a, b, t, x, dt, dW, A, args: x, drivers=("dW", "A")),
    ],
)
def test_a_step_that_fits_is_taken(scheme):
    assert scheme.name == "mine"


def test_a_scheme_that_fits_runs():
    sde = sc.SDE(lambda t, x: -x, lambda t, x: 0.5)
    ours, theirs = (
        sc.solve(sde, 1.0, 1.0, n=4, paths=3, rng=1, method=method).x
        for method in (made(euler), METHODS["euler_maruyama"])
    )
    assert_same_bits(ours, theirs)


# ---- what a step returns


PLANE = sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: (0.1, 0.2))
FULL = sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: ((0.1, x[1]), (0.0, 0.2)), noise="general")
LINE = sc.SDE(lambda t, x: -x, lambda t, x: 0.1)
MATRIX = {"general": 0.5}


def run(sde, x0, step, orders=ORDERS):
    scheme = Method("mine", step, orders, orders, 0.0, "a book")
    return sc.solve(sde, x0, 1.0, n=2, method=scheme, save="last", key=1)


RETURNED = {
    "a bool": wrong_type(
        lambda: run(LINE, 1.0, lambda a, b, t, x, dt, dW, args: x > 0.0),
        r"step of 'mine' returned True at x=1: it must return one number",
    ),
    "nothing": wrong_type(
        lambda: run(LINE, 1.0, lambda a, b, t, x, dt, dW, args: None), r"'mine' returned None"
    ),
    "nested tuples": wrong_type(
        lambda: run(LINE, 1.0, lambda a, b, t, x, dt, dW, args: ((x, x),)),
        r"'mine' returned \(\(1\.0, 1\.0\),\)",
    ),
    "one component": wrong_type(
        lambda: run(PLANE, (1.0, 2.0), lambda a, b, t, x, dt, dW, args: x[0]),
        r"'mine' returned .* at x=\(1\.0, 2\.0\): it must return the state, 2 numbers",
    ),
    "a bool for a system": wrong_type(
        lambda: run(PLANE, (1.0, 2.0), lambda a, b, t, x, dt, dW, args: True), r"2 numbers"
    ),
    "a matrix": wrong_type(
        lambda: run(FULL, (1.0, 2.0), lambda a, b, t, x, dt, dW, args: b(t, x), MATRIX),
        r"2 numbers",
    ),
}


@pytest.mark.parametrize("slip", RETURNED.values(), ids=RETURNED)
def test_a_step_that_returns_no_state_is_named_before_anything_is_compiled(slip):
    refused_before_anything_is_compiled(slip)


@pytest.mark.parametrize(
    ("sde", "x0", "orders"),
    [(LINE, 1.0, ORDERS), (PLANE, (1.0, 2.0), ORDERS), (FULL, (1.0, 2.0), MATRIX)],
    ids=["number", "diagonal", "general"],
)
def test_a_step_that_returns_the_state_runs_as_euler_maruyama_does(sde, x0, orders):
    own = run(sde, x0, euler, orders).x
    assert_same_bits(own, sc.solve(sde, x0, 1.0, n=2, save="last", key=1).x)
