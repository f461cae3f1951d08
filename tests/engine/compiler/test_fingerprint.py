"""Functions of one fingerprint compile to the same code, and others have another fingerprint."""

from __future__ import annotations

import collections
import math
import types

import numba
import numpy as np
import pytest

from stochcalc.engine.compiler.fingerprint import Unnamed, fingerprint, is_named


def function(source, **names):
    """The function `f` that a source defines, among these globals."""
    known = {"math": math, "np": np, **names}
    exec(source, known)
    return known["f"]


def made_in_a_loop(source, times=3, **names):
    return [function(source, **names) for _ in range(times)]


def module(name, **attributes):
    made = types.ModuleType(name)
    vars(made).update(attributes)
    return made


def all_differ(*values):
    return len({fingerprint(value) for value in values}) == len(values)


@pytest.mark.parametrize(
    "source",
    [
        "f = lambda t, x: -0.5 * x",
        "f = lambda t, x, scale=2.0: math.exp(scale * x)",
        "def f(t, x):\n    return [g for g in (1.0, 2.0)][0] * (lambda y: y * x)(2.0)",
        "def make(rate):\n    return lambda t, x: rate * x\nf = make(0.25)",
        "def f(t, x):\n    return x[..., 1:-1] if t in {1, 2} else x[::2]",
        "table = np.arange(5.0)\nf = lambda t, x: table[1] * x",
        "def g(x):\n    return x + 1.0\ndef f(t, x):\n    return g(g(x))",
        "def f(t, x):\n    return 1.0 if t < 1 else f(t - 1, x)",
        "def g(n):\n    return n < 1 or f(n - 1)\ndef f(n):\n    return n > 0 and g(n - 1)",
    ],
)
def test_a_function_that_is_made_again_has_the_same_fingerprint_and_a_name(source):
    prints = {fingerprint(made) for made in made_in_a_loop(source)}
    assert len(prints) == 1 and is_named(prints.pop())


def test_where_a_function_stands_and_what_it_is_called_does_not_matter():
    here = function("f = lambda t, x: -x")
    there = function("\n\n\ndef g(t, x):\n    return -x\nf = g")
    assert fingerprint(here) == fingerprint(there)
    assert fingerprint(here) == fingerprint(numba.njit(here))


@pytest.mark.parametrize(
    "sources",
    [
        [f"f = lambda t, x: {constant} * x" for constant in ("0.5", "0.25", "1", "1.0", "True")],
        [f"f = lambda t, x: x {operator} 2.0" for operator in "+-*/"],
        [f"f = lambda t, x: math.{name}(x)" for name in ("exp", "sin", "cos")],
        [f"f = lambda t, x, k={value}: k * x" for value in ("0.0", "-0.0", "0", "1.0", "None")],
        [f"f = lambda t, x, *, k={value}: k * x" for value in ("0.5", "0.25")],
        [f"rate = {value}\nf = lambda t, x: rate * x" for value in ("0.5", "0.25", "2")],
        [f"def g(x):\n    return {r} * x\nf = lambda t, x: g(x)" for r in ("0.5", "0.25")],
        [f"def f(t, x):\n    def g(y):\n        return y + {c}\n    return g(x)" for c in (1, 2)],
        [f"def m(k):\n    return lambda t, x: k * x\nf = m({k})" for k in ("0.5", "0.25", "2")],
        [f"f = lambda t, x: x[{part}]" for part in ("...", "1:", ":1", "::2", "1:2:3")],
        [f"f = lambda t, x: t in {{{values}}}" for values in ("1, 2", "1, 3", "1.0, 3")],
    ],
)
def test_functions_that_differ_in_one_thing_have_fingerprints_of_their_own(sources):
    assert all_differ(*[function(source) for source in sources])


def test_a_helper_of_a_helper_is_seen():
    inner = [function(f"f = lambda x: x * {k}") for k in (2.0, 3.0)]
    middle = [function("f = lambda x: g(x)", g=g) for g in inner]
    assert all_differ(*[function("f = lambda t, x: h(x)", h=h) for h in middle])


def test_attributes_of_modules_are_seen_however_deep_and_only_those_that_are_used():
    def with_rate(rate, other=0.0):
        inner = module("outer.inner", rate=rate, other=other)
        return function("f = lambda t, x: outer.inner.rate * x", outer=module("outer", inner=inner))

    assert all_differ(with_rate(0.5), with_rate(0.25))
    assert fingerprint(with_rate(0.5, other=1.0)) == fingerprint(with_rate(0.5, other=2.0))
    helper = [module("one", g=function(f"f = lambda x: {k} * x")) for k in (2.0, 3.0)]
    assert all_differ(*[function("f = lambda t, x: one.g(x)", one=one) for one in helper])


def test_arrays_are_told_apart_by_number_type_shape_and_order():
    base = np.arange(6.0).reshape(2, 3)
    assert all_differ(
        base,
        base + 1.0,
        base.astype(np.float32),
        base.astype(np.int64),
        base.astype(">f8"),
        base.reshape(3, 2),
        base.ravel(),
        np.asfortranarray(base),
        np.where(base == 0.0, -0.0, base),
    )
    assert fingerprint(base) == fingerprint(base.copy())
    large = np.zeros(5000)
    later = large.copy()
    later[-1] = 1.0
    assert all_differ(large, later) and fingerprint(large) == fingerprint(large.copy())
    assert len(repr(fingerprint(large))) < 1000


def test_fields_of_records_and_named_tuples_are_seen():
    first = np.array([(1.0, 2.0)], dtype=[("a", "f8"), ("b", "f8")])
    second = np.array([(1.0, 2.0)], dtype=[("b", "f8"), ("a", "f8")])
    assert all_differ(first, second) and all_differ(first[0], second[0])
    one = collections.namedtuple("Pair", "a b")
    other = collections.namedtuple("Pair", "b a")
    assert all_differ(one(1.0, 2.0), other(1.0, 2.0), (1.0, 2.0), [1.0, 2.0])


def test_an_array_whose_address_is_compiled_in_is_known_by_identity_and_content():
    def compiled_by_address(array):
        print_of_it = fingerprint(array)
        assert not is_named(print_of_it)
        return print_of_it

    for make in (lambda: np.zeros(200_000), lambda: np.zeros((10, 10))[:, ::2]):
        array = make()
        before = compiled_by_address(array)
        assert before != compiled_by_address(make())
        assert before == compiled_by_address(array)
        array[0] = 1.0
        assert before != compiled_by_address(array)


def test_a_float_is_never_taken_for_another_whatever_its_type_prints():
    class Loud(float):
        def __repr__(self):
            return "loud"

    assert all_differ(Loud(1.0), Loud(2.0))
    assert all_differ(np.float64(1.0), np.float64(1.0 + 2**-52), np.float32(1.0), 1.0)


def test_an_object_without_a_name_is_told_apart_by_identity_and_kept_alive():
    class Thing:
        pass

    first, second = Thing(), Thing()
    assert all_differ(first, second, Thing) and fingerprint(first) == fingerprint(first)
    assert not is_named(fingerprint(function("f = lambda t, x: thing", thing=first)))
    assert not is_named(fingerprint((1.0, (2.0, [first]))))
    assert not is_named(fingerprint(module("user")) + (Unnamed(first),))
    assert is_named(fingerprint(Thing().__class__.__mro__[-1]))  # object, found in builtins


def test_what_is_found_in_a_library_has_a_name():
    for value in (np.sin, math.sin, len, np.float64, numba.float64, numba.int64[:], math, np):
        assert is_named(fingerprint(value)), value
    assert all_differ(np.sin, math.sin, np.cos, numba.float64, numba.float32, math, np)


def test_a_closure_that_leads_back_to_its_function_comes_to_an_end():
    source = "def make(k):\n    def f(n):\n        return k if n < 1 else f(n - 1)\n    return f\n"
    prints = [fingerprint(function(f"{source}f = make({k})")) for k in ("0.5", "0.25", "0.5")]
    assert prints[0] == prints[2] != prints[1]
