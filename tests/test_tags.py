"""The tags of the lessons: every lesson has some, every tag has lessons, and pages show them."""

from __future__ import annotations

import pytest
from architecture import ROOT

SITE = ROOT / "gallery" / "site"
LESSONS = {path.stem for path in (ROOT / "gallery").glob("*/plot_*.py")}


@pytest.fixture(autouse=True)
def _site_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    monkeypatch.syspath_prepend(str(SITE / "extensions"))


def find_faults(tags: dict[str, tuple[str, ...]]) -> list[str]:
    """Return what is wrong with a table of tags."""
    tagged = [f"plot_{lesson}" for lessons in tags.values() for lesson in lessons]
    faults = [f"{lesson} has no tag" for lesson in LESSONS - {*tagged}]
    faults += [f"{lesson} is no lesson" for lesson in {*tagged} - LESSONS]
    for tag, lessons in tags.items():
        if len({*lessons}) < max(len(lessons), 2):
            faults.append(f"{tag!r} has fewer than two lessons, or one of them twice")
    return faults


def test_every_lesson_has_a_tag_and_every_tag_two_lessons_that_exist():
    from tags import TAGS, name_page

    assert len(LESSONS) > 40
    assert find_faults(TAGS) == []
    assert len({name_page(tag) for tag in TAGS}) == len(TAGS)


@pytest.mark.parametrize("lessons", [(), ("digits",), ("digits", "digits"), ("digits", "nowhere")])
def test_a_poor_tag_and_a_lesson_without_one_are_found(lessons):
    from tags import TAGS

    assert len(find_faults({**TAGS, "poor": lessons})) == 1
    without = {tag: found for tag, found in TAGS.items() if "levy_area" not in found}
    assert "plot_levy_area has no tag" in find_faults(without)


def write_lesson(pages, chapter, name):
    folder = pages / "learn" / chapter
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.rst").write_text(f".. _sphx_glr_learn_{chapter}:\n\n{chapter.title()}\n---\n")
    shown = [
        f".. image:: /{name}_{theme}_{width}.png\n    :alt: What {name} shows\n"
        f"    :class: only-{theme} {width}-figure lesson-figure\n"
        for width in ("wide", "narrow")
        for theme in ("light", "dark")
    ]
    (folder / f"{name}.rst").write_text("\n".join(shown))


def test_the_gallery_links_each_tag_to_a_page_with_the_figures_of_its_lessons(
    monkeypatch, tmp_path
):
    pytest.importorskip("sphinx", reason='needs Sphinx: pip install -e ".[docs]"')
    from types import SimpleNamespace

    import all_figures
    import order

    monkeypatch.setattr(order, "LESSONS", ROOT / "gallery")  # a build has a copy of them
    lessons = {"plot_levy_area": "integrals", "plot_escape": "langevin"}
    lessons |= {"plot_noncommuting": "schemes", "plot_schedules": "score"}
    for name, chapter in lessons.items():
        write_lesson(tmp_path, chapter, name)
    all_figures.write_gallery(SimpleNamespace(srcdir=tmp_path))
    gallery = (tmp_path / "gallery.rst").read_text()
    assert ":doc:`several motions </tags/several_motions>` (2)" in gallery
    assert "\n    tags/several_motions\n" in gallery and "tags/martingales" not in gallery
    page = (tmp_path / "tags" / "several_motions.rst").read_text()
    assert "What plot_levy_area shows" in page and "What plot\\_noncommuting shows" in page
    assert "plot_escape" not in page and "`several modes </tags/several_modes>` (2)" in page
    assert not (tmp_path / "tags" / "martingales.rst").exists()
