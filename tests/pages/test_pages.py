"""What holds for every page: small, silent, usable by keyboard, accessible, and readable."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from nights import mostly_at_night
from sandbox_pages import ShownPage, call

from stochcalc.pages import PAGES, sandbox

LARGEST = 60_000  # bytes


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_and_needs_nothing(name):
    html = sandbox(name).html
    assert len(html.encode()) < LARGEST
    for forbidden in ("http://", "https://", ' from "./', "fetch(", "eval(", "Worker("):
        assert forbidden not in html.replace("http://www.w3.org/2000/svg", ""), forbidden


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "width, scheme",
    [
        (1280, "light"),
        (390, "dark"),
        pytest.param(1280, "dark", marks=pytest.mark.nightly),
        pytest.param(390, "light", marks=pytest.mark.nightly),
    ],
)
def test_a_page_is_silent_fits_and_has_no_violation_of_axe(browser, tmp_path, name, width, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason='needs pip install -e ".[browser]"'
    )
    size = {"width": width, "height": 844}
    shown = ShownPage(browser, tmp_path, name, viewport=size, color_scheme=scheme)
    beyond = shown.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = axe.Axe().run(shown.page)
    assert found.violations_count == 0, found.generate_report()
    assert beyond <= 0
    assert shown.reports == []
    shown.close()


@pytest.mark.parametrize("name", PAGES)
def test_an_address_is_read_and_written(browser, tmp_path, name):
    """Every field is set to its last value; the page writes the address that it was given."""
    last = {field.name: (field.choices or (str(2**64 - 1),))[-1] for field in PAGES[name].fields}
    address = "#v=1&" + "&".join(f"{field}={value}" for field, value in last.items())
    shown = ShownPage(browser, tmp_path, name, address.replace(" ", "%20"))
    first = PAGES[name].fields[1]
    slider = shown.page.locator(f"[name={first.name}]")
    slider.focus()
    slider.press("ArrowLeft")
    slider.press("ArrowRight")
    shown.page.wait_for_timeout(400)
    written = shown.page.evaluate("decodeURIComponent(location.hash)")
    assert written == address
    shown.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_choice_is_read_from_what_is_written(browser, name):
    """Also sin w and e^w, encoded by the page or as they are."""
    fields = [
        {"name": field.name, "label": field.label, "initial": field.initial}
        | ({"choices": field.choices} if field.choices else {})
        for field in PAGES[name].fields
    ]
    body = f"""const fields = {json.dumps(fields)};
    const first = Object.fromEntries(fields.map(field => [field.name, field.initial]));
    const wrong = [];
    const keys = ["0", "18446744073709551615"];
    for (const field of fields) for (const choice of field.choices ?? keys) {{
      const state = {{ ...first, [field.name]: choice }};
      const written = writeHash(fields, state);
      const encoded = written.replace(/=([^&]*)/g, (_, part) =>
        "=" + encodeURIComponent(decodeURIComponent(part)));
      for (const hash of [written, encoded, decodeURIComponent(written)]) {{
        const found = readHash(hash, fields, first);
        if (found.problems.length > 0 || found.state[field.name] !== choice) wrong.push(hash);
      }}
    }}
    return wrong;"""
    assert call(browser, ["state.js"], ["readHash", "writeHash"], body) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_bad_address_is_named_and_replaced(browser, tmp_path, name):
    fields = PAGES[name].fields
    key = f"{2**64}"
    address = f"#v=2&key={key}&{fields[1].name}=banana&colour=red"
    shown = ShownPage(browser, tmp_path, name, address)
    told = shown.live()
    for word in ("v=2", f"key={key}", f"{fields[1].name}=banana", "colour"):
        assert word in told
    shown.page.locator(f"[name={fields[1].name}]").press("ArrowLeft")
    shown.page.wait_for_function(
        "!document.querySelector('[role=status]').textContent.includes('banana')"
    )
    assert shown.reports == []
    shown.close()


def test_a_bad_key_in_its_box_is_named_and_the_page_stays(browser, tmp_path):
    shown = ShownPage(browser, tmp_path, "lambda")
    before = shown.numbers()["sum value"]
    box = shown.page.locator("[name=key]")
    box.fill("-1")
    box.press("Enter")
    assert box.get_attribute("aria-invalid") == "true"
    shown.page.wait_for_function(
        "document.querySelector('[role=status]').textContent.startsWith('key=-1 must be')"
    )
    assert shown.numbers()["sum value"] == before
    box.fill(" 18446744073709551615 ")
    box.press("Enter")
    shown.settle()
    assert box.get_attribute("aria-invalid") is None
    assert box.input_value() == str(2**64 - 1)
    assert shown.numbers()["sum value"] != before
    shown.close()


@pytest.mark.parametrize("name", mostly_at_night(PAGES, lambda name: name == "lambda"))
def test_every_control_is_reached_and_moved_by_the_keyboard(browser, tmp_path, name):
    shown = ShownPage(browser, tmp_path, name)
    selector = ".settings input, .settings select, .settings button"
    controls = shown.page.eval_on_selector_all(selector, "all => all.length")
    reached = set()
    for _ in range(controls + 12):
        shown.page.keyboard.press("Tab")
        reached.add(
            shown.page.evaluate(
                f"[...document.querySelectorAll('{selector}')].indexOf(document.activeElement)"
            )
        )
    assert set(range(controls)) <= reached
    sliders = shown.page.locator(".settings input[type=range]")
    for i in range(sliders.count()):
        slider = sliders.nth(i)
        slider.focus()
        slider.press("Home")
        before = slider.get_attribute("aria-valuetext")
        slider.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") != before
    assert shown.reports == []
    shown.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_lines_of_python_run_and_print_the_number_of_the_page(browser, tmp_path, name):
    shown = ShownPage(browser, tmp_path, name)
    lines = shown.python()
    numbers = shown.numbers()
    shown.close()
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=300
    )
    printed = [float(word) for word in done.stdout.split()]
    assert printed
    for number in printed:
        assert any(number == pytest.approx(value, abs=1e-12) for value in numbers.values())


@pytest.mark.parametrize(
    "value, text",
    [
        (0.931314, "0.931314"),
        (-0.00633514, "−0.00633514"),
        (7.6684e-5, "0.00007668"),  # in the row of the number before, and as wide
        (-4.5e-9, "−4.5000e−9"),
        (2.5e7, "2.5000e+7"),
        (float("nan"), "–"),
    ],
)
def test_small_numbers_of_a_table_are_written_as_the_larger_ones_beside_them(browser, value, text):
    said = call(
        browser,
        ["controls.js"],
        ["showNumber"],
        f"return showNumber({value!r})".replace("nan", "NaN"),
    )
    assert said == text


@pytest.mark.parametrize("name", PAGES)
def test_numbers_of_standard_errors_have_two_decimals(browser, tmp_path, name):
    shown = ShownPage(browser, tmp_path, name)
    cells = (
        "[...document.querySelectorAll('td[data-cell]')].map(c => [c.dataset.cell, c.innerText])"
    )
    written = dict(shown.page.evaluate(cells))
    shown.close()
    z = [text for cell, text in written.items() if "z" in cell.replace("-", " ").split()]
    assert z
    for text in z:
        assert text == "–" or len(text.partition(".")[2]) == 2


def test_with_forced_colours_the_density_is_not_drawn_as_the_score_is(browser, tmp_path):
    shown = ShownPage(browser, tmp_path, "particles", forced_colors="active")
    samples = "[...document.querySelectorAll('.sample.stroke')].slice(0, 2)"
    look = "(one => [one.className, getComputedStyle(one).borderTopColor].join())"
    density, score = shown.page.evaluate(f"{samples}.map({look})")
    assert density != score
    shown.close()
