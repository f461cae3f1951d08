"""A slider moves without waiting: the longest frame of each of fifty steps of the slider.

At night only: beside other tests the time of a frame says little.
"""

from __future__ import annotations

import statistics

import pytest
from sandbox_pages import ShownPage

from stochcalc.pages import PAGES

pytestmark = pytest.mark.nightly

STEPS = 50
LONGEST = 16.0  # milliseconds of work in the median frame: 60 frames a second
WATCH = """
window.frames_of_work = new Map();
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = callback => ask(time => {
  const start = performance.now();
  callback(time);
  const spent = performance.now() - start;
  window.frames_of_work.set(time, (window.frames_of_work.get(time) ?? 0) + spent);
});
"""


@pytest.mark.parametrize("name", PAGES)
def test_the_frame_of_a_step_is_short_while_a_slider_moves(browser, tmp_path, name, capsys):
    shown = ShownPage(browser, tmp_path, name, script=WATCH)
    slider = shown.page.locator(f"[name={PAGES[name].fields[1].name}]")
    slider.focus()
    longest = []
    for step in range(STEPS):
        shown.page.evaluate("window.frames_of_work.clear()")
        slider.press("ArrowLeft" if step // 8 % 2 else "ArrowRight")
        shown.next_frame()
        longest.append(shown.page.evaluate("Math.max(...window.frames_of_work.values())"))
    median = statistics.median(longest)
    with capsys.disabled():
        print(f"\n{name}: {median:.1f} ms, the median over steps of their longest frame")
    assert median < LONGEST
    assert shown.reports == []
    shown.close()


def test_a_slow_frame_is_noticed(browser, tmp_path):
    """The broken twin: a page that works for 30 ms in every frame."""
    slow = """
    const wait = () => { const start = performance.now(); while (performance.now() - start < 30); };
    const again = () => { wait(); requestAnimationFrame(again); };
    requestAnimationFrame(again);
    """
    shown = ShownPage(browser, tmp_path, "lambda", script=WATCH + slow)
    for _ in range(5):
        shown.next_frame()
    frames = shown.page.evaluate("[...window.frames_of_work.values()]")
    assert statistics.median(frames) > LONGEST
    shown.close()
