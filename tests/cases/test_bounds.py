"""Reads outside a table raise an IndexError that names the place, as they do in Python."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import stochcalc as sc

TABLE = np.array([1.0, 2.0])
RATES = np.arange(1.0, 9.0)
SQUARE = np.array([[1.0, 2.0], [3.0, 4.0]])
COUNTS = np.array([0, 1])


def zero(t, x, *args):
    return 0.0


def place(x):
    return int(x)


def read(x):
    return max(0.0, TABLE[int(x)])


def run(drift, x0=0.0, T=10.0, n=10, **options):
    """Return the states of one path without noise."""
    return sc.solve(sc.SDE(drift, zero, **options), x0, T, n=n, rng=1).x[0]


@pytest.mark.parametrize(
    "drift",
    [
        lambda t, x: TABLE[int(x)],
        lambda t, x: TABLE[place(x)],
        lambda t, x: read(x),
        lambda t, x: 1.0 if TABLE[int(x)] > 0.0 else 0.0,
        lambda t, x: 1.0 + 0.0 * TABLE[COUNTS[int(x)]],
        lambda t, x: SQUARE[0, int(x)],
        lambda t, x: SQUARE[int(x), 1],
        lambda t, x: SQUARE[int(x)][0],
        lambda t, x: SQUARE[int(x), :].sum(),
        lambda t, x: (1.0, 2.0)[int(x)],
        lambda t, x: [1.0, 2.0][int(x)],
        lambda t, x: TABLE[-1 - int(x)],
    ],
)
def test_a_read_beyond_a_table_names_the_place(drift):
    with pytest.raises(
        IndexError, match=r"<lambda> \(line .*\) fails at \(\d+, [\d.]+\): .*range|bounds"
    ):
        run(drift)


def test_the_states_of_the_table_of_two():
    with pytest.raises(IndexError, match=r"fails at \(2, 3\): index 3 is out of bounds"):
        run(lambda t, x: TABLE[int(x)])


def test_a_table_of_eight_ends_at_one():
    with pytest.raises(IndexError, match=r"fails at \(1, 4.5\): index 8 is out of bounds"):
        run(lambda t, x: RATES[int(t * 8)], T=2.0, n=16)


def test_a_table_in_args_ends_too():
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        run(lambda t, x, table: table[int(x)] + 0.0 * t, args=(TABLE,))


def test_indices_inside_a_table_are_pythons():
    found = run(lambda t, x: TABLE[-1] + TABLE[-2] + SQUARE[-1, -2] + SQUARE[-1][1], T=1.0, n=1)
    assert found[-1] == 2.0 + 1.0 + 3.0 + 4.0
    assert run(lambda t, x: RATES[int(x) - 3], T=1.0, n=1)[-1] == 6.0
    assert run(lambda t, x: RATES[-20:3].sum() + RATES[6:99].sum(), T=1.0, n=1)[-1] == 21.0


def test_paths_beyond_those_that_are_asked_for_are_not_read():
    """A block has 256 lanes; one of those that nobody asked for may leave the table."""
    sde = sc.SDE(lambda t, x: 0.0 * TABLE[int(abs(x))], lambda t, x: 1.0)
    inside = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for key in range(20):
            try:
                x = sc.solve(sde, 0.0, 1.0, n=1, key=key).x
            except IndexError:
                continue
            assert np.isfinite(x).all()
            inside += 1
    assert inside > 0


def test_a_path_that_is_lost_before_reads_nothing():
    """Where the state is nan already, the paths are reported as lost, as without a table."""
    drift = lambda t, x: x**3 * 1e200 + 0.0 * TABLE[int(min(abs(x), 1.0))]
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        run(drift, x0=1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sc.ito(lambda t, w: RATES[int(8 * t)], sc.brownian(2.0, 16, rng=1)),
        lambda: sc.backward(lambda t, w: RATES[int(8 * t)], sc.brownian(1.0, 8, rng=1)),
        lambda: sc.langevin.sample(lambda x: TABLE[int(abs(x))], 0.0, step=1.0, n=20, rng=1),
        lambda: sc.first_passage(
            sc.SDE(lambda t, x: TABLE[int(abs(x))], lambda t, x: 0.1), 0.0, 9.0, 9.0, n=9, paths=4
        ),
        lambda: sc.solve(
            sc.SDE(lambda t, x: (TABLE[int(x[0])], 0.0), lambda t, x: (0.0, 0.0), lam=0.5),
            (0.0, 0.0),
            9.0,
            n=9,
            method="heun",
        ),
    ],
)
def test_every_entry_point_names_the_place(call):
    with pytest.raises(IndexError, match="fails at"):
        call()


def test_a_study_reports_what_its_equation_reads_beyond_a_table():
    sde = sc.SDE(lambda t, x: RATES[int(16 * t)], lambda t, x: 1.0)
    with pytest.raises(FloatingPointError, match="left the finite range"):
        sc.strong_convergence(
            sde, 0.0, 1.0, methods=("euler_maruyama",), levels=range(4, 7), paths=2048, rng=1
        )


@pytest.mark.parametrize(
    "drift",
    [
        lambda t, x: x[int(8.0 * t)] + 0.0 * x,
        lambda t, x: 0.0 * x + TABLE[int(8.0 * t)],
    ],
)
def test_functions_of_arrays_stop_too(drift):
    with pytest.raises(ValueError, match="raised an error along a path"):
        run(drift, x0=(1.0, 2.0, 3.0), T=1.0, n=4, vectorized=True)


def test_a_row_that_is_not_there_is_not_written():
    def drift(t, x):
        out = np.zeros_like(x)
        out[int(8.0 * t)] = 1.0
        return out

    with pytest.raises(ValueError, match="raised an error along a path"):
        run(drift, x0=(1.0, 2.0, 3.0), T=1.0, n=4, vectorized=True)
