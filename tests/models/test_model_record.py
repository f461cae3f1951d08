"""A model checks what it is told about itself when it is made."""

from __future__ import annotations

import math

import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc


def zero(t, x):
    return 0.0 * x


def step(t, x, dt, dW, args):
    return x


def made(name="mine", **fields):
    return sc.models.Model(name, zero, zero, **fields)


REFUSED = {
    "a name that is a number": wrong_type(lambda: made(3), r"name=3 must be a string"),
    "a dim below 0": wrong_value(lambda: made(dim=-1), r"dim=-1 must be at least 0"),
    "a dim that is an object": wrong_type(lambda: made(dim=object()), r"dim=<object"),
    "a dim that is a bool": wrong_type(lambda: made(dim=True), r"dim=True must be an integer"),
    "a law that is nan": wrong_type(
        lambda: made(law=math.nan), r"law of 'mine' is nan: it must be a function of \(t, x0\)"
    ),
    "a law of one argument": wrong_value(
        lambda: made(law=lambda t: t), r"law of 'mine' must take \(t, x0\)"
    ),
    "a density that is a number": wrong_type(
        lambda: made(invariant=1.0), r"invariant of 'mine' is 1\.0"
    ),
    "an exact step that is a number": wrong_type(
        lambda: made(exact_step=1.0), r"exact_step of 'mine' is 1\.0.*\(t, x, dt, dW, args\)"
    ),
    "an exact step without its drivers": wrong_value(
        lambda: made(exact_step=step, drivers=("dW", "A")),
        r"exact_step of 'mine' must take \(t, x, dt, dW, A, args\)",
    ),
    "drivers that are a string": wrong_type(lambda: made(drivers="dW"), r"drivers='dW'.*tuple"),
    "a driver that does not exist": wrong_value(
        lambda: made(drivers=("dZ",)), r"drivers of 'mine'='dZ' must be one of 'dW'"
    ),
    "affine as a number": wrong_type(lambda: made(affine=1), r"affine=1 must be True or False"),
}


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_model_that_is_none_is_refused_when_it_is_made(slip):
    refused_before_anything_is_compiled(slip)


def test_a_model_of_ones_own_runs_along_a_motion():
    W = sc.brownian(n=4, paths=3, key=1)
    assert (made(exact_step=step).exact(W, 2.0) == 2.0).all()
