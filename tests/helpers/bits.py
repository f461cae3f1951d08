"""The bits of results: one digest for each of many small calls of the public interface.

A change that should leave every result as it is leaves every digest as it is. Run it before and
after, and compare: ``python bits.py --json before.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import bits_companions
import bits_models
import bits_motion
import bits_sampling
import bits_schemes
import bits_solve
import bits_studies
import bits_vectorized
import numpy as np

CHAPTERS = {
    "motion": bits_motion,
    "schemes": bits_schemes,
    "solve": bits_solve,
    "companions": bits_companions,
    "models": bits_models,
    "sampling": bits_sampling,
    "studies": bits_studies,
}
CALLS = {}
for chapter in CHAPTERS.values():
    repeated = CALLS.keys() & chapter.CALLS.keys()
    if repeated:
        raise ValueError(f"{sorted(repeated)} name two calls: each needs a name of its own")
    CALLS |= chapter.CALLS

VECTORIZED_CALLS = bits_vectorized.CALLS


def digest(value):
    """Return the SHA-256 of numbers and of their shapes.

    Parameters
    ----------
    value : number, ndarray, or tuple or list of such values
        Numbers become float64 and count by their bytes: -0.0 is not 0.0, and a nan is its bits.

    Returns
    -------
    str
        In hexadecimal digits.

    Raises
    ------
    TypeError
        For anything that is not made of real numbers.
    """
    found = hashlib.sha256()
    if isinstance(value, tuple | list):
        found.update(f"sequence of {len(value)}".encode())
        for part in value:
            found.update(digest(part).encode())
        return found.hexdigest()
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"value={value!r:.60} is no array of real numbers: it has no digest")
    found.update(f"array of shape {array.shape}".encode())
    found.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return found.hexdigest()


def main(arguments=None):
    """Print a digest and a name for each call, and at last the digest of all these lines.

    Parameters
    ----------
    arguments : list of str, optional
        Of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="OUT", help="write {name: digest} to a file")
    parser.add_argument("--match", default="", metavar="TEXT", help="only calls whose name has it")
    parser.add_argument("--vectorized", action="store_true", help="the calls on arrays instead")
    given = parser.parse_args(arguments)
    calls = VECTORIZED_CALLS if given.vectorized else CALLS
    digests = {}
    everything = hashlib.sha256()
    for name, call in calls.items():
        if given.match in name:
            digests[name] = digest(call())
            line = f"{digests[name]}  {name}"
            everything.update(f"{line}\n".encode())
            print(line, flush=True)
    print(f"{everything.hexdigest()}  all {len(digests)} calls")
    if given.json is not None:
        given.json.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
