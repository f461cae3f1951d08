"""What a command writes besides its text: pictures in files, and a progress bar."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def check_picture(option: str, picture: Path | None, options: argparse.Namespace) -> None:
    """Refuse, before anything is computed, a picture that cannot be written."""
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


def write_picture(draw: Callable[..., Any], picture: Path | None) -> None:
    """Write what `draw(ax)` draws to the file `picture`, if one is wanted, and say so."""
    if picture is None:
        return
    from stochcalc.plot import save

    print(f"drawn to {save(draw, picture)}")


def shows_progress() -> bool:
    """Whether to show a progress bar: to a person at a terminal, if tqdm is installed."""
    return sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None
