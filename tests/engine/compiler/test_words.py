"""Parameters become the same words whether their kind is named first or not."""

from __future__ import annotations

import numpy as np
import pytest

from stochcalc.engine.compiler.words import kind_of, pack, pack_parameters

A = np.arange(6.0)
B = np.arange(6).reshape(2, 3)


@pytest.mark.parametrize(
    "parameters",
    [
        (0.5, ()),
        (-0.0, (np.inf, np.nan)),
        (0.5, (1.0, 2, True, np.float32(0.1))),
        (0.5, (A, B, (1.0, (A, ())), np.float64(3.0))),
    ],
    ids=str,
)
def test_words_of_parameters_are_those_of_their_kind(parameters):
    assert pack_parameters(parameters).tolist() == pack(kind_of(parameters), parameters).tolist()


def test_an_array_that_is_not_contiguous_has_no_words():
    with pytest.raises(TypeError, match=r"strides \(16,\) must be a C-contiguous array"):
        pack_parameters((0.5, (A[::2],)))
