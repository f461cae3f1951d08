"""The name of machine code on disk: a hash of the function and all that decides what it becomes.

What decides it besides the function, its *surroundings*, is this package's source, the versions of
Python, NumPy, Numba and LLVM, and the CPU. The source on disk is what this process runs only as
long as no file has changed since the import. After that, and where there are no source files at
all, code has no name and is not kept.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core.registry import cpu_target

PACKAGE = Path(__file__).parents[2]  # as the names of code objects have it, links and all


def digest(name: object) -> str | None:
    """Return the SHA-256 of a fingerprint and its surroundings; None if they cannot be known."""
    source = hash_sources()
    if source is None:
        return None
    return hashlib.sha256(repr((name, source, _describe_surroundings())).encode()).hexdigest()


@functools.cache
def _describe_surroundings() -> tuple[Any, ...]:
    """Return what decides the code, apart from the function and the package's source."""
    configuration = numba.core.config
    return (
        sys.version_info[:2],
        (numba.__version__, llvmlite.__version__, llvm.llvm_version_info, np.__version__),
        cpu_target.target_context.codegen().magic_tuple(),
        (configuration.OPT, configuration.LOOP_VECTORIZE, configuration.SLP_VECTORIZE),
        configuration.BOUNDSCHECK,
    )


def _list_source_files() -> dict[str, tuple[int, int]]:
    """Return the package's source files, each with its time of change and its size."""
    files = {}
    for folder, _, names in os.walk(PACKAGE):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                status = os.stat(path)
                files[path] = (status.st_mtime_ns, status.st_size)
    return files


_at_import = _list_source_files()


def hash_sources() -> str | None:
    """Return the SHA-256 of the source files; None if they are not what this process runs."""
    try:
        hashed = _hash_sources_at_import()
        if hashed is None or _list_source_files() != _at_import:
            return None
    except OSError:  # a file has gone
        return None
    return hashed


@functools.cache
def _hash_sources_at_import() -> str | None:
    """Return the SHA-256 of the files that were there at the import; None if there were none."""
    if not _at_import:
        return None
    total = hashlib.sha256()
    for path in sorted(_at_import):
        content = Path(path).read_bytes()
        name = os.path.relpath(path, PACKAGE)
        total.update(repr((name, len(content))).encode())
        total.update(content)
    return total.hexdigest()
