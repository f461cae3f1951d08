"""The bits of results: a change that means to leave them alone leaves every digest as it is.

tests/helpers/bits.json was written before the time loop was compiled once, and has held since, with
and without AVX-512 in Numba's code and in NumPy's. A change that means to change a result writes
the file again (``python tests/helpers/bits.py --json tests/helpers/bits.json``) and says so in the
changelog. Functions of arrays are apart: their last bits belong to NumPy.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from bits import CALLS, CHAPTERS, digest
from evidence import NIGHTLY

import stochcalc as sc

LONG = 110  # calls, of which a third runs every day
KEPT = json.loads((Path(__file__).parent / "helpers" / "bits.json").read_text(encoding="utf-8"))


def todays(calls):
    """Return the calls of a chapter; of a long one every third, and all of them at night."""
    if NIGHTLY or len(calls) < LONG:
        return calls
    return dict(list(calls.items())[::3])


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_result_has_changed_by_a_bit(chapter):
    changed = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say is tested elsewhere; here the bits count
        for name, call in todays(CHAPTERS[chapter].CALLS).items():
            if digest(call()) != KEPT[name]:
                changed.append(name)
    assert not changed


def test_each_call_has_its_digest():
    assert KEPT.keys() == CALLS.keys()


def test_a_digest_tells_one_bit():
    values = sc.brownian(1.0, 16, paths=8, key=1).values
    nudged = values.copy()
    nudged[3, 5] = np.nextafter(nudged[3, 5], np.inf)
    assert digest(nudged) != digest(values)
    assert digest(values[:, :, None]) != digest(values)
    assert digest(-0.0) != digest(0.0)


def test_another_key_has_other_bits():
    """The broken twin: what is compared depends on the numbers drawn."""
    name = "the values of a motion"
    values = CALLS[name]()
    other = sc.brownian(1.5, values.shape[1] - 1, paths=len(values), key=1).values
    assert digest(values) == KEPT[name]
    assert digest(other) != KEPT[name]
