"""Scripts in processes of their own, with a cache of compiled code of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300  # seconds


def start(script: str, root: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    """Start a script that imports the package that lies in `root`."""
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    surroundings.pop("PYTHONPATH", None)
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=root,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a script to end well; return the words that it printed."""
    said, complained = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, complained
    return said.split()


def words_of(script: str, root: Path = ROOT, **environment: str) -> list[str]:
    """Run a script to its end; return the words that it printed."""
    return finish(start(script, root, **environment))
