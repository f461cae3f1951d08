"""The pages of the sandbox, as the package writes them, and a page that lists them."""

from __future__ import annotations

from pathlib import Path

from sandbox_links import find_links

from generate.rest import head, plain, table
from stochcalc.pages import PAGES, sandbox
from stochcalc.pages.fields import Field, Page

OPENING = """Pages that react to a slider. Each draws the paths of a key as the package does, to the
last bit, sets every number beside its exact value, and shows the lines of Python that repeat it. A
page is one file: save it, and it works without a network. :doc:`/howto/sandbox` says how to show it
in class, and how to have it in a notebook.
"""


def write_sandbox(pages: Path, lessons: Path) -> None:
    """Write each page as a file that Sphinx copies as it is, and the list of all."""
    files = pages / "extra" / "sandbox"
    files.mkdir(parents=True)
    for name in PAGES:
        sandbox(name).save(files / f"{name}.html")
    folder = pages / "sandbox"
    folder.mkdir()
    opened_by = find_lessons(lessons)
    parts = [head("Sandbox"), OPENING]
    parts += [describe_page(page, opened_by[page.name]) for page in PAGES.values()]
    (folder / "index.rst").write_text("\n".join(parts), encoding="utf-8")


def find_lessons(lessons: Path) -> dict[str, list[str]]:
    """Return for each page the lessons that open it at their theorem."""
    found: dict[str, list[str]] = {name: [] for name in PAGES}
    for path in sorted(lessons.glob("*/plot_*.py")):
        lesson = f"/learn/{path.parent.name}/{path.stem}"
        for link in find_links(path.read_text(encoding="utf-8")):
            if lesson not in found[link.page.name]:
                found[link.page.name].append(lesson)
    return found


def describe_page(page: Page, lessons: list[str]) -> str:
    """Return the section of a page: its claim, a link, what can be moved, and its lessons."""
    call = f':func:`sc.sandbox("{page.name}") <stochcalc.sandbox>`'
    header = ("What can be moved", "Name", "Values")
    parts = [
        head(plain(page.title), "-"),
        plain(page.text),
        "",
        f":sandbox:`Open the page {page.name} <{page.name}>`",
        "",
        table(header, [describe_field(field) for field in page.fields], css="fields"),
        f"In Python it is {call}, and from the shell "
        f"``stochcalc sandbox {page.name} {page.name}.html``.",
        "",
    ]
    if lessons:
        parts += ["The lessons that open it at their theorem:", ""]
        parts += [f"* :doc:`{lesson}`" for lesson in lessons]
        parts += [""]
    return "\n".join(parts)


def describe_field(field: Field) -> list[str]:
    """Return the cells of a field: its label, its name, and its values with the first one."""
    values = "0 to :math:`2^{64} - 1`"
    if field.choices:
        values = plain(field.describe().removeprefix("one of "))
    return [plain(field.label), f"``{field.name}``", f"{values}; at first {plain(field.initial)}"]
