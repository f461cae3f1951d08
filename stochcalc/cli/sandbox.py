"""`stochcalc sandbox`: write a page that reacts to sliders as one HTML file."""

from __future__ import annotations

import argparse
from pathlib import Path

from stochcalc.cli.arguments import Commands, read_field
from stochcalc.cli.output import check_file
from stochcalc.pages.fields import PAGES, Page
from stochcalc.pages.notebook import sandbox


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    pages = "\n\n".join(_describe_page(page) for page in PAGES.values())
    command = commands.add_parser(
        "sandbox",
        help="write a page that reacts to sliders, and draws the same paths as Python",
        description="Write one HTML file that needs neither a server nor a network: open it in a\n"
        f"browser, and move its sliders.\n\nThe pages, and what --set takes for each:\n\n{pages}",
        epilog="Exit status: 0, or 2 for bad usage or a file that cannot be written.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "page", nargs="?", default="lambda", choices=list(PAGES), help="which page (default lambda)"
    )
    command.add_argument(
        "out",
        type=Path,
        metavar="OUT.html",
        help="the file; options go before the page or after the file",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        type=read_field,
        metavar="NAME=VALUE",
        help="what is shown first, such as key=11 or lam=4/16; may be given again",
    )
    command.add_argument("--force", action="store_true", help="overwrite a file")
    command.set_defaults(run=run, refuse=command.error)


def _describe_page(page: Page) -> str:
    """Return a page's name and title, and a line for each of its fields."""
    lines = [f"  {page.name:<10} {page.title}"]
    for field in page.fields:
        lines.append(f"    {field.name:<5} {field.label}: {field.describe()}")
    return "\n".join(lines)


def run(options: argparse.Namespace) -> int:
    """Write the page; return 2 if a value or the file is refused."""
    check_file("OUT.html", options.out, options, (".html", ".htm"))
    try:
        page = sandbox(options.page, **dict(options.set))
    except (TypeError, ValueError) as error:
        options.refuse(f"--set: {error}")
    try:
        page.save(options.out)
    except OSError as error:
        options.refuse(f"OUT.html {options.out}: cannot be written ({error.strerror})")
    print(f"written to {options.out}: open it in a browser")
    return 0
