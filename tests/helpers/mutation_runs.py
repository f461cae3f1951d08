"""Mutation testing: put faults into the package one by one, and see whether its tests find them.

    .ci/mutants 300 --out mutants.json

draws 300 faults from all of them by the hash of the commit, so that nobody can choose; `mutation_
points` says what a fault is, `mutation_map` which tests are run against it. The package is that of
the commit, in a temporary copy; the tests are those of the checkout. A fault is *killed* when a
test fails that passes without it, *crashed* when a test ends Python itself, *timed out* when a test
does not end, and has *survived* when all pass. It is *unclear* when a test fails with and without
it: that says something of the place where the tests are run. The results are written after every
fault, and a run that is repeated goes on where it was. With `--again` all that were not found meet
the tests once more.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from mutation_map import CHAPTERS, TestFiles
from mutation_points import Mutant, find_mutants

ROOT = Path(__file__).resolve().parents[2]
# Far more than tests take, for a busy computer; but what waits for ever ends.
TEST_SECONDS = 600  # for one test, and ...
RUN_SECONDS = 7200  # ... for all tests of one fault
NOT_FOUND = {"survived", "unclear"}
Result = dict[str, Any]


def git(*arguments: str, root: Path = ROOT) -> bytes:
    """Return what a command of git prints."""
    return subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True).stdout


def copy_commit(commit: str, folder: Path, root: Path = ROOT) -> None:
    """Copy the package of a commit and the tests of the checkout to a folder."""
    archive = io.BytesIO(git("archive", commit, "stochcalc", root=root))
    with tarfile.open(fileobj=archive) as package:
        package.extractall(folder, filter="data")
    for name in git("ls-files", root=root).decode().splitlines():
        if not name.startswith("stochcalc/"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target)


def all_mutants(root: Path, chapters: Iterable[str] = CHAPTERS) -> list[Mutant]:
    """Return the faults of all files of some chapters."""
    found = []
    for chapter in chapters:
        for path in sorted((root / "stochcalc" / chapter).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            found += find_mutants(name, path.read_text(encoding="utf-8"))
    return found


def draw(mutants: list[Mutant], count: int, commit: str) -> list[Mutant]:
    """Draw faults in an order that the commit's hash decides: the first of more are the same."""
    seed = int.from_bytes(hashlib.sha256(commit.encode()).digest(), "big")
    order = np.random.default_rng(seed).permutation(len(mutants))
    return [mutants[i] for i in order[:count]]


def run_tests(folder: Path, tests: list[str], cache: Path) -> tuple[str, str]:
    """Run tests until one fails, and return the outcome and the last lines of what was printed."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STOCHCALC_", "PYTEST_"))
    }
    environment["PYTHONPATH"] = str(folder)
    environment["STOCHCALC_CACHE"] = str(cache)
    # A file of the same size within the same second would be taken for the one that is compiled.
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--tb=line"]
    limits = [f"--timeout={TEST_SECONDS}", "--timeout-method=thread"]
    command = [sys.executable, "-m", "pytest", *options, *limits, *tests]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "timed out", f"no end after {RUN_SECONDS} s"
    printed = done.stdout + done.stderr
    said = [line for line in printed.splitlines() if line.startswith(("FAILED", "ERROR", "E "))]
    if "+++ Timeout +++" in printed:
        return "timed out", "\n".join(said[-3:])
    if done.returncode == 0:
        return "survived", ""
    if done.returncode < 0:
        return "crashed", f"signal {-done.returncode}"
    return "killed", "\n".join(said[-3:]) or printed[-300:]


def used_by_children() -> float:
    """Return the seconds of processors that the ended processes below this one have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def try_mutant(mutant: Mutant, folder: Path, tests: list[str], own_cache: Path) -> Result:
    """Put one fault into the copy, run the tests, and take the fault out again.

    The machine code of the package without a fault is kept in `own_cache`.
    """
    path = folder / mutant.path
    source = path.read_bytes()
    started = time.monotonic()
    used = used_by_children()
    path.write_bytes(mutant.apply(source))
    try:
        with tempfile.TemporaryDirectory() as cache:
            outcome, said = run_tests(folder, tests, Path(cache))
    finally:
        path.write_bytes(source)
    if outcome == "killed" and not confirm(said, folder, own_cache):
        outcome = "unclear"
    return {
        "name": mutant.name,
        "operator": mutant.operator,
        "before": mutant.before,
        "after": mutant.after,
        "outcome": outcome,
        "said": said,
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(used_by_children() - used, 1),
    }


def confirm(said: str, folder: Path, cache: Path) -> bool:
    """Return whether the test that failed passes without the fault.

    Only the faults themselves get a cache of their own: the machine code of the package as it is
    is made once.
    """
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", said, re.MULTILINE)
    return len(failed) > 0 and run_tests(folder, failed[:1], cache)[0] == "survived"


def report(results: list[Result]) -> str:
    """Return the score and the survivors as text."""
    counts = Counter(result["outcome"] for result in results)
    found = counts["killed"] + counts["crashed"] + counts["timed out"]
    seconds = sum(result["cpu_seconds"] for result in results)
    lines = [
        f"{len(results)} faults: {counts['killed']} killed, {counts['crashed']} crashed, "
        f"{counts['timed out']} timed out, "
        f"{counts['survived']} survived, {counts['unclear']} unclear",
        f"score {100.0 * found / len(results):.1f} %, {seconds / len(results):.0f} s of a CPU each",
    ]
    for result in results:
        if result["outcome"] in NOT_FOUND:
            lines.append(f"{result['outcome']}: {result['name']}\n    {result['before']}")
            lines.append(f" -> {result['after']}")
    return "\n".join(lines)


def run_mutants(count: int, out: Path, commit: str, again: bool, root: Path = ROOT) -> str:
    """Try the first `count` faults of a commit, those apart that `out` has, and return a report."""
    kept: dict[str, Result] = {}
    if out.exists():
        saved = json.loads(out.read_text(encoding="utf-8"))
        if saved["commit"] != commit:
            raise ValueError(
                f"{out} holds the faults of commit {saved['commit']}, not of {commit}: "
                f"give --commit {saved['commit']}, or another file"
            )
        kept = {result["name"]: result for result in saved["results"]}
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as own_cache:
        folder = Path(temporary)
        copy_commit(commit, folder, root)
        files = TestFiles(folder)
        chosen = draw(all_mutants(folder), count, commit)
        for mutant in chosen:
            known = kept.get(mutant.name)
            if known is not None and not (again and known["outcome"] in NOT_FOUND):
                continue
            tests = files.mirrors(mutant.path)
            kept[mutant.name] = try_mutant(mutant, folder, tests, Path(own_cache))
            result = kept[mutant.name]
            spent = f"{result['seconds']} s ({result['cpu_seconds']} s of a CPU)"
            print(f"{result['outcome']} in {spent}: {mutant.name}", flush=True)
            text = json.dumps({"commit": commit, "results": list(kept.values())}, indent=1)
            out.write_text(text, encoding="utf-8")
    return report([kept[mutant.name] for mutant in chosen])


def main(arguments: list[str]) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="how many faults to try")
    parser.add_argument("--out", type=Path, default=Path("mutants.json"), help="the results")
    parser.add_argument("--commit", default="HEAD", help="whose package, and whose hash")
    parser.add_argument("--again", action="store_true", help="try what was not found once more")
    given = parser.parse_args(arguments)
    commit = git("rev-parse", given.commit).decode().strip()
    print(run_mutants(given.count, given.out, commit, given.again))


if __name__ == "__main__":
    main(sys.argv[1:])
