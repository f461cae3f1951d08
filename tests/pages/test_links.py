"""Links to the sandbox: each is a state of its page, in the site and in a notebook."""

from __future__ import annotations

import pytest
from architecture import ROOT
from sandbox_pages import ShownPage

import stochcalc as sc

SITE = ROOT / "gallery" / "site"
LESSONS = {path.stem: path for path in (ROOT / "gallery").glob("*/plot_*.py")}
PLAYED = {
    "plot_riemann_sums": "lambda",
    "plot_general_integrands": "lambda",
    "plot_spread": "lambda",
    "plot_quadratic_variation": "variation",
    "plot_total_variation": "variation",
    "plot_refinement": "variation",
    "plot_strong_order": "schemes",
    "plot_higham": "schemes",
    "plot_annealed_langevin": "particles",
    "plot_reversal": "particles",
}
PATH_OF_A_LESSON = ("plot_riemann_sums", "plot_refinement", "plot_strong_order")
KEY_OF_SEED_7 = "11530976094092348043"


@pytest.fixture(autouse=True)
def _site_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    monkeypatch.syspath_prepend(str(SITE / "extensions"))


def find_links_of(path):
    from sandbox_links import find_links

    return find_links(path.read_text(encoding="utf-8"))


def test_a_link_has_an_address_and_a_line_of_python():
    from sandbox_links import read_link

    link = read_link("move it <lambda?lam=0.5&n=64&f=e^w>")
    assert link.words == "move it"
    assert link.address == "sandbox/lambda.html#v=1&lam=8/16&n=64&f=e%5Ew"
    assert link.python == 'sc.sandbox("lambda", lam="8/16", n=64, f="e^w")'
    assert eval(link.python, {"sc": sc}).state["f"] == "e^w"
    first = read_link("open it <schemes>")
    assert (first.address, first.python) == ("sandbox/schemes.html", 'sc.sandbox("schemes")')
    sine = read_link("a sine <lambda?f=sin w>")
    assert sine.address.endswith("#v=1&f=sin%20w") and sine.python.endswith('f="sin w")')


BAD = {
    "go <lamda>": r"page='lamda' must be one of .*lambda",
    "go <lambda?lam=2>": r"lam='2' must be one of 0/16",
    "go <lambda?lambda=1/2>": r"has no 'lambda'",
    "go <lambda?n=16&n=32>": "each name once",
    "go <lambda?n>": "must be NAME=VALUE",
    "lambda?n=16": "must have the form",
    "<lambda>": "must have the form",
}


@pytest.mark.parametrize("text, says", BAD.items())
def test_a_bad_link_is_refused(text, says):
    from sandbox_links import read_link

    with pytest.raises((TypeError, ValueError), match=says):
        read_link(text)


def test_the_lessons_of_a_page_link_to_it_and_every_link_is_a_state():
    found = {}
    for name, path in LESSONS.items():
        for link in find_links_of(path):
            assert found.setdefault(name, link.page.name) == link.page.name
    assert found == PLAYED
    for path in SITE.rglob("*.rst"):
        find_links_of(path)


@pytest.mark.parametrize("name", PATH_OF_A_LESSON)
def test_a_page_that_shows_the_path_of_its_lesson_has_its_key(name):
    """The lesson's seed makes the key, the page's motion has 1,024 steps of [0, 1] as its has."""
    (link,) = find_links_of(LESSONS[name])
    assert "W = sc.brownian(T=1.0, n=1024, rng=7)" in LESSONS[name].read_text(encoding="utf-8")
    assert link.values["key"] == KEY_OF_SEED_7
    assert int(KEY_OF_SEED_7) == sc.brownian(T=1.0, n=1024, rng=7).key


def read_state(shown, field):
    """Return the state that a page writes into its address when its slider goes and returns."""
    slider = shown.page.locator(f"[name={field.name}]")
    is_first = slider.input_value() == slider.get_attribute("min")
    for key in ("ArrowRight", "ArrowLeft") if is_first else ("ArrowLeft", "ArrowRight"):
        slider.press(key)
    shown.page.wait_for_timeout(400)
    version, *parts = shown.page.evaluate("decodeURIComponent(location.hash)").split("&")
    assert version == "#v=1"
    return dict(part.split("=") for part in parts)


@pytest.mark.parametrize(
    "name",
    [
        "plot_riemann_sums",
        *(pytest.param(name, marks=pytest.mark.nightly) for name in [*PLAYED][1:]),
    ],
)
def test_the_page_of_a_lesson_opens_in_its_state(browser, tmp_path, name):
    for link in find_links_of(LESSONS[name]):
        _, sign, state = link.address.partition("#")
        shown = ShownPage(browser, tmp_path, link.page.name, sign + state)
        told = shown.live()
        for fault in (" must be ", " is not known ", " is unknown"):
            assert fault not in told
        assert read_state(shown, link.page.fields[1]) == link.page.read_state(link.values)
        assert shown.reports == []
        shown.close()


def test_the_page_has_the_sum_that_the_lesson_prints(browser, tmp_path):
    (link,) = find_links_of(LESSONS["plot_riemann_sums"])
    shown = ShownPage(browser, tmp_path, "lambda", link.address.partition("sandbox/lambda.html")[2])
    W = sc.brownian(T=1.0, n=1024, rng=7)
    total = sc.riemann_sum(lambda t, w: w, W.coarsen(16), 0.5)[0]
    assert shown.numbers()["sum value"] == pytest.approx(total, abs=1e-12)
    shown.close()


def test_a_notebook_has_the_words_and_a_cell_that_shows_the_page():
    pytest.importorskip("sphinx_gallery", reason='needs pip install -e ".[docs]"')
    from notebooks import add_pages, translate

    text = "Play\n----\n:sandbox:`Move\nit <lambda?lam=4/16>`, and look."
    assert translate(text) == "Play\n----\nMove\nit, and look."
    blocks = [("text", text, 3), ("code", "x = 1\n", 9)]
    assert list(add_pages(blocks)) == [
        blocks[0],
        ("code", 'sc.sandbox("lambda", lam="4/16")', 3),
        blocks[1],
    ]


def build_page(folder, text):
    """Return the status of a build of one page in a folder, and what it reported."""
    from io import StringIO

    from sphinx.application import Sphinx

    (folder / "deep").mkdir(parents=True)
    (folder / "conf.py").write_text('extensions = ["sandbox_role"]\n')
    (folder / "index.rst").write_text("Title\n=====\n\n.. toctree::\n\n    deep/page\n")
    (folder / "deep" / "page.rst").write_text(f"Page\n====\n\n{text}\n")
    warnings = StringIO()
    out = folder / "out"
    app = Sphinx(folder, folder, out, folder / "trees", "html", status=None, warning=warnings)
    app.build()
    return app.statuscode, warnings.getvalue(), (out / "deep" / "page.html").read_text()


def test_the_role_writes_a_link_from_the_page_and_reports_a_bad_one(tmp_path):
    pytest.importorskip("sphinx", reason='needs pip install -e ".[docs]"')
    good = ":sandbox:`Move\nit <lambda?lam=0.25&f=w^2>`."
    _, warned, html = build_page(tmp_path / "good", good)
    assert warned == ""
    address = "../sandbox/lambda.html#v=1&amp;lam=4/16&amp;f=w%5E2"
    assert f'href="{address}">Move it<' in html
    for bad, says in (("lamda", "must be one of"), ("lambda?lam=2", "lam='2' must be one of")):
        _, warned, _ = build_page(tmp_path / bad[:6], f":sandbox:`Move it <{bad}>`")
        assert says in warned and "page.rst:4: ERROR" in warned
