"""Every public call with an odd value ends well: in a right answer, or in an error that teaches.

The calls are made from the signatures: to each valid call of `odd_bases`, each argument in turn is
given each value of `odd_values`. `odd_endings` says what a good end is.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest
from evidence import seed
from nights import mostly_at_night
from odd_bases import (
    BY_MATPLOTLIB,
    ELSEWHERE,
    HEAVY,
    MADE_BY_THE_PACKAGE,
    choose,
    find_faults,
    list_bases,
    list_odd_calls,
    list_public,
    takes_arguments,
)

CALLS = 300
FOR_EACH = 40  # of each of some 160 functions at night: some 6,000 calls
SPACE = 8 << 30  # bytes of addresses beside those that are taken: what is larger is refused
BASES = list_bases()


@pytest.fixture(autouse=True)
def little_space() -> Iterator[None]:
    """Let no call take much memory: an array that nobody can hold is an error at once."""
    taken = 0
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + SPACE, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_three_hundred_odd_calls_end_well():
    calls = [call for name in BASES if name not in HEAVY for call in list_odd_calls(name)]
    assert len(calls) > 20_000
    faults = find_faults(choose(calls, seed(), CALLS))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", mostly_at_night(BASES, always=lambda name: name == "brownian"))
def test_odd_calls_of_one_function_end_well(name):
    if name in HEAVY:
        pytest.importorskip("torch", reason='a network needs torch: pip install "stochcalc[torch]"')
    faults = find_faults(choose(list_odd_calls(name), seed(), FOR_EACH))
    assert not faults, "\n".join(faults)


def test_every_public_callable_has_a_valid_call():
    named = {name.split(" ")[0] for name in BASES}
    known = named | {f"models.{name}" for name in named} | {f"score.{name}" for name in named}
    known |= {f"langevin.{name}" for name in named} | MADE_BY_THE_PACKAGE
    elsewhere = BY_MATPLOTLIB.union(ELSEWHERE)
    missing = [
        name
        for name, value in list_public()
        if takes_arguments(value) and name not in known and name.rpartition(".")[2] not in elsewhere
    ]
    assert missing == [], missing
