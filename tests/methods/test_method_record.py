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
