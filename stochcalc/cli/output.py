"""What a command writes besides its text: pictures in files, and a progress bar."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from stochcalc.typing import Axes


def check_picture(option: str, picture: Path | None, options: argparse.Namespace) -> None:
    """Refuse, before anything is computed, a picture that cannot be written.

    Parameters
    ----------
    option : str
        The option that names the picture, for the error.
    picture : Path or None
        The file to write, if one is wanted.
    options : Namespace
        All options of the command: `force` lets it overwrite a file, and `refuse` ends it.
    """
    if picture is None:
        return
    if picture.suffix.lower() not in (".png", ".pdf", ".svg"):
        options.refuse(f"{option} {picture}: name a .png, .pdf or .svg file")
    if not picture.parent.is_dir():
        options.refuse(f"{option} {picture}: there is no folder {picture.parent}")
    if picture.is_dir():
        options.refuse(f"{option} {picture}: is a folder; name a file")
    if picture.exists() and not options.force:
        options.refuse(f"{option} {picture}: exists; choose another name, or --force")
    try:
        with tempfile.TemporaryFile(dir=picture.parent):
            pass
    except OSError as error:
        options.refuse(f"{option} {picture}: cannot be written ({error}); name a file elsewhere")


def write_picture(draw: Callable[[Axes], object], picture: Path | None) -> bool:
    """Write what `draw(ax)` draws to the file `picture`, if one is wanted, and say so.

    Returns
    -------
    bool
        False if the file could not be written. Then the reason is printed, and nothing is left.
    """
    if picture is None:
        return True
    from stochcalc.plot import save

    try:
        print(f"drawn to {save(draw, picture)}")
    except OSError as error:
        print(f"{picture}: the picture could not be written ({error})", file=sys.stderr)
        return False
    return True


def shows_progress() -> bool:
    """Say whether to show a progress bar: to a person at a terminal, if tqdm is installed."""
    return sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None
