"""The certificate of a report: what was run, where, and a SHA-256 of what came out.

The statistics of a claim are the measured value, the standard error and the number of paths of each
of its rows. Floats are written in hexadecimal, so that no bit is lost and none is added. A machine
that runs the same claims with the same key and the same number of paths must come to the same
statistics, to the bit, whatever its threads; `compare` says where it does not. The certificate has
a second SHA-256, of the whole file, which shows that the file was not damaged or edited.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from stochcalc.claims.claim import CLAIMS
from stochcalc.claims.row import Finding
from stochcalc.engine import checks
from stochcalc.engine.random.philox import STREAM_VERSION
from stochcalc.engine.words import count

Statistics = tuple[tuple[str, str, str, str], ...]  # of each row: statement, value, error, paths
LONGEST = 1 << 26  # bytes of a file that is read
LEAST_PATHS = 2048  # of a claim
LARGEST_KEY = 2**64 - 1
SAME = "same bits"


@dataclass(frozen=True)
class Certificate:
    """What a report says of itself, read from its file.

    Attributes
    ----------
    key, paths : int
        The key of the run, and the paths of each claim.
    claims : dict of str to tuple
        The statistics of each claim, by its number.
    """

    key: int
    paths: int
    claims: dict[str, Statistics]


def hash_statistics(claims: Mapping[str, Statistics]) -> str:
    """Return the SHA-256 of the statistics of claims, in the order of their numbers."""
    content = json.dumps([[id, claims[id]] for id in sorted(claims)], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def take_statistics(finding: Finding) -> Statistics:
    """Return the statistics of a claim that was measured."""
    return tuple(
        _write_row(row.statement, row.measured.value, row.measured.stderr, row.paths)
        for row in finding.rows
    )


def certify(
    content: dict[str, Any], paths: int | None, statistics: Mapping[str, Statistics]
) -> None:
    """Add a certificate to the content of a report.

    Parameters
    ----------
    content : dict
        What the report's file will hold.
    paths : int or None
        The paths of each claim.
    statistics : mapping of str to tuple
        The statistics of each claim.
    """
    content["certificate"] = {
        "paths": paths,
        "statistics_sha256": hash_statistics(statistics),
        "versions": find_versions(),
        "cpu": find_cpu(),
    }
    content["certificate"]["file_sha256"] = hash_content(content)


def hash_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the content of a report, less that SHA-256 itself."""
    certificate = dict(content["certificate"])
    certificate.pop("file_sha256", None)
    rest = json.dumps({**content, "certificate": certificate}, sort_keys=True)
    return hashlib.sha256(rest.encode()).hexdigest()


def find_versions() -> dict[str, str]:
    """Return the versions of all that may change a bit."""
    found = {"python": platform.python_version()}
    for name in ("stochcalc", "numpy", "numba", "llvmlite", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def find_cpu() -> str:
    """Return the name of the CPU, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def read_certificate(path: Path) -> Certificate:
    """Read the certificate of a report, and check that its file is what was written.

    Parameters
    ----------
    path : Path
        The file report.json, or the folder that it is in.

    Raises
    ------
    ValueError
        If it is no report with a certificate, was damaged or edited, or was made with other random
        numbers or with claims that are not in the catalogue.
    OSError
        If it cannot be read.
    """
    if path.is_dir():
        path = path / "report.json"
    if path.stat().st_size > LONGEST:
        raise ValueError(f"{path} is longer than any report: name a report.json")
    try:
        content = json.loads(path.read_bytes())
        written = content["certificate"]["file_sha256"]
        hashed = hash_content(content)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(
            f"{path} is no report with a certificate, or it was damaged: name the report.json of "
            "stochcalc verify --out"
        ) from None
    if hashed != written:
        raise ValueError(
            f"{path} was damaged or edited: its SHA-256 is {hashed[:16]}... and it says "
            f"{written!s:.16}...; take the file as it was written"
        )
    try:
        return _read_content(path, content)
    except (KeyError, TypeError, AttributeError, OverflowError):
        raise ValueError(
            f"{path} is a report of another form than those of this release: check it with the "
            "release that made it"
        ) from None


def _read_content(path: Path, content: dict[str, Any]) -> Certificate:
    """Return what a file that was not changed says, if it can be repeated here."""
    if content["stream_version"] != STREAM_VERSION:
        raise ValueError(
            f"{path} was made with stream version {content['stream_version']}, and this is "
            f"{STREAM_VERSION}: check it with the release that made it, "
            f"{content['certificate']['versions']['stochcalc']}"
        )
    statistics = {
        claim["id"]: tuple(
            _write_row(row["statement"], row["measured"], row["stderr"], row["paths"])
            for row in claim["rows"]
        )
        for claim in content["claims"]
    }
    unknown = sorted(set(statistics) - set(CLAIMS))
    if unknown:
        raise ValueError(
            f"{path} has the claim {unknown[0]}, which is not in this catalogue: check it with the "
            "release that made it"
        )
    if not statistics:
        raise ValueError(f"{path} has no claims: name the report of a run that measured some")
    return Certificate(
        key=checks.integer("key", content["key"], 0, LARGEST_KEY),
        paths=checks.integer("paths", content["certificate"]["paths"], LEAST_PATHS),
        claims=statistics,
    )


def compare(there: Statistics, here: Statistics) -> str:
    """Return `SAME`, or what differs between the statistics of a claim there and here."""
    if there == here:
        return SAME
    if len(there) != len(here):
        return f"differs: {count(len(there), 'number')} there and {count(len(here), 'number')} here"
    wrong = [pair for pair in zip(there, here) if pair[0] != pair[1]]
    old, new = wrong[0]
    names = ("statement", "measured", "standard error", "paths")
    place = next(i for i in range(len(old)) if old[i] != new[i])
    words = f"{names[place]} {_show(old[place])} there and {_show(new[place])} here"
    if place > 0:
        words = f"{old[0]}: {words}"
    more = ""
    if len(wrong) > 1:
        more = f", and {len(wrong) - 1} more"
    return f"differs: {words}{more}"


def _write_row(
    statement: str, value: float | None, stderr: float | None, paths: int | None
) -> tuple[str, str, str, str]:
    """Return the statistics of a row as text; a number that is not finite is null in the file."""
    return statement, _write(value), _write(stderr), str(paths)


def _write(value: float | None) -> str:
    """Return a float in hexadecimal, and "null" for one that is not finite."""
    if value is None or not math.isfinite(value):
        return "null"
    return float(value).hex()


def _show(text: str) -> str:
    """Return a number that was written in hexadecimal with all its digits."""
    if text.startswith(("0x", "-0x")):
        return f"{float.fromhex(text):.17g}"
    return text
