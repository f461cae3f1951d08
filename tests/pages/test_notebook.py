"""A page in a notebook: the frame, the file, and the widget whose fields Python reads and sets."""

from __future__ import annotations

import html
import json
import re
from fractions import Fraction

import pytest
from sandbox_pages import ShownPage, call

import stochcalc as sc
from stochcalc.cli import main
from stochcalc.pages import PAGES
from stochcalc.pages.builder import write_json, write_module


def document_in(frame: str) -> str:
    """Return the document that an iframe holds."""
    return html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])


@pytest.mark.parametrize("name", PAGES)
def test_the_frame_holds_the_whole_document(name, tmp_path):
    page = sc.sandbox(name, key=2**64 - 1)
    assert document_in(page._repr_html_()) == page.html
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page.html
    assert f'"key": "{2**64 - 1}"' in page.html


def test_a_frame_draws_what_the_file_draws(browser, tmp_path):
    """Inside a notebook the page has no address, and its state is that of the call."""
    page = sc.sandbox("lambda", lam=0.25, n=64, f="w^2")
    own = ShownPage(browser, tmp_path, "lambda", "#v=1&key=7&lam=4/16&n=64&f=w^2")
    expected = own.numbers()
    own.close()
    (tmp_path / "frame.html").write_text(f"<!doctype html>{page._repr_html_()}")
    host = browser.new_page(viewport={"width": 1280, "height": 1000})
    reports: list[str] = []
    host.on("console", lambda message: reports.append(message.text))
    host.on("pageerror", lambda error: reports.append(str(error)))
    host.goto((tmp_path / "frame.html").as_uri())
    inside = host.frames[1]
    cell = inside.locator('[data-cell="sum value"][data-value]')  # once it is drawn
    assert float(cell.get_attribute("data-value")) == expected["sum value"]
    inside.locator("[name=lam]").press("ArrowRight")
    inside.wait_for_timeout(400)
    assert float(cell.get_attribute("data-value")) != expected["sum value"]
    assert reports == []
    host.close()


def test_numbers_stand_for_the_choices_that_are_equal_to_them():
    page = sc.sandbox("lambda", lam=0.5, n=64.0, key=3)
    assert page.state == {"key": "3", "lam": "8/16", "n": "64", "f": "w", "at": "time"}
    assert sc.sandbox("lambda", lam="1/2").state["lam"] == "8/16"


@pytest.mark.parametrize(
    "name, values, error, words",
    [
        ("lamda", {}, ValueError, "page='lamda' must be one of lambda, .*'lambda'"),
        (3, {}, ValueError, "page=3 must be one of"),
        ("lambda", {"lam": 2}, ValueError, "lam=2 must be .*; 16/16 is the nearest"),
        ("lambda", {"lam": 0.3}, ValueError, "one of 0/16, 1/16, 2/16, ..., 16/16; 5/16"),
        ("lambda", {"f": "w2"}, ValueError, "f='w2' must be one of w, .*; did you mean 'w\\^2'"),
        ("lambda", {"lam": float("nan")}, ValueError, "lam=nan must be"),
        ("lambda", {"n": 3}, ValueError, "n=3 must be one of 2, 4, 8, ..., 1024; 2 is the nearest"),
        ("lambda", {"key": 2**64}, ValueError, "key=18446744073709551616 must be an integer"),
        ("lambda", {"key": True}, ValueError, "key=True must be an integer"),
        ("lambda", {"key": "9" * 5000}, ValueError, "key='9+.*must be an integer"),
        ("lambda", {"n": "1e999999999"}, ValueError, "n='1e999999999' must be one of"),
        ("lambda", {"lamb": 0}, TypeError, "no 'lamb'.*'lam'"),
    ],
)
def test_what_a_page_does_not_take_is_refused(name, values, error, words):
    with pytest.raises(error, match=words):
        sc.sandbox(name, **values)


@pytest.mark.parametrize("name", PAGES)
def test_the_help_names_every_field_of_every_page(name, capsys):
    """A lecturer finds what --set and sandbox take without reading the source."""
    with pytest.raises(SystemExit):
        main(["sandbox", "--help"])
    shown = capsys.readouterr().out
    section = re.search(rf"- {name}: (.*?)(?=\n\n|\n +- )", sc.sandbox.__doc__, re.DOTALL)
    for field in PAGES[name].fields:
        assert f"{field.name:<5} {field.label}: {field.describe()}" in shown
        assert field.name == "key" or f"`{field.name}`" in section[1]


def test_a_tag_in_a_state_cannot_end_the_script():
    assert "<" not in write_json({"name": "</script><script>alert(1)</script>"})
    assert json.loads(write_json("a</script>")) == "a</script>"


@pytest.mark.parametrize("name", PAGES)
def test_a_widget_has_the_fields_as_traits(name):
    pytest.importorskip("anywidget", reason='needs pip install -e ".[notebook]"')
    page = sc.sandbox(name)
    widget = page.widget()
    assert {field: getattr(widget, field) for field in page.state} == page.state
    for field, value in page.state.items():
        if value[0].isdigit():
            assert widget.number(field) == float(Fraction(value))
        else:
            with pytest.raises(ValueError, match=f"{field}={value!r} is not a number"):
                widget.number(field)
    assert widget._esm == write_module(PAGES[name])
    assert widget._esm.rstrip().endswith("export default { render };")
    assert ".stochcalc-sandbox" in widget._css
    first = PAGES[name].fields[1]
    setattr(widget, first.name, first.choices[-1])
    assert getattr(widget, first.name) == first.choices[-1]
    with pytest.raises(ValueError, match=f"{first.name}='banana' must be one of"):
        setattr(widget, first.name, "banana")
    assert getattr(widget, first.name) == first.choices[-1]
    assert widget.number("key") == 7.0
    with pytest.raises(ValueError, match="name='colour' must be one of key, "):
        widget.number("colour")


def test_a_field_in_words_has_no_number():
    pytest.importorskip("anywidget", reason='needs pip install -e ".[notebook]"')
    with pytest.raises(ValueError, match=r"f='w\^2' is not a number: read widget.f"):
        sc.sandbox("lambda", f="w^2").widget().number("f")


def test_a_sum_in_the_next_cell_is_the_one_that_the_widget_shows(browser, tmp_path):
    pytest.importorskip("anywidget", reason='needs pip install -e ".[notebook]"')
    widget = sc.sandbox("lambda").widget()
    widget.lam = 0.75
    W = sc.brownian(n=1024, key=int(widget.key))
    coarse = W.coarsen(1024 // int(widget.n))
    R = sc.riemann_sum(lambda t, w: w, coarse, widget.number("lam"), at=widget.at)
    shown = ShownPage(browser, tmp_path, "lambda", f"#v=1&lam={widget.lam}")
    assert shown.numbers()["sum value"] == pytest.approx(R[0], abs=1e-12)
    shown.close()


MODEL = """
const listeners = {};
const state = STATE;
const model = {
  get: name => state[name],
  set: (name, value) => { state[name] = value; (listeners[name] ?? []).forEach(f => f()); },
  off: (event, f) => { const name = event.split(":")[1] ?? event;
    listeners[name] = listeners[name].filter(one => one !== f); },
  save_changes: () => { window.saved = { ...state }; },
  on: (event, f) => { const name = event.split(":")[1] ?? event;
    listeners[name] = [...(listeners[name] ?? []), f]; },
};
window.model = model;
const { default: page } = await import(URL.createObjectURL(
  new Blob([SCRIPT], { type: "text/javascript" })));
const ends = [];
for (let view = 0; view < VIEWS; view++) {
  const el = document.body.appendChild(document.createElement("div"));
  ends.push(page.render({ model, el }));
}
window.end_all = () => ends.forEach(end => end());
window.count_listeners = () => Object.values(listeners).flat().length;
"""


def show_views(browser, name, views=1):
    """Return a browser's page with views of one model, and the list of its errors."""
    body = MODEL.replace("STATE", json.dumps(sc.sandbox(name).state)).replace("VIEWS", str(views))
    body = body.replace("SCRIPT", json.dumps(write_module(PAGES[name])))
    page = browser.new_page()
    reports: list[str] = []
    page.on("pageerror", lambda error: reports.append(str(error)))
    page.goto("about:blank")
    page.evaluate(f"async () => {{ {body} }}")
    return page, reports


@pytest.mark.parametrize("name", PAGES)
def test_the_module_renders_with_the_model_of_a_widget(browser, name):
    """The convention of anywidget: traits move the page, and the page moves traits."""
    page, reports = show_views(browser, name)
    first = PAGES[name].fields[1]
    slider = page.locator(f"[name={first.name}]")
    page.evaluate(f"() => model.set({first.name!r}, {first.choices[0]!r})")
    assert slider.input_value() == "0"
    slider.press("ArrowRight")
    assert page.evaluate("() => window.saved")[first.name] == first.choices[1]
    assert reports == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_two_views_of_a_widget_have_their_own_labels_and_move_together(browser, name):
    page, reports = show_views(browser, name, views=2)
    for control in ("input", "select"):
        labels = page.eval_on_selector_all(
            f".settings {control}",
            "all => all.map(one => one.labels.length === 1 && one.labels[0].contains(one))",
        )
        assert all(labels)
    assert page.evaluate("document.querySelectorAll('[id]').length") == 0
    first = PAGES[name].fields[1]
    sliders = page.locator(f"[name={first.name}]")
    assert sliders.count() == 2
    sliders.nth(0).press("Home")
    assert sliders.nth(1).input_value() == "0"
    assert reports == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_view_that_goes_leaves_nothing_behind(browser, name):
    """Its listeners are taken from the model, and it asks for no more frames."""
    page, reports = show_views(browser, name)
    assert page.evaluate("count_listeners()") > 0
    page.evaluate("() => { model.set('key', '8'); end_all(); }")
    assert page.evaluate("count_listeners()") == 0
    page.evaluate("""() => {
        window.asked = 0;
        const ask = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = callback => { window.asked += 1; return ask(callback); };
        document.querySelector('.axes').style.height = '123px';
    }""")
    page.emulate_media(color_scheme="dark", forced_colors="active")
    page.wait_for_timeout(300)
    assert page.evaluate("asked") == 0
    assert reports == []
    page.close()


def test_a_new_filling_ends_the_one_before(browser):
    """Or else two of them would share the frames, and a slider would add one at every step."""
    body = """
    const el = document.createElement("div");
    const view = new View({ model: { get: () => "", on: () => {} }, el }, () => {});
    const counts = [0, 0];
    const wait = () => { const end = performance.now() + 8; while (performance.now() < end); };
    const fill = i => view.fill(() => counts[i] === 3, () => { wait(); counts[i] += 1; }, () => {});
    fill(0);
    fill(1);
    return new Promise(done => setTimeout(() => done(counts), 1000));
    """
    assert call(browser, ["view.js"], ["View"], body) == [1, 3]
