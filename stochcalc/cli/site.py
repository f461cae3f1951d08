"""`stochcalc site`: build the documentation from a checkout, offline."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess  # nosec B404
import sys
from pathlib import Path

from stochcalc.cli.arguments import REFUSED, Commands, read_path
from stochcalc.cli.output import check_folder

PACKAGE = Path(__file__).resolve().parents[1]
# The modules of the extra docs, without which the build would stop half-way.
NEEDED = (
    "sphinx",
    "sphinx_gallery",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "numpydoc",
    "pydata_sphinx_theme",
    "math_core",
)


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "site",
        help="build the documentation from a checkout",
        description="Run every lesson, and write the pages of the documentation into a folder. "
        "Neither the build nor the pages need a network.",
        epilog="Exit status: 0, 1 if the build failed, 2 bad usage. Needs a checkout, and pip "
        'install -e ".[docs]" in it.',
    )
    command.add_argument("out", type=read_path, metavar="OUT", help="the folder of the pages")
    command.add_argument(
        "--only",
        default="",
        metavar="PATTERN",
        help="build only the lessons in whose path this regular expression is found, and measure "
        "the numbers of the reference with fewer paths",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="delete the former site in OUT, if this command wrote it",
    )
    command.set_defaults(run=run, refuse=command.refuse)


def run(options: argparse.Namespace) -> int:
    """Run the build of the checkout, in a process of its own."""
    script = find_script()
    if script is None:
        options.refuse(
            f"the lessons are in a checkout, and this stochcalc is installed in {PACKAGE.parent}: "
            f'clone the repository, and in it run pip install -e ".[docs]"'
        )
    missing = find_missing()
    if missing:
        options.refuse(
            f'{", ".join(missing)} missing: in the checkout, run pip install -e ".[docs]"'
        )
    out: Path = options.out
    check_folder("OUT", out, options)
    command = [sys.executable, str(script), str(out.resolve()), f"--only={options.only}"]
    # No shell reads this: every word is one argument of Python and of a script of the checkout.
    status = subprocess.run(command, check=False).returncode  # nosec B603
    if status == REFUSED:  # and the build has said why
        return REFUSED
    if status != 0:
        return 1
    print(f"written to {out}: open {out / 'index.html'}")
    return 0


def find_script() -> Path | None:
    """Return the script that builds the site; None if the package is not that of a checkout."""
    script = PACKAGE.parent / "gallery" / "site" / "build.py"
    if not script.is_file():
        return None
    return script


def find_missing() -> list[str]:
    """Return the names of the modules of the extra docs that are not installed."""
    return [name for name in NEEDED if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    """Say whether a module can be imported, without importing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is missing
        return False
