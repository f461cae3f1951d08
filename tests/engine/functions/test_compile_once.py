"""How often a user's function is compiled, and what of its surroundings is seen to change."""

from __future__ import annotations

import math

import numpy as np
import pytest
from compile_counts import compiled_during
from evidence import Rejected, assert_same_bits

import stochcalc as sc
from stochcalc.engine.compiler.fingerprint import fingerprint
from stochcalc.engine.compiler.memoise import memoise


def helper(x):
    return math.exp(x) * 2.0


def solve(drift, diffusion=lambda t, x: 0.1, args=(), **options):
    return sc.solve(
        sc.SDE(drift, diffusion, args=args), 1.0, 1.0, n=4, paths=3, rng=7, workers=1, **options
    )


def euler(drift):
    """What `solve` must return, step by step in NumPy."""
    x = [np.full(3, 1.0)]
    for dW in sc.brownian(1.0, 4, paths=3, rng=7).increments.T:
        x.append(x[-1] + drift(x[-1]) * 0.25 + 0.1 * dW)
    return np.stack(x, axis=1)


def test_a_lambda_in_a_loop_compiles_once():
    solve(lambda t, x: 0.25 * x)  # whatever every run needs is there now
    assert compiled_during(lambda: [solve(lambda t, x: 0.5 * x) for _ in range(4)]) == 1


def test_a_sweep_over_args_compiles_once():
    drift = lambda t, x, a: -a * x
    solve(lambda t, x, a: a * x, lambda t, x, a: 0.1, args=(1.0,))
    values = (1, 2.5, np.float64(3.0), np.int64(4), np.float32(0.5))
    assert (
        compiled_during(lambda: [solve(drift, lambda t, x, a: 0.2, args=(a,)) for a in values]) == 1
    )


def test_another_number_of_steps_or_paths_or_start_compiles_nothing():
    sde = sc.SDE(lambda t, x: 0.75 * x, lambda t, x: 0.3)
    sc.solve(sde, 1.0, 1.0, n=4, paths=3, rng=7)
    again = lambda: [
        sc.solve(sde, x0, T, n=n, paths=p, rng=1)
        for x0, T, n, p in ((2, 1, 5, 3), (1.0, 2, 4, 300))
    ]
    assert compiled_during(again) == 0


def test_a_changed_closure_value_is_seen():
    def final(rate):
        return solve(lambda t, x: rate * x).x

    final(0.125)
    results = {}
    assert compiled_during(lambda: results.update({r: final(r) for r in (0.25, 0.5)})) == 2
    assert_same_bits(results[0.25], euler(lambda x: 0.25 * x))
    assert_same_bits(results[0.5], euler(lambda x: 0.5 * x))
    assert compiled_during(lambda: final(0.25)) == 0
    with pytest.raises(Rejected):
        assert_same_bits(results[0.25], results[0.5])


rate = 0.25


def test_a_changed_global_is_seen(monkeypatch):
    drift = lambda t, x: rate * x
    before = solve(drift).x
    monkeypatch.setitem(globals(), "rate", 0.5)
    after = solve(drift).x
    assert_same_bits(after, euler(lambda x: 0.5 * x))
    with pytest.raises(Rejected):
        assert_same_bits(before, after)


def test_a_changed_helper_is_seen(monkeypatch):
    drift = lambda t, x: 0.01 * helper(x)
    before = solve(drift).x
    monkeypatch.setitem(globals(), "helper", lambda x: -x)
    assert_same_bits(solve(drift).x, euler(lambda x: 0.01 * -x))
    with pytest.raises(Rejected):
        assert_same_bits(solve(drift).x, before)


def test_fingerprints_tell_apart_what_compiles_differently():
    def make(value):
        return lambda x, scale=value: scale * x

    values = [0.0, -0.0, 0, False, 1, 1.0, True, "1", None, np.ones(2), np.ones(3), math, np]
    prints = [fingerprint(make(value)) for value in values]
    assert len(set(prints)) == len(values)
    assert [fingerprint(make(value)) for value in values] == prints


def test_a_memoised_builder_forgets_the_oldest_and_stays_right():
    built = []
    builder = memoise(lambda value: built.append(value) or value)
    assert [builder(k) for k in (1, 2, 1, 1.0)] == [1, 2, 1, 1.0] and built == [1, 2, 1.0]
    for k in range(600):
        assert builder(float(k)) == k
    assert builder(2) == 2 and built.count(2) >= 2
