"""Results show themselves without `print`: short, and the same in text, HTML and LaTeX."""

from __future__ import annotations

import dataclasses
import functools
import html
import json
import re
import sys

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims.row import UNDECIDED
from stochcalc.display import Table, make_data_frame

TABLE = Table(title="a_b & 50 %", columns={"n": 4, "x < y": 8}, rows=(("1", "2.5"), ("10", "-3")))


@functools.cache
def study() -> sc.ConvergenceStudy:
    return sc.strong_convergence(
        sc.models.gbm(0.5, 0.5),
        1.0,
        1.0,
        methods=("euler_maruyama", "milstein"),
        levels=(3, 4, 5),
        paths=2048,
        rng=1,
    )


@functools.cache
def multilevel() -> sc.MultilevelEstimate:
    return sc.mlmc(sc.models.gbm(0.5, 0.5), 1.0, 1.0, test=lambda x: x, target=0.05, rng=1)


@functools.cache
def report() -> sc.Report:
    return sc.verify("G04", paths=2048)


def cells(text: str) -> list[str]:
    """What the cells of the tables in HTML hold, without markup."""
    return [
        html.unescape(re.sub("<.*?>", "", cell))
        for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text)
    ]


def test_a_table_holds_the_same_cells_in_every_form():
    assert TABLE.text() == "a_b & 50 %\n     n    x < y\n     1      2.5\n    10       -3"
    assert cells(TABLE.html()) == ["n", "x < y", "1", "2.5", "10", "-3"]
    assert "<caption>a_b &amp; 50 %</caption>" in TABLE.html()
    assert TABLE.latex().splitlines() == [
        r"\begin{tabular}{rr}",
        r"\multicolumn{2}{l}{a\_b \& 50 \%} \\ \hline",
        r"n & x $<$ y \\",
        r"1 & 2.5 \\",
        r"10 & -3 \\",
        r"\end{tabular}",
    ]


def test_a_column_without_a_name_has_no_head():
    table = Table(title="", columns={"": 4, "n": 4}, rows=(("a", "1"),))
    assert "<thead><tr><td></td><th>n</th></tr></thead>" in table.html()


def test_what_latex_would_read_is_written_for_it():
    table = Table(title="x^2 ~ {a}", columns={"\\n": 3}, rows=(("1",),))
    assert r"x\^{}2 \textasciitilde{} \{a\}" in table.latex()
    assert r"\textbackslash{}n \\" in table.latex()


def solution(**options: object) -> sc.Solution:
    return sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=8, paths=300, rng=1, **options)


@pytest.mark.parametrize(
    "make",
    [
        solution,
        lambda: solution().moments[-1],
        lambda: solution().estimate(),
        lambda: sc.quadratic_variation(sc.brownian(n=8, paths=1, rng=1).values[0]),
        lambda: sc.jump_test(sc.brownian(n=100, rng=1).values[0]),
        lambda: sc.detect_jumps(sc.brownian(n=100, rng=1).values[0], window=60),
        lambda: sc.CLAIMS["G04"],
        lambda: report().findings[0][1].rows[0],
        lambda: sc.langevin.advise_step(lambda x: -4.0 * x, [0.5, 1.0]),
        lambda: sc.first_passage(sc.models.ou(1.0, 0.0, 1.0), 0.0, 0.5, 1.0, n=4, paths=300, rng=1),
        lambda: sc.stationary_density(sc.models.double_well(0.5)),
        lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=10, chains=3, rng=1),
        lambda: sc.brownian(n=8, paths=3, rng=1),
    ],
)
def test_one_result_shows_on_one_short_line(make):
    text = repr(make())
    assert len(text) < 320 and "\n" not in text
    for raw in ("array(", "float64", "record=", " object at 0x", "<function"):
        assert raw not in text


def test_the_repr_that_a_record_has_by_default_is_found():
    @dataclasses.dataclass
    class Raw:
        value: np.float64

    assert "float64" in repr(Raw(np.float64(1.0)))


def test_a_finding_shows_its_rows():
    finding = report().findings[0][1]
    head, *lines = repr(finding).splitlines()
    undecided = any(row.verdict == UNDECIDED for row in finding.rows)
    assert len(lines) == len(finding.rows) + len(finding.remarks) + undecided
    assert undecided == any(line.startswith("undecided: ") for line in lines)
    assert "exact" in head and "twin" in head
    for row, line in zip(finding.rows, lines):
        assert row.statement in line and row.verdict in line and f"{row.exact:.7g}" in line


@pytest.mark.parametrize("make", [study, lambda: sc.variation_convergence(levels=(2, 4), key=1)])
def test_a_study_as_a_data_frame_has_a_row_for_each_step_of_each_method(make):
    pytest.importorskip("pandas", reason="a DataFrame needs pip install pandas")
    frame = make().to_dataframe()
    assert list(frame.columns) == ["method", "dt", "error", "stderr", "exact", "z"]
    for name, rows in frame.groupby("method", sort=False):
        for column in ("error", "stderr", "exact"):
            assert (rows[column].to_numpy() == getattr(make(), column)[name]).all()
        z = (make().error[name] - make().exact[name]) / make().stderr[name]
        assert np.allclose(rows["z"], z, rtol=1e-14, equal_nan=True)
        assert (rows["dt"].to_numpy() == make().dt).all()


def test_what_is_not_known_is_nan_in_a_data_frame_and_missing_in_a_dict():
    pytest.importorskip("pandas", reason="a DataFrame needs pip install pandas")
    unknown = dataclasses.replace(study(), exact={}, exact_order={})
    assert unknown.to_dataframe()[["exact", "z"]].isna().all(axis=None)
    assert "exact" not in unknown.to_dict()["methods"]["milstein"]


def test_a_study_as_a_dict_goes_through_json_without_a_loss():
    values = json.loads(json.dumps(study().to_dict()))
    assert values == study().to_dict()
    milstein = values["methods"]["milstein"]
    assert milstein["error"] == study().error["milstein"].tolist()
    assert milstein["order"]["value"] == study().order["milstein"].value
    assert values["key"] == study().key and values["dt"] == [1 / 8, 1 / 16, 1 / 32]


def test_a_multilevel_estimate_as_a_data_frame_has_a_row_for_each_level():
    pytest.importorskip("pandas", reason="a DataFrame needs pip install pandas")
    frame = multilevel().to_dataframe()
    assert (frame["steps"].to_numpy() == 2 ** multilevel().level).all()
    assert (frame["mean"].to_numpy() == multilevel().mean).all()


def test_without_pandas_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        make_data_frame({"x": [1.0]})


# ---- equations


def pull(t, x):
    return -x


def test_a_model_shows_its_interpretation():
    assert repr(sc.models.gbm(0.1, 0.5)) == "models.gbm(0.1, 0.5)"
    assert repr(sc.models.gbm(0.1, 0.5, lam=0.5)) == "models.gbm(0.1, 0.5, lam=0.5)"


def test_a_model_of_the_user_s_shows_its_functions():
    mine = sc.models.Model("mine", pull, lambda t, x: 0.5, lam=0.5, args=())
    assert repr(mine) == (
        "Model('mine', drift=pull, diffusion=lambda t, x: ..., noise='diagonal', lam=0.5)"
    )


def test_an_equation_shows_its_functions_by_name():
    sde = sc.SDE(pull, lambda t, x, s: s * x, args=(0.5,), diffusion_dx="central", lam=0.5)
    assert repr(sde) == (
        "SDE(drift=pull, diffusion=lambda t, x, s: ..., noise='diagonal', lam=0.5, args=(0.5,), "
        "diffusion_dx='central')"
    )
    assert "drift=pull + 0.5 b b'" in repr(sde.to_ito())
    assert "drift=pull + 0.5 b b' - 1 b b'" in repr(sde.to_ito().to(1.0))
    many = sc.SDE(pull, pull, diffusion_dx=lambda t, x: 0.0 * x - 1.0, lam=0.5, vectorized=True)
    assert "drift=pull + 0.5 b b' - 1 b b'" in repr(many.to_ito().to(1.0))
