"""A battery of twelve tests on fourteen streams of words finds nothing, and finds what is broken.

At night the streams are a hundred times as long: 1.5 10^9 words. With `pytest -s` the smallest
p-value and the law of all of them are printed.
"""

from __future__ import annotations

import numpy as np
import pytest
from battery import run_battery
from battery_structure import BATTERY
from broken_streams import TWINS, philox_in_rounds
from evidence import (
    assert_law,
    assert_p_values,
    assert_same_bits,
    must_reject,
    sample_size,
    seed,
)
from philox_reference import random_names, words_of
from scipy import stats
from streams import CHUNK, STREAMS


def draw_chunks(name, count):
    """Yield chunks of a stream, whose key is that of the running test and of the stream's name."""
    key = seed(name)
    for number in range(count):
        yield STREAMS[name](key, number)


def test_no_test_of_the_battery_rejects_any_stream():
    count = sample_size(1)
    table = {name: run_battery(BATTERY, draw_chunks(name, count)) for name in STREAMS}
    found = {(name, test): p for name, row in table.items() for test, p in row.items()}
    p_values = np.array(list(found.values()))
    least = min(found, key=found.get)
    law = stats.kstest(p_values, stats.uniform.cdf)
    print(
        f"{len(found)} p-values of {count * CHUNK} words each; smallest {found[least]:.3g} {least}"
    )
    print(f"Kolmogorov-Smirnov distance of the p-values {law.statistic:.3g}, p = {law.pvalue:.3g}")
    assert_p_values(p_values, what=f"battery, smallest at {least}")
    assert_law(p_values, stats.uniform)
    with must_reject("p-values near zero"):
        assert_law(p_values**50, stats.uniform)


@pytest.mark.parametrize("twin", TWINS)
def test_the_battery_rejects_what_is_broken(twin):
    stream, rejected_by = TWINS[twin]
    chosen = {name: BATTERY[name] for name in rejected_by.split()}
    for test, p in run_battery(chosen, [stream(seed())]).items():
        with must_reject(f"{twin}, by the test of {test}"):
            assert_p_values(p)


def test_every_test_of_the_battery_rejects_a_twin():
    rejecting = {name for _, rejected_by in TWINS.values() for name in rejected_by.split()}
    assert rejecting == set(BATTERY)


def test_the_broken_generator_of_ten_rounds_is_the_right_one():
    """So that it is the rounds that are found, and no slip in the twin."""
    names = np.array(random_names(1000), dtype=np.uint64)
    assert_same_bits(philox_in_rounds(10)(names), words_of(names))


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_has_chunks_of_one_size_that_repeat_nothing(name):
    """Among 2^21 words of 32 bits some 512 are met twice; two equal chunks share all 2^20."""
    first, second = draw_chunks(name, 2)
    assert first.dtype == second.dtype == np.uint32
    assert len(first) == len(second) == CHUNK
    assert_same_bits(first, STREAMS[name](seed(name), 0))
    words = np.sort(np.concatenate([first, second]))
    assert np.sum(words[1:] == words[:-1]) < CHUNK // 100
