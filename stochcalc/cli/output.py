"""What a command writes besides its text: pictures in files, JSON, colours, a progress bar."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from stochcalc.display.json_text import to_json
from stochcalc.engine.files import try_folder
from stochcalc.engine.words import shorten_text
from stochcalc.typing import Axes

COLOURS = {"agrees": "32", "refuted": "1;31", "undecided": "33"}  # of terminals


def check_picture(option: str, picture: Path | None, options: argparse.Namespace) -> None:
    """Refuse, before anything is computed, a picture that cannot be written; see `check_file`."""
    if picture is not None:
        check_file(option, picture, options, (".png", ".pdf", ".svg"))


def check_file(
    option: str, file: Path, options: argparse.Namespace, endings: tuple[str, ...]
) -> None:
    """Refuse, before anything is computed, a file that cannot be written.

    Parameters
    ----------
    option : str
        The option that names the file, for the error.
    file : Path
        The file to write.
    options : Namespace
        All options of the command: `force` lets it overwrite a file, and `refuse` ends it.
    endings : tuple of str
        How its name may end.
    """
    if file.suffix.lower() not in endings:
        *first, last = endings
        kinds = f"{', '.join(first)} or {last}"
        options.refuse(f"{option} {file}: name a {kinds} file")
    try:
        _check_place(option, file, options)
    except OSError as error:  # a name that no file can have
        options.refuse(f"{option} {file!s:.60}...: {error.strerror}; choose another name")


def _check_place(option: str, picture: Path, options: argparse.Namespace) -> None:
    """Refuse a place where no file can be written."""
    if not picture.parent.is_dir():
        options.refuse(f"{option} {picture}: there is no folder {picture.parent}")
    if picture.is_dir():
        options.refuse(f"{option} {picture}: is a folder; name a file")
    if picture.exists() and not options.force:
        options.refuse(f"{option} {picture}: exists; choose another name, or --force")
    try:
        try_folder(picture.parent)
    except OSError as error:
        options.refuse(f"{option} {picture}: cannot be written ({error}); name a file elsewhere")


def check_folder(option: str, folder: Path, options: argparse.Namespace) -> None:
    """Refuse, before anything is computed, a folder that cannot be written to; else make it.

    Parameters
    ----------
    option : str
        The option that names the folder, for the error.
    folder : Path
        The folder.
    options : Namespace
        All options of the command: `force` allows a folder that is not empty, and `refuse` ends it.
    """
    try:
        if folder.exists() and not folder.is_dir():
            options.refuse(f"{option} {folder}: is a file; name a folder")
        if folder.exists() and any(folder.iterdir()) and not options.force:
            options.refuse(f"{option} {folder}: is not empty; choose another folder, or --force")
        try_folder(folder)
    except OSError as error:
        shown = shorten_text(str(folder), 120)
        options.refuse(
            f"{option} {shown}: cannot be written to ({error.strerror}); choose another folder"
        )


def write_picture(
    draw: Callable[[Axes], object], picture: Path | None, said: TextIO | None = None
) -> bool:
    """Write what `draw(ax)` draws to the file `picture`, if one is wanted, and say so.

    Parameters
    ----------
    draw : callable
        draw(ax) draws on the axes.
    picture : Path or None
        The file to write, if one is wanted.
    said : file, optional
        Where to say so: not on the output if that is JSON. The output by default.

    Returns
    -------
    bool
        False if the file could not be written. Then the reason is printed, and nothing is left.
    """
    if picture is None:
        return True
    from stochcalc.plot import save

    try:
        print(f"drawn to {save(draw, picture)}", file=said or sys.stdout)
    except OSError as error:
        print(f"{picture}: the picture could not be written ({error})", file=sys.stderr)
        return False
    return True


def shows_progress() -> bool:
    """Say whether to show a progress bar: to a person at a terminal, if tqdm is installed."""
    return sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None


def paint(word: str, stream: TextIO | None = None) -> str:
    """Return a verdict in its colour, if it is written to a terminal that has colours.

    A colour repeats what the word says. The variable NO_COLOR, if it is set, turns colours off.

    Parameters
    ----------
    word : str
        "agrees", "refuted" or "undecided".
    stream : file, optional
        Where it is written; the output by default.
    """
    target = stream or sys.stdout
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not target.isatty():
        return word
    return f"\033[{COLOURS[word]}m{word}\033[0m"


def write_json(values: Mapping[str, object]) -> None:
    """Print values as JSON."""
    print(to_json(values))
