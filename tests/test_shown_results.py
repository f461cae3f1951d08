"""Each kind of result shows itself as text, HTML and LaTeX: short, escaped, the same numbers."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims import CLAIMS
from stochcalc.claims.row import Row
from stochcalc.display import Description, Table
from stochcalc.display.thumbnail import draw_errors, draw_paths
from stochcalc.engine.shown_digits import show_shorthand, show_z
from stochcalc.models.presets import PRESETS

MOST_LINES = 12
MOST_BYTES = 2000  # of HTML without its picture
BYTES_OF_A_ROW = 350  # of a claim: its twin is folded in it
SCRIPT = "<script>alert(1)</script>"
GBM = sc.models.gbm(0.5, 0.5)


def study(*methods: str, levels: tuple[int, ...] = (4, 5, 6, 7, 8, 9, 10)) -> sc.ConvergenceStudy:
    return sc.strong_convergence(
        GBM, 1.0, 1.0, methods=methods, levels=levels, paths=2048, key=12345678901234567890
    )


def prices() -> np.ndarray:
    x = np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, 1000))
    x[500:] += 0.1
    return x


RESULTS: dict[str, Callable[[], object]] = {
    "Estimate": lambda: sc.Estimate.normal(0.50012, 0.00021),
    "Estimate of several": lambda: sc.Estimate.normal(np.arange(9.0), np.ones(9)),
    "Moments": lambda: sc.Moments.of([1.0, 2.0, 3.0, 4.0]),
    "Moments of several": lambda: sc.Moments.of(np.arange(20.0).reshape(4, 5)),
    "ConvergenceStudy": lambda: study("euler_maruyama"),
    "ConvergenceStudy of two": lambda: study("euler_maruyama", "milstein"),
    "ConvergenceStudy of three": lambda: study("euler_maruyama", "milstein", "sriw1"),
    "MultilevelEstimate": lambda: sc.mlmc(GBM, 1.0, 1.0, test=lambda x: x, target=0.02, rng=1),
    "Report": lambda: sc.verify("G04", paths=2048),
    "Finding": lambda: CLAIMS["G09"].run(paths=2048, rng=1),
    "SDE": lambda: sc.SDE(lambda t, x, s: -x, lambda t, x, s: s * x, args=(0.5,), lam=0.5),
    "Model": lambda: GBM,
    "LinearSystem": lambda: PRESETS["linear_noncommuting"].model({}),
    "Method": lambda: sc.METHODS["milstein"],
    "Solution": lambda: sc.solve(GBM, 1.0, 1.0, n=64, paths=300, rng=1),
    "Solution of moments": lambda: sc.solve(
        GBM, 1.0, 1.0, n=8, paths=300, save="stats", rng=1, stop=lambda t, x: x > 2.0
    ),
    "BrownianPaths": lambda: sc.brownian(n=256, paths=40, rng=1),
    "BrownianPaths, streamed": lambda: sc.brownian(n=256, paths=10**9, store=False, rng=1),
    "Chains": lambda: sc.langevin.sample(
        sc.score.GaussianMixture([1.0], [[0.0]], 1.0),
        [0.0],
        step=1.0,
        n=99,
        chains=50,
        method="mala",
        rng=1,
    ),
    "FirstPassage": lambda: sc.first_passage(
        sc.models.ou(1.0, 0.0, 1.0), 0.0, (-0.5, 0.5), 1.0, n=4, paths=300, rng=1
    ),
    "StationaryDensity": lambda: sc.stationary_density(sc.models.double_well(0.5)),
    "BackwardSolution": lambda: sc.backward_equation(GBM, lambda x: x, 1.0, 0.1, 9.0),
    "Jumps": lambda: sc.detect_jumps(prices(), window=60),
    "JumpTest": lambda: sc.jump_test(prices()),
    "JumpTest of several": lambda: sc.jump_test(sc.brownian(n=64, paths=9, rng=1)),
    "Volatility": lambda: sc.volatility(np.exp(prices())),
}
PICTURES = ("ConvergenceStudy", "MultilevelEstimate", "Solution", "BrownianPaths", "Chains")


@functools.cache
def make(name: str) -> object:
    return RESULTS[name]()


def without_picture(shown: str) -> str:
    return re.sub(r"<svg.*?</svg>", "", shown)


def read_text(shown: str) -> str:
    """What a reader of the HTML reads."""
    plain = re.sub(r"<style>.*?</style>|<math.*?</math>", "", without_picture(shown))
    return html.unescape(re.sub(r"<[^>]*>", " ", plain)).replace("±", "+-")


def numbers_of(text: str) -> set[str]:
    return set(re.findall(r"\d+\.\d+(?:\(\d+\))?(?:e[+-]\d+)?", text))


@pytest.mark.parametrize("name", RESULTS)
def test_the_text_has_at_most_twelve_lines(name):
    assert 1 <= len(repr(make(name)).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", RESULTS)
def test_the_html_is_short_and_well_formed(name):
    shown = make(name)._repr_html_()
    least = MOST_BYTES
    if name in ("Report", "Finding"):
        rows = make(name).rows
        least += BYTES_OF_A_ROW * len(rows)
    assert len(without_picture(shown).encode()) < least
    ElementTree.fromstring(shown)  # every tag is closed, every sign is escaped
    assert "background" not in shown and "url(" not in shown and "<script" not in shown
    if "<table" in shown:
        assert "overflow-x:auto" in shown and "currentColor" in shown


def test_broken_html_is_found():
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring("<div><p>a < b</p></div>")


@pytest.mark.parametrize("name", RESULTS)
def test_the_text_the_html_and_the_latex_have_the_same_numbers(name):
    result = make(name)
    text = numbers_of(repr(result))
    shown = numbers_of(read_text(result._repr_html_()))
    latex = numbers_of(result._repr_latex_())
    if name == "Report":  # its tables of all claims are folded in the HTML, and left to print
        assert text <= shown and shown - text <= numbers_of(str(result) + result._repr_latex_())
        return
    assert text == shown
    assert shown <= latex or not shown
    assert text or name in ("BrownianPaths, streamed", "Solution", "Method")


@pytest.mark.parametrize("name", RESULTS)
def test_the_latex_is_balanced(name):
    latex = make(name)._repr_latex_()
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}")
    bare = re.sub(r"\\[{}]", "", latex)
    assert bare.count("{") == bare.count("}") and "±" not in latex


def test_results_of_which_only_the_first_numbers_are_shown_say_so():
    x = prices()
    x += 0.1 * (np.arange(1000)[:, None] >= np.arange(100, 1000, 80)).sum(axis=1)
    found = sc.detect_jumps(x, window=60)
    assert found.found.sum() > 8 and ", the first 8: " in repr(found)
    for name in ("Estimate of several", "JumpTest of several"):
        assert ", the first 6" in repr(make(name)) and ", the first 6" in make(name)._repr_html_()
    assert "the first" not in repr(make("Jumps"))


def test_latex_shows_the_signs_of_a_text():
    table = Table(title="|z| < 6 & $x$", columns={"z": 3}, rows=((">99",), ("50 %",)))
    latex = table.latex()
    assert r"$|$z$|$ $<$ 6 \& \$x\$" in latex and "$>$99" in latex and r"50 \%" in latex


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_words_and_the_colour_of_the_text(name):
    (picture,) = re.findall(r"<svg.*?</svg>", make(name)._repr_html_())
    assert 'role="img"' in picture and 'aria-label="' in picture and "currentColor" in picture
    assert "nan" not in picture and len(picture) < 20_000


def test_a_picture_draws_twenty_paths_of_many_and_leaves_out_what_is_not_finite():
    t = np.linspace(0.0, 1.0, 5)
    values = np.arange(150.0).reshape(30, 5)
    values[0, 2] = np.nan
    values[1] = np.inf
    picture = draw_paths(t, values, "words")
    assert picture.count("<path") == 20 and "nan" not in picture and "inf" not in picture
    assert draw_paths(t, np.full((2, 5), np.nan), "words") == ""
    assert draw_paths(t[:1], values[:, :1], "words") == ""
    assert draw_errors(t[1:][::-1], [np.zeros(4)], [None], "words") == ""


@pytest.mark.parametrize(
    "result",
    [
        sc.ConvergenceStudy(
            title=SCRIPT,
            quantity=SCRIPT,
            dt=np.array([0.5, 0.25]),
            error={SCRIPT: np.array([0.2, 0.1])},
            stderr={SCRIPT: np.array([0.01, 0.01])},
            order={SCRIPT: sc.Estimate.normal(1.0, 0.1)},
        ),
        sc.models.Model(SCRIPT, lambda t, x: -x, lambda t, x: 1.0),
        sc.Method(
            name=SCRIPT,
            step=lambda a, b, t, x, dt, dW, args: x,
            strong_order={"scalar": 0.5},
            weak_order={"scalar": 1.0},
            calculus=0.0,
            reference=SCRIPT,
        ),
        sc.claims.Finding(
            rows=(
                Row(
                    statement=SCRIPT,
                    exact=1.0,
                    measured=sc.Estimate.normal(1.0, 0.1),
                    twin=9.0,
                    twin_statement=SCRIPT,
                ),
            ),
            draw=lambda ax: ax,
            remarks=(SCRIPT,),
        ),
        Table(title=SCRIPT, columns={SCRIPT: 3}, rows=((SCRIPT,),)),
        Description(title=SCRIPT, formula=SCRIPT, remarks=(SCRIPT,)),
    ],
    ids=lambda result: type(result).__name__,
)
def test_a_script_in_a_name_is_text(result):
    shown = result._repr_html_() if hasattr(result, "_repr_html_") else result.html()
    assert "<script" not in shown and "&lt;script&gt;" in shown


@pytest.mark.parametrize("name", RESULTS)
def test_a_notebook_is_given_all_three(name):
    formatters = pytest.importorskip("IPython.core.formatters", reason="it comes with ipykernel")
    result = make(name)
    shown, _ = formatters.DisplayFormatter().format(result)
    assert shown["text/html"] == result._repr_html_()
    assert shown["text/latex"] == result._repr_latex_()
    assert shown["text/plain"] == repr(result)


# ---- numbers


def test_an_estimate_has_a_shorthand_and_the_formats_of_a_number():
    estimate = sc.Estimate.normal(0.50012, 0.00021)
    assert f"{estimate}" == str(estimate) == "0.50012 +- 0.00021"
    assert f"{estimate:S}" == "0.50012(21)"
    assert f"{estimate:.2e}" == "5.00e-01 +- 2.10e-04"
    assert f"{sc.Estimate.normal(np.array([1.0, 2.0]), 0.1 * np.ones(2)):S}" == (
        "2 estimates: 1.00(10), 2.00(10)"
    )
    assert estimate._repr_html_() == (
        '<div class="stochcalc"><p>0.50012 ± 0.00021 (95 %: 0.49971 to 0.50053)</p></div>'
    )
    assert r"0.50012 $\pm$ 0.00021 (95 \%" in estimate._repr_latex_()
    with pytest.raises(ValueError, match="format"):
        f"{estimate:no such format}"


@pytest.mark.parametrize(
    "value, stderr, text",
    [
        (0.50012, 0.00021, "0.50012(21)"),
        (-0.49963, 0.00028, "-0.49963(28)"),
        (1234.5, 2.5, "1234.5(2.5)"),
        (1234.5, 25.0, "1234(25)"),
        (123456.0, 2500.0, "123500(2500)"),
        (0.123, 0.0996, "0.12(10)"),
        (1.234e-7, 1.2e-9, "1.234(12)e-07"),
        (3.0e12, 2.0e10, "3.000(20)e+12"),
        (0.0, 0.001, "0.0000(10)"),
        (1.0, 0.0, "1(0)"),
        (float("nan"), 1.0, "nan(1)"),
    ],
)
def test_the_shorthand_has_the_two_digits_that_mean_something(value, stderr, text):
    assert show_shorthand(value, stderr) == text


def test_a_z_beyond_99_says_only_that():
    shown = [show_z(z) for z in (1.234, -99.0, 99.01, -3574.0, float("nan"))]
    assert shown == ["+1.23", "-99.00", ">99", "<-99", "+nan"]


def test_rows_in_the_middle_of_a_long_table_are_left_out():
    rows = tuple((f"{i}",) for i in range(50))
    long = Description(title="t", tables=(Table(title="", columns={"i": 3}, rows=rows),))
    lines = long.text().splitlines()
    assert len(lines) == MOST_LINES and lines[2].strip() == "0" and lines[-1].strip() == "49"
    assert sum("... 41 more" in line for line in lines) == 1
    assert long.html().count("<tr>") == 51
    assert len(long.text(whole=True).splitlines()) == 52


def test_print_shows_every_row_of_a_finding():
    finding = CLAIMS["G21"].run(paths=2048, rng=1)
    assert len(finding.rows) > MOST_LINES
    assert len(repr(finding).splitlines()) <= MOST_LINES and " more\n" in repr(finding)
    assert all(row.statement in str(finding) for row in finding.rows)
