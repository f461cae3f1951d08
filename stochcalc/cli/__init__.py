"""The command line: `stochcalc verify`, `qv`, `converge`, `sample`, `sandbox`, `list`, `site`,
`cite` and `cache`.

Each command has a file of its own, `verify`, `qv`, `converge`, `sample`, `sandbox`, `listing`,
`site`, `cite` and `cache`, with two functions: `add_command` describes the options, and `run` does
the work and returns the exit status. `check_report` is `verify --check`. `arguments` reads numbers
from text and has the parser and the options that commands share, `cluster` connects to one, and
`output` writes pictures, JSON and colours. To learn how a command uses the package, read `run` in
its file.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from stochcalc.cli import cache, cite, converge, listing, qv, sample, sandbox, site, verify
from stochcalc.cli.arguments import Parser
from stochcalc.engine.checkpoint.saving import TERMINATED, ended_by_exception


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit status.

    Parameters
    ----------
    arguments : list of str, optional
        The words after `stochcalc` on the command line; those of this process by default.

    Returns
    -------
    int
        0 if all is well, 130 after Ctrl-C, 143 after SIGTERM, 141 if the reader of the output went
        away, as `head` does, 70 after an error of the package itself; `stochcalc COMMAND --help`
        explains the others.

    Raises
    ------
    SystemExit
        With status 2, for bad usage.

    Examples
    --------
    >>> from stochcalc.cli import main
    >>> status = main(["verify", "G13", "--paths", "200000"])  # doctest: +SKIP
    """
    words = sys.argv[1:] if arguments is None else arguments
    options = build_parser().parse_args(words)
    try:
        with ended_by_exception():
            status: int = options.run(options)
            sys.stdout.flush()
    except KeyboardInterrupt as stop:
        print(": ".join(["interrupted", *getattr(stop, "__notes__", ())]), file=sys.stderr)
        _say_how_to_go_on(options, words)
        return 130
    except SystemExit as end:
        if end.code != TERMINATED:
            raise
        _say_how_to_go_on(options, words)
        return TERMINATED
    except BrokenPipeError:
        # Python flushes the output once more when it ends; this gives it a place to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception:
        # Python's own status after a traceback is 1, and that says that a number was refuted.
        traceback.print_exc()
        return 70
    return status


def _say_how_to_go_on(options: argparse.Namespace, words: Sequence[str]) -> None:
    """Print the command that goes on from here, or how the next one could."""
    if not hasattr(options, "checkpoint"):
        return
    if options.checkpoint is None:
        said = "nothing was saved: with --checkpoint FILE the next run can go on from where it ends"
    else:
        said = f"to go on: {shlex.join(['stochcalc', *words])}"
    print(said, file=sys.stderr)


def build_parser() -> Parser:
    """Return the argument parser with its nine commands."""
    top = Parser(prog="stochcalc", description="Numerical stochastic calculus.")
    top.add_argument("--version", action="version", version=f"stochcalc {_describe_version()}")
    commands = top.add_subparsers(dest="command", required=True)
    for command in (verify, qv, converge, sample, sandbox, listing, site, cite, cache):
        command.add_command(commands)
    return top


def _describe_version() -> str:
    """Return the installed version, or say that there is none."""
    try:
        return version("stochcalc")
    except PackageNotFoundError:
        return "(not installed: run from its source)"
