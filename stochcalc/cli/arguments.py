"""The parser, readers of option values, and options that several commands share.

A reader turns text into a number, or says what the option accepts.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from stochcalc.engine.loop.workers import MOST_WORKERS
from stochcalc.engine.words import suggest

MOST_PATHS = 10**12
LARGEST_SEED = 2**128 - 1
REFUSED = 2  # the exit status for an argument that cannot be used

# What argparse collects commands in.
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


class Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, and name the word that an unknown one looks like."""

    def error(self, message: str) -> NoReturn:
        """Refuse what the parser cannot read, with a word that may be meant.

        Parameters
        ----------
        message : str
            What is wrong.
        """
        wrong = re.search(r"invalid choice: '?([^'\s]*)'? \(choose from (.*)\)", message)
        if wrong is not None:
            known = [word.strip(" '\"") for word in wrong[2].split(",")]
            message += suggest(wrong[1], known)
        elif "arguments" in message:  # one is missing, or there is one too many
            message += f"; {self.prog} --help lists them"
        self.refuse(message)

    def refuse(self, message: str) -> NoReturn:
        """Print the message on one line of the error output, and exit with status 2.

        Parameters
        ----------
        message : str
            What is wrong, and what to do.
        """
        self.exit(REFUSED, f"{self.prog}: error: {' '.join(message.splitlines())}\n")


def read_whole_number_between(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in [least, most]; it also accepts 1e6."""

    def read(text: str) -> int:
        try:
            if "e" in text.lower():
                value = int(float(text))
            else:
                value = int(text)
        except (ValueError, OverflowError):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} must lie between {least} and {most}")
        return value

    return read


def read_number_between(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers between low and high, both excluded."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low < value < high:
            raise argparse.ArgumentTypeError(
                f"{text} must lie between {low:g} and {high:g}, ends excluded"
            )
        return value

    return read


def read_path(text: str) -> Path:
    """Read the path of a file or of a folder.

    Python takes an empty path for the current folder, and cannot ask for a path with a NUL.
    """
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path: name a file or a folder")
    return Path(text)


def read_assignment(text: str) -> tuple[str, float]:
    """Read NAME=VALUE as a name and a finite number."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} must read NAME=VALUE, such as sigma=0.2")
    return name, read_number_between(-math.inf, math.inf)(value)


def read_names(text: str) -> str | tuple[str, ...]:
    """Read the name of a column, or several that commas separate."""
    if "," not in text:
        return text
    return tuple(text.split(","))


def read_field(text: str) -> tuple[str, str]:
    """Read NAME=TEXT as a name and a text."""
    name, equals, field = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} must read NAME=TEXT, such as symbol=AAPL")
    return name, field


def add_seed_option(command: argparse.ArgumentParser, what: str = "seed") -> None:
    """Add `--seed`, with a help text that begins with `what`."""
    command.add_argument(
        "--seed",
        type=read_whole_number_between(0, LARGEST_SEED),
        default=0,
        help=f"{what} (default 0)",
    )


def add_workers_option(command: argparse.ArgumentParser) -> None:
    """Add `--workers`, the number of threads."""
    command.add_argument(
        "--workers",
        type=read_whole_number_between(1, MOST_WORKERS),
        help="threads (default: all CPUs)",
    )


def add_checkpoint_option(command: argparse.ArgumentParser) -> None:
    """Add `--checkpoint`, the file in which a run is saved while it goes on."""
    command.add_argument(
        "--checkpoint",
        type=read_path,
        metavar="FILE",
        help="save the run here while it goes on; the same command goes on from there",
    )
