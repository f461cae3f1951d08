"""The page's normals and paths have the bits of Python's."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from sandbox_pages import call, same_bits

import stochcalc as sc
from stochcalc.engine.random.normal_arrays import block_normals

KEYS = (0, 1, 7, 2**32 - 1, 2**32, 123456789012345, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1)
PATHS = 30
INSIDE = (0, 1, 511, 1023)  # steps of the path in which the bridge is looked at

PATHS_OF_A_KEY = """
const all = [];
for (let path = 0; path < COUNT; path++) {
  const values = new Float64Array(1025);
  fillMotion(readKey("KEY"), path, values);
  all.push(Array.from(values));
}
return all;
"""
INSIDE_STEPS = """
const values = new Float64Array(1025);
fillMotion(readKey("KEY"), 2, values);
const found = [];
for (const k of STEPS) for (let share = 0; share <= 16; share++)
  found.push(insideStep(readKey("KEY"), 2, values, k, share));
return found;
"""


@pytest.mark.parametrize("key", KEYS)
def test_paths_have_the_bits_of_brownian(browser, key):
    body = PATHS_OF_A_KEY.replace("COUNT", str(PATHS)).replace("KEY", str(key))
    found = call(browser, ["motion.js"], ["fillMotion", "readKey"], body)
    assert same_bits(found, sc.brownian(n=1024, paths=PATHS, key=key).values)


@pytest.mark.parametrize("key", KEYS)
def test_the_bridge_inside_the_steps_has_the_bits_of_at(browser, key):
    body = INSIDE_STEPS.replace("STEPS", json.dumps(INSIDE)).replace("KEY", str(key))
    found = call(browser, ["motion.js"], ["fillMotion", "insideStep", "readKey"], body)
    times = [(k + share / 16) / 1024 for k in INSIDE for share in range(17)]
    W = sc.brownian(n=1024, paths=3, key=key)
    assert same_bits(found, W.at(times)[2])


@pytest.mark.parametrize("purpose", range(9))
def test_a_normal_of_every_purpose_and_component(browser, purpose):
    """The names of normals are mapped to counters as in Python."""
    names = [
        (3, index, component) for index in (0, 1, 2**24 + 5, 2**40 + 1) for component in (0, 2)
    ]
    body = f"""return {json.dumps(names)}.map(([path, index, component]) =>
        normal(readKey("987654321987654321"), path, index, component, {purpose}));"""
    found = call(browser, ["noise.js"], ["normal", "readKey"], body)
    expected = [
        block_normals(987654321987654321, purpose, index, (path + 1, component + 1))[-1, -1]
        for path, index, component in names
    ]
    assert same_bits(found, np.array(expected))


def test_a_multiplication_that_rounds_twice_is_noticed(browser):
    """The broken twin: with a b + c for the fused multiply-add, some bits differ."""
    body = """
    const values = [];
    for (let i = 0; i < 2000; i++) values.push([Math.sin(i + 1), Math.cos(3 * i), Math.sin(7 * i)]);
    return values.map(([a, b, c]) => [a, b, c, fma(a, b, c), a * b + c]);
    """
    rows = np.array(call(browser, ["noise.js"], ["fma"], body))
    exact = [float(Fraction(a) * Fraction(b) + Fraction(c)) for a, b, c in rows[:, :3]]
    assert same_bits(rows[:, 3], exact)
    assert not same_bits(rows[:, 4], exact)
