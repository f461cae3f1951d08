"""`stochcalc cache`: say where compiled code is kept on disk and how much of it, or delete it."""

from __future__ import annotations

import argparse

from stochcalc.cli.arguments import Commands
from stochcalc.engine.compiler import store
from stochcalc.engine.words import count


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "cache",
        help="show or empty the folder of compiled code",
        description="What was compiled is kept on disk, so that it need not be compiled again. "
        "Print the folder, the number of files and their size.",
        epilog="STOCHCALC_CACHE=DIR moves the folder, STOCHCALC_CACHE=0 does without. Exit status: "
        "0, or 2 for bad usage.",
    )
    command.add_argument("--clear", action="store_true", help="delete the files")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print how much is kept and where, or delete it and print how much that was."""
    place = store.find_folder()
    if place is not None:
        print(place)
    if options.clear:
        print(f"{count(store.clear(), 'file', grouped=True)} deleted")
    elif place is not None:
        files = count(len(store.list_files()), "file", grouped=True)
        print(f"{files}, {store.measure_size():,} bytes")
    why = store.find_trouble()
    if why is not None:
        print(f"nothing is kept: {why}")
    return 0
