"""Arrays that hold no plain real numbers: masked, missing, complex, of bools or records.

Each is refused by name wherever arrays come in. NumPy's own `asarray` would read the value under a
mask, such as the -999 that marks a gap.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine import arrays
from stochcalc.langevin import autocorrelation_time, linear_chain
from stochcalc.score import VE, Empirical, GaussianMixture

GAP = -999.0
W = sc.brownian(n=4, paths=2, rng=1)
OU = sc.models.ou(1.0, 0.0, 1.0)


def with_a_gap(n: int, at: int = 2):
    """n numbers that increase from 0, one of them masked."""
    values = np.arange(float(n))
    values[at] = GAP
    return np.ma.masked_equal(values, GAP)


def table_with_a_gap(rows: int, columns: int):
    """A table of numbers, the last of its second row masked."""
    values = np.arange(float(rows * columns)).reshape(rows, columns)
    values[1, -1] = GAP
    return np.ma.masked_equal(values, GAP)


x = with_a_gap(50)
t = np.arange(50.0)
prices = with_a_gap(80) + 1.0
LABELS = tuple(map(str, range(80)))
two = [[0.0, 1.0], [1.0, 0.0]]
gap2 = np.ma.array([0.0, GAP], mask=[False, True])

WHERE_ARRAYS_COME_IN = {
    "quadratic_variation": lambda: sc.quadratic_variation(x),
    "quadratic_variation, one row of many": lambda: sc.quadratic_variation(table_with_a_gap(2, 9)),
    "quadratic_variation, times": lambda: sc.quadratic_variation(t, x),
    "quadratic_variation, a list of paths": lambda: sc.quadratic_variation([x, x]),
    "spot_variance": lambda: sc.spot_variance(x, window=5),
    "spot_variance, times": lambda: sc.spot_variance(t, x, window=5),
    "covariation, first": lambda: sc.covariation(x, t),
    "covariation, second": lambda: sc.covariation(t, x),
    "power_variation": lambda: sc.power_variation(x, 1.0),
    "jump_test": lambda: sc.jump_test(x),
    "detect_jumps": lambda: sc.detect_jumps(x, window=20),
    "volatility": lambda: sc.volatility(prices),
    "volatility, a Series": lambda: sc.volatility(sc.Series("p", prices, None, LABELS)),
    "volatility, times": lambda: sc.volatility(sc.Series("p", t + 1.0, x, LABELS[:50])),
    "Partition": lambda: sc.Partition(with_a_gap(5)),
    "Partition.check_inside": lambda: sc.Partition(t).check_inside(with_a_gap(5)),
    "brownian, correlation": lambda: sc.brownian(dim=2, correlation=table_with_a_gap(2, 2)),
    "W.at": lambda: W.at(with_a_gap(5) / 10),
    "solve, x0": lambda: sc.solve(OU, with_a_gap(4), 1.0, n=2, paths=4, starts=True),
    "solve, a number x0": lambda: sc.solve(OU, np.ma.masked, 1.0, n=2),
    "solve, save": lambda: sc.solve(OU, 0.0, 1.0, n=2, save=with_a_gap(4)),
    "solve, T": lambda: sc.solve(OU, 0.0, np.ma.masked, n=2),
    "SDE, a table": lambda: sc.SDE(lambda t, x, r: r[0], lambda t, x, r: r[1], args=(gap2,)),
    "model.mean, t": lambda: OU.mean(with_a_gap(4), 0.0),
    "riemann_sum": lambda: sc.riemann_sum(table_with_a_gap(2, 5), W),
    "StepProcess, times": lambda: sc.StepProcess(with_a_gap(4), [1.0, 2.0, 3.0]),
    "StepProcess, values": lambda: sc.StepProcess([0.0, 1.0, 2.0], gap2),
    "hermite": lambda: sc.hermite(2, 1.0, x),
    "Moments.of": lambda: sc.Moments.of(x),
    "langevin.sample, x0": lambda: sc.langevin.sample(
        lambda x: -x, with_a_gap(4), step=0.1, n=2, chains=4, starts=True
    ),
    "autocorrelation_time": lambda: autocorrelation_time(x),
    "linear_chain": lambda: linear_chain(table_with_a_gap(2, 2), step=0.1),
    "Empirical": lambda: Empirical(table_with_a_gap(3, 1)),
    "Empirical.score, points": lambda: Empirical([[0.0]]).score(table_with_a_gap(3, 1), 1.0),
    "GaussianMixture, weights": lambda: GaussianMixture(gap2, two, 1.0),
    "GaussianMixture, means": lambda: GaussianMixture([0.5, 0.5], table_with_a_gap(2, 2), 1.0),
    "GaussianMixture, covs": lambda: GaussianMixture([0.5, 0.5], two, gap2),
    "noising, times": lambda: VE(0.1, 1.0).sigma(with_a_gap(4) / 10),
}


@pytest.mark.parametrize("case", WHERE_ARRAYS_COME_IN)
def test_a_masked_entry_is_refused_wherever_arrays_come_in(case):
    with pytest.raises((TypeError, ValueError), match=r"masked"):
        WHERE_ARRAYS_COME_IN[case]()


def test_the_first_masked_entry_is_named_and_each_remedy_runs():
    with pytest.raises(ValueError, match=r"x\[2\] is masked") as caught:
        sc.quadratic_variation(np.ma.masked_equal([0.0, 0.1, GAP, 0.2, 0.1], GAP))
    x = np.ma.masked_equal([0.0, 0.1, GAP, 0.2, 0.1], GAP)
    assert "x.compressed()" in str(caught.value) and "x.filled(0.0)" in str(caught.value)
    # Without the masked value the increments are 0.1, 0.1 and -0.1.
    assert sc.quadratic_variation(x.compressed()).value == pytest.approx(0.03, rel=1e-12)
    assert sc.quadratic_variation(x.filled(0.0)).value == pytest.approx(0.07, rel=1e-12)
    table = table_with_a_gap(3, 4)
    with pytest.raises(ValueError, match=r"x\[1, 3\] is masked") as caught:
        sc.quadratic_variation(table)
    remedy = re.search(r"give (.*) to leave out the rows", str(caught.value)).group(1)
    assert remedy == "x.data[~np.ma.getmaskarray(x).any(axis=(1,))]"
    kept = table.data[~np.ma.getmaskarray(table).any(axis=(1,))]
    np.testing.assert_array_equal(sc.quadratic_variation(kept).value, [3.0, 3.0])


def test_a_masked_array_without_a_masked_entry_is_an_array():
    whole = np.ma.array([0.0, 1.0, -1.0])
    assert sc.quadratic_variation(whole).value == 5.0
    hidden = np.ma.masked_equal([0.0, 1.0, GAP], GAP)
    assert sc.quadratic_variation(hidden[:2]).value == 1.0


class NAType:
    """What pandas has for a missing value, by its name."""

    def __repr__(self) -> str:
        return "<NA>"


def objects(*items):
    """An array of Python objects."""
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made


NO_REAL_NUMBERS = {
    "missing as pandas has it": (objects(1.0, NAType()), ValueError, r"x\[1\] is missing \(<NA>"),
    "None": ([1.0, None], ValueError, r"x\[1\] is missing \(None\): leave it out or fill"),
    "NaT": (np.array(["2024-01-01", "NaT"], "M8[D]"), TypeError, "x holds dates"),
    "objects": (objects(1.0, "a"), TypeError, "give real numbers, not float, str"),
    "bool": ([True, False], TypeError, r"dtype bool .*np\.asarray\(x, dtype=float\)"),
    "bools as objects": (objects(True, 1.0), TypeError, "give real numbers, not bool, float"),
    "complex": (np.array([1.0 + 0.0j]), TypeError, r"complex128 .* real parts, x\.real"),
    "records": (np.zeros(3, [("bid", float), ("ask", float)]), TypeError, r"give one, x\['bid'\]"),
    "durations": (np.array([1, 2], "m8[s]"), TypeError, r"x / np\.timedelta64\(1, 's'\)"),
    "dates": (np.array(["2024-01-01"], "M8[D]"), TypeError, "x holds dates: give numbers"),
    "text": (["a"], TypeError, r"x has dtype <U1 \(\['a'\]\): give real numbers"),
}


@pytest.mark.parametrize("case", NO_REAL_NUMBERS)
def test_what_is_no_array_of_real_numbers_is_refused_with_a_remedy(case):
    value, kind, pattern = NO_REAL_NUMBERS[case]
    with pytest.raises(kind, match=pattern):
        sc.quadratic_variation(value)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_a_table_like_any_other():
    matrix = np.matrix([[0.0, 1.0, 3.0], [0.0, 2.0, 0.0]])
    np.testing.assert_array_equal(sc.quadratic_variation(matrix).value, [5.0, 8.0])
    with pytest.raises(ValueError, match=r"times has shape \(2, 3\): give an array with 1 dim"):
        sc.Partition(matrix)


def test_objects_that_are_real_numbers_are_read_as_such():
    assert sc.quadratic_variation(objects(0, 1.0, -1)).value == 5.0
    assert arrays.read_reals("x", objects(1, 2)).dtype == np.int64


def test_nullable_columns_of_pandas_are_read_or_refused():
    pd = pytest.importorskip("pandas")
    whole = pd.Series([0, 1, -1], dtype="Int64")
    assert sc.quadratic_variation(whole).value == 5.0
    with pytest.raises(ValueError, match=r"x\[1\](=nan| is missing)"):
        sc.quadratic_variation(pd.Series([0, None, -1], dtype="Int64"))
    with pytest.raises((TypeError, ValueError), match=r"x\[1\] is missing|dtype bool"):
        sc.quadratic_variation(pd.Series([True, None], dtype="boolean"))


def test_a_masked_value_of_a_user_s_function_counts_as_not_finite():
    sde = sc.SDE(lambda t, x: np.ma.log(x), lambda t, x: 0.0 * x, vectorized=True)
    with pytest.warns(RuntimeWarning) as warned:
        sol = sc.solve(sde, 0.5, 4.0, n=8, paths=2, rng=1)
    assert sol.nonfinite == 2 and np.isnan(sol.x[:, -1]).all()
    assert any("not finite" in str(one.message) for one in warned)
    with pytest.raises(ValueError, match=r"is not finite for point 1"):
        sc.score.explicit_loss(lambda x, s: np.ma.masked_greater(-x, -0.5), [[1.0], [0.0]])
