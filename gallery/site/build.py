"""Build the documentation: `python gallery/site/build.py OUT [--only PATTERN]`.

The lessons are run, so that every number and every figure of the site is of this build. Everything
is copied to a temporary folder and built there, since sphinx-gallery writes beside its sources: a
checkout stays clean. No page and no step of the build needs a network.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tempfile
from pathlib import Path

from stochcalc.claims.claim import CHAPTERS
from stochcalc.cli.arguments import Parser, read_path

SITE = Path(__file__).resolve().parent
GALLERY = SITE.parent
MARKER = ".stochcalc-site"
MARK = "This folder is a site that stochcalc built. The next build may delete it.\n"
NEEDS = {"plot_digits": ("sklearn",)}  # what a lesson needs besides the extra "docs"


def has_needs(lesson: Path) -> bool:
    """Say whether a lesson can be run here; one that cannot is left out of the site, aloud."""
    for module in NEEDS.get(lesson.stem, ()):
        if importlib.util.find_spec(module) is None:
            print(f'{lesson.stem} is left out: it needs {module}, pip install ".[docs,ml]"')
            return False
    return True


def copy_sources(folder: Path, only: str) -> Path:
    """Copy the pages and the lessons into a folder, and return the folder of the pages.

    Raises
    ------
    ValueError
        If `only` is no regular expression, or is found in the path of no lesson.
    """
    chosen = [path for path in choose_lessons(only) if has_needs(path)]
    pages = folder / "pages"
    shutil.copytree(
        SITE, pages, ignore=shutil.ignore_patterns("__pycache__", "build.py", "generate")
    )
    shutil.copy(GALLERY.parent / "stochcalc" / "references.bib", pages)
    lessons = folder / "lessons"
    lessons.mkdir()
    shutil.copy(GALLERY / "GALLERY_HEADER.rst", lessons)
    for chapter in CHAPTERS:
        here = [path for path in chosen if path.parent.name == chapter]
        if not here:
            continue
        (lessons / chapter).mkdir()
        for path in (*here, GALLERY / chapter / "GALLERY_HEADER.rst"):
            shutil.copy(path, lessons / chapter)
    return pages


def choose_lessons(only: str) -> list[Path]:
    """Return the lessons in whose path below the gallery `only` is found.

    Raises
    ------
    ValueError
        If `only` is no regular expression, or is found in the path of none.
    """
    try:
        wanted = re.compile(only)
    except re.error as error:
        raise ValueError(f"--only {only!r} is no regular expression: {error}") from None
    found = [path for chapter in CHAPTERS for path in (GALLERY / chapter).glob("plot_*.py")]
    chosen = [path for path in found if wanted.search(path.relative_to(GALLERY).as_posix())]
    if not chosen:
        example = found[0].relative_to(GALLERY).as_posix()
        raise ValueError(f"--only {only!r} is found in the path of no lesson, such as {example}")
    return chosen


def write_pages(pages: Path, *, few: bool) -> None:
    """Write the pages that are made from the package itself, with few paths or many."""
    from generate import claims, command_line, front, modules, recipes, reference, sandbox, schemes

    front.write_front(pages)
    reference.write_reference(pages)
    modules.write_modules(pages, pages.parent / "lessons")
    command_line.write_command_line(pages)
    sandbox.write_sandbox(pages, pages.parent / "lessons")
    recipes.write_recipes(pages, GALLERY.parent / ".github" / "CONTRIBUTING.md")
    claims.write_claims(pages, pages.parent / "lessons", 20_000 if few else 300_000)
    schemes.write_schemes(pages, 2048 if few else 65_536)


def check_place(out: Path) -> None:
    """Refuse a folder that holds anything, unless a build made it.

    Raises
    ------
    FileExistsError
        If it has no file `MARKER`, which every build writes.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise FileExistsError(
            f"{out} was not written by this command, which deletes no other folder (it has no file "
            f"{MARKER}): name another folder, or empty it yourself"
        )


def make_place(out: Path) -> None:
    """Make the folder of a site, and mark it; a former site is deleted, with all its pages.

    Raises
    ------
    FileExistsError
        If the folder holds something that no build wrote.
    """
    check_place(out)
    if out.is_dir():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / MARKER).write_text(MARK, encoding="utf-8")


def build(out: Path, only: str = "") -> int:
    """Build the site into `out` and return Sphinx's exit status; a warning is an error.

    Parameters
    ----------
    out : Path
        The folder of the HTML files: a new one, or that of an earlier site, which is replaced.
    only : str
        A regular expression: only lessons in whose path below the gallery it is found are built,
        and the reference is measured with fewer paths. Links to other lessons lead nowhere then,
        which is no error.

    Raises
    ------
    FileExistsError
        If `out` holds something that no build wrote.
    ValueError
        If `only` chooses no lesson.
    """
    from sphinx.cmd.build import main

    check_place(out)
    with tempfile.TemporaryDirectory() as folder:
        pages = copy_sources(Path(folder).resolve(), only)
        sys.path.insert(0, str(pages / "extensions"))
        write_pages(pages, few=bool(only))
        options = ["-b", "html", "-W", "--keep-going", "-n", "-d", f"{folder}/doctrees"]
        if only:
            options += ["-D", "suppress_warnings=ref.doc,toc.not_readable"]
        make_place(out)
        return main([*options, str(pages), str(out)])


if __name__ == "__main__":
    parser = Parser(description="Build the documentation of stochcalc.")
    parser.add_argument("out", type=read_path, help="the folder of the HTML files")
    parser.add_argument("--only", default="", help="only lessons whose path has this")
    given = parser.parse_args()
    try:
        check_place(given.out)
        choose_lessons(given.only)
    except (FileExistsError, ValueError) as error:
        parser.refuse(str(error))
    # Sphinx has statuses of its own, and 2 is that of an argument that was refused.
    sys.exit(build(given.out.resolve(), given.only) != 0)
