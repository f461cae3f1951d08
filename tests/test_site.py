"""The pages of the documentation: their examples run, and the built site needs nothing but itself.

STOCHCALC_SITE names the folder of a site that is built already, for the checks of its HTML; in a
nightly run it is built here.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
import re
import subprocess

import pytest
from architecture import ROOT
from built_pages import (
    Page,
    find_dead_links,
    find_false_lists,
    find_poor_lessons,
    find_requests,
    is_mute,
    list_lessons,
    list_pages,
    needs_site,
    read_page,
    run_notebook,
)
from sources import has_source, list_names

import stochcalc
from stochcalc.citations import find_sources
from stochcalc.pages import PAGES as SANDBOX
from stochcalc.pages import sandbox

SITE = ROOT / "gallery" / "site"
NAVIGATION = ("learn/", "gallery.html", "sandbox/", "howto/", "reference/", "coming/")
PAGES = sorted(path for path in SITE.rglob("*.rst") if ">>>" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_examples_of_a_page_print_what_it_shows(path):
    if ".widget()" in path.read_text(encoding="utf-8"):
        pytest.importorskip("anywidget", reason='widgets need pip install -e ".[notebook]"')
    flags = doctest.NORMALIZE_WHITESPACE
    failures, tried = doctest.testfile(str(path), module_relative=False, optionflags=flags)
    assert failures == 0 and tried > 0


def test_an_example_that_prints_something_else_is_found(tmp_path, capsys):
    page = tmp_path / "page.rst"
    page.write_text(">>> 1 + 1\n3\n")
    assert doctest.testfile(str(page), module_relative=False).failed == 1
    assert "Expected" in capsys.readouterr().out


def test_the_pages_that_show_code_have_examples_that_run():
    names = {path.stem for path in PAGES}
    coming = {path.stem for path in (SITE / "coming").glob("*.rst")} - {"index"}
    howto = {path.stem for path in (SITE / "howto").glob("*.rst")} - {"index"}
    assert coming | howto <= names
    for path in (*(SITE / "coming").glob("*.rst"), *(SITE / "howto").glob("*.rst")):
        for block in re.findall(r"\.\. code-block:: python\n", path.read_text(encoding="utf-8")):
            assert path.stem in ("sdeint", "diffrax"), f"{path}: {block} is not run"


@needs_site
def test_every_internal_link_leads_somewhere(site):
    assert len(list_pages(site)) > 100
    assert find_dead_links(site) == []


@needs_site
def test_no_initial_of_a_name_is_the_number_of_a_list(site):
    assert find_false_lists(site) == []


@needs_site
def test_no_page_asks_another_computer_for_anything(site):
    assert find_requests(site) == []


@needs_site
def test_every_lesson_has_mathematics_and_figures_with_words(site):
    assert list_lessons(site)
    assert find_poor_lessons(site) == []


@needs_site
def test_every_public_name_has_a_page(site):
    import stochcalc as sc

    chapters = ("models", "langevin", "score", "plot", "claims")
    names = {f"stochcalc.{name}" for name in sc.__all__ if name not in chapters}
    for chapter in chapters:
        module = importlib.import_module(f"stochcalc.{chapter}")
        shared = {name for name in sc.__all__ if getattr(module, name, None) is getattr(sc, name)}
        own = {*module.__all__} - shared
        names |= {f"stochcalc.{chapter}.{name}" for name in own}
    assert {"stochcalc.bridge", "stochcalc.models.bridge"} <= names  # one name, two functions
    pages = {path.stem for path in (site / "reference" / "api").glob("*.html")}
    assert names - pages == set()


@needs_site
def test_every_claim_and_every_scheme_has_a_page_with_numbers_of_this_build(site):
    import stochcalc as sc

    for id in sc.CLAIMS:
        text = (site / "reference" / "claims" / f"{id}.html").read_text(encoding="utf-8")
        assert "±" in text and "when these pages were built" in text and "Derivation" in text
    table = (site / "reference" / "schemes" / "index.html").read_text(encoding="utf-8")
    assert table.count("measured") > 40


@needs_site
def test_the_page_of_a_name_with_sources_links_to_the_bibliography(site):
    import stochcalc as sc

    cited = [(name, value) for name, value in list_names() if has_source(inspect.getdoc(value))]
    names = {name: len(find_sources(value)) for name, value in cited}
    tables = {"METHODS": sc.METHODS, "ESTIMATORS": sc.ESTIMATORS}
    tables["langevin.SAMPLERS"] = sc.langevin.SAMPLERS
    for name, records in tables.items():
        names[name] = sum(len(record.sources) for record in records.values())
    for name, count in names.items():
        text = (site / "reference" / "api" / f"stochcalc.{name}.html").read_text(encoding="utf-8")
        assert len(re.findall(r'href="[./]*/references\.html#id\d', text)) >= count, name


@needs_site
def test_the_gallery_leads_to_a_page_for_every_tag_of_its_lessons(site):
    pages = {path.name for path in (site / "tags").glob("*.html")}
    gallery = read_page(site / "gallery.html").links
    assert pages and pages == {link.split("/")[-1] for link in gallery if link.startswith("tags/")}
    for page in pages:
        assert read_page(site / "tags" / page).pictures


@needs_site
def test_every_page_of_the_sandbox_is_there_and_listed(site):
    listed = read_page(site / "sandbox" / "index.html").links
    for name in SANDBOX:
        page = site / "sandbox" / f"{name}.html"
        assert page.read_text(encoding="utf-8") == sandbox(name).html
        assert f"../sandbox/{name}.html" in listed
    first = (site / "index.html").read_text(encoding="utf-8")
    places = [first.index(f'internal" href="{name}') for name in NAVIGATION]
    assert places == sorted(places)


@needs_site
def test_the_words_of_a_notebook_are_no_directives_and_no_roles(site):
    paths = list(site.glob("_downloads/*/*.ipynb"))
    assert paths
    for path in paths:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"]) if cell["cell_type"] == "markdown" else ""
            assert not re.search(r":[a-z:]+:`|^\.\. |\\dd\b", text, re.MULTILINE), (path.name, text)


@needs_site
def test_the_build_leaves_the_checkout_as_it_is(site):
    changed = subprocess.run(
        ["git", "status", "--porcelain", "gallery"], cwd=ROOT, capture_output=True, text=True
    )
    if changed.returncode != 0:
        pytest.skip("needs a git checkout")
    written = [line for line in changed.stdout.splitlines() if line.startswith("??")]
    assert written == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["riemann_sums", "quadratic_variation", "strong_order"])
def test_a_notebook_runs_from_top_to_bottom(site, name, tmp_path):
    notebook = run_notebook(site, name, tmp_path)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    shown = {kind for out in outputs for kind in out.get("data", [])}
    assert "image/png" in shown


@pytest.mark.nightly
def test_an_exported_notebook_holds_the_page_of_the_sandbox(site, tmp_path):
    nbconvert = pytest.importorskip("nbconvert", reason='needs pip install -e ".[test]"')
    bs4 = pytest.importorskip("bs4")  # which nbconvert needs
    notebook = run_notebook(site, "riemann_sums", tmp_path)
    html, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    (line,) = (cell.source for cell in notebook.cells if cell.source.startswith("sc.sandbox("))
    page = eval(line, {"sc": stochcalc})
    (frame,) = bs4.BeautifulSoup(html, "html.parser").find_all("iframe")
    assert frame["srcdoc"] == page.html and frame["title"] == page.page.title


BROKEN = """<html><head><link rel="stylesheet" href="https://cdn.example/x.css">
<script src="//cdn.example/x.js"></script></head>
<body id="top"><ol class="upperalpha simple" start="25"><li>Song</li></ol>
<a href="nowhere.html">a</a> <a href="#missing">b</a> <a href="#top">c</a>
<a href="../../sandbox/lambda.html#v=1&amp;lam=8/16&amp;f=e%5Ew">d</a>
<a href="../../sandbox/lambda.html#v=1&amp;lam=2">e</a>
<a href="../../sandbox/lambda.html#lam=8/16">f</a>
<img class="lesson-figure" alt="a figure" src="missing.png"></body></html>"""
FAULTS = [
    "nowhere.html",
    "#missing",
    "../../sandbox/lambda.html#v=1&lam=2",
    "../../sandbox/lambda.html#lam=8/16",
    "missing.png",
]


def test_dead_links_requests_and_mute_figures_are_found(tmp_path):
    """The negative control: a page with one fault of each kind."""
    folder = tmp_path / "learn" / "lambda"
    folder.mkdir(parents=True)
    (folder / "plot_x.html").write_text(BROKEN)
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "lambda.html").write_text("<p>a page that reads its address</p>")
    dead = find_dead_links(tmp_path)
    assert [line.split(": ")[1] for line in dead] == FAULTS
    assert len(find_requests(tmp_path)) == 2
    assert find_false_lists(tmp_path) == ["learn/lambda/plot_x.html"]
    assert len(find_poor_lessons(tmp_path)) == 2
    assert is_mute({"alt": "too short"}) and not is_mute({"alt": "w" * 40})
    page = Page()
    page.feed("<p><math><mi>x</mi></math></p>")
    assert page.formulas == 1


def test_a_build_replaces_a_site_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(SITE))
    from build import MARKER, make_place

    site = tmp_path / "new" / "site"
    make_place(site)
    (site / "index.html").write_text("old")
    make_place(site)
    assert [path.name for path in site.iterdir()] == [MARKER]
    mine = tmp_path / "mine"
    mine.mkdir()
    make_place(mine)  # an empty folder holds nothing to lose
    (mine / MARKER).unlink()
    for name in ("objects.inv", "index.html"):  # as the site of another project has
        (mine / name).write_text("mine")
    with pytest.raises(FileExistsError, match=r"not written by this command.*name another"):
        make_place(mine)
    assert {path.name for path in mine.iterdir()} == {"objects.inv", "index.html"}


@pytest.mark.parametrize("only, says", [("[", "no regular expression"), ("zzz", "of no lesson")])
def test_a_pattern_that_chooses_no_lesson_is_refused(only, says, monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    from build import choose_lessons

    with pytest.raises(ValueError, match=says):
        choose_lessons(only)


def test_a_pattern_is_looked_for_below_the_gallery(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    from build import choose_lessons

    assert {path.parent.name for path in choose_lessons("^motion/")} == {"motion"}
    with pytest.raises(ValueError, match="of no lesson"):
        choose_lessons("/gallery/")  # is in the path of the checkout alone


def test_text_from_elsewhere_is_no_mark_up(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    from generate.recipes import convert
    from generate.rest import plain, table

    assert plain("W_T^2 |x| * `a`") == r"W\_T^2 \|x\| \* \`a\`"
    assert table(("a", "b"), [["c", ""]]).splitlines()[-2:] == ["    * - c", "      -"]
    shown = convert("Run `x` of [y](z.md):\n\n```bash\npytest -k x\n```\nThen.\n")
    assert "Run ``x`` of y:" in shown and ".. code-block:: bash\n\n    pytest -k x" in shown
