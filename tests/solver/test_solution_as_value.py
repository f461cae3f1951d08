"""A solution acts as its array does, and goes into a dictionary and a data frame."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

OPTIONS = {"n": 4, "paths": 5, "rng": 1}
SCALAR = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, **OPTIONS)
SYSTEM = sc.solve(sc.models.lorenz(), (1.0, 2.0, 3.0), 0.1, **OPTIONS)
MOMENTS = sc.solve(sc.models.lorenz(), (1.0, 2.0, 3.0), 0.1, save="stats", **OPTIONS)


@pytest.mark.parametrize("sol", [SCALAR, SYSTEM], ids=["scalar", "system"])
def test_a_solution_is_indexed_and_counted_as_its_array(sol):
    assert_same_bits(np.asarray(sol), sol.x)
    assert np.shares_memory(np.asarray(sol), sol.x)
    assert not np.shares_memory(np.array(sol), sol.x)
    assert np.asarray(sol, dtype=np.float32).dtype == np.float32
    assert len(sol) == 5
    assert_same_bits(sol[2], sol.x[2])
    assert_same_bits(sol[:, -1], sol.end)
    assert_same_bits(np.sort(sol, axis=0), np.sort(sol.x, axis=0))
    for path, states in zip(sol, sol.x, strict=True):
        assert_same_bits(path, states)


@pytest.mark.parametrize(
    "use",
    [np.asarray, list, lambda sol: sol[0], lambda sol: sol.end],
    ids=["array", "loop", "[]", "end"],
)
def test_moments_alone_are_no_array_and_the_remedy_is_named(use):
    assert len(MOMENTS) == 5
    with pytest.raises(ValueError, match='save="stats" keeps none: use save="all"'):
        use(MOMENTS)


def test_a_dictionary_has_what_was_kept_by_name():
    assert {name: array.shape for name, array in SYSTEM.to_dict().items()} == {
        "t": (5,),
        "x": (5, 5, 3),
    }
    assert list(MOMENTS.to_dict()) == ["t", "mean", "stderr", "var"]


def test_a_data_frame_has_a_row_for_each_time():
    pytest.importorskip("pandas", reason="pandas is an extra")
    scalar = SCALAR.to_dataframe()
    assert scalar.shape == (5, 5) and scalar.index.name == "t"
    assert_same_bits(scalar[3].to_numpy(), SCALAR.x[3])
    system = SYSTEM.to_dataframe()
    assert system.shape == (5, 15)
    assert_same_bits(system[3, 1].to_numpy(), SYSTEM.x[3, :, 1])
    moments = MOMENTS.to_dataframe()
    assert_same_bits(moments["mean", 2].to_numpy(), MOMENTS.mean[:, 2])


def test_without_pandas_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        SCALAR.to_dataframe()


def test_the_key_may_come_out_of_a_file():
    key = np.array(SCALAR.key, dtype=np.uint64)  # as np.load gives it back
    again = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=4, paths=5, key=key)
    assert_same_bits(again.x, SCALAR.x)
