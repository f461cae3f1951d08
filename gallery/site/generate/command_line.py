"""The page of the command line: what `stochcalc COMMAND --help` prints, for every command."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from generate.rest import head, indent
from stochcalc.cli import build_parser

OPENING = """Each command of ``stochcalc`` below is shown with what ``stochcalc COMMAND --help``
prints. ``python -m stochcalc`` is the same program. A status of 0 means that all is well, 130 that
Ctrl-C stopped it, 143 that SIGTERM did, and 2 that it was called wrongly; the others are named
below.
"""


def write_command_line(pages: Path) -> None:
    """Write the page from the parser of the package."""
    os.environ["COLUMNS"] = "86"
    os.environ["NO_COLOR"] = "1"
    parts = [head("Command line"), OPENING]
    for name, command in find_commands(build_parser()).items():
        help_text = command.format_help().rstrip()
        parts += [head(f"stochcalc {name}", "-"), ".. code-block:: text", "", indent(help_text), ""]
    (pages / "reference" / "command_line.rst").write_text("\n".join(parts), encoding="utf-8")


def find_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise ValueError("the parser has no commands")
