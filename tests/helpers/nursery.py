"""A process that breaks a copy of the package, one defect at a time.

Every defect is tried in a process of its own, so that nothing of it outlives the trial: neither a
module, nor compiled code, nor what Numba has registered. These processes are forks of one that has
imported Numba and SciPy already, which takes most of the time of a start. It reads requests from
its standard input and writes answers, both as lines of JSON. Compiled code is kept nowhere."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

from broken import Defect, seed_of_check
from evidence import Rejected, current_test

PACKAGE = Path(__file__).parents[2] / "stochcalc"


class Unplantable(ValueError):
    """The text that a defect replaces is not there, or more than once."""


class Nursery:
    """A copy of the package in `folder`, and the process that breaks it."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PACKAGE, folder / "stochcalc")
        self.folder = folder
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(Path(__file__).parent)])
        environment["STOCHCALC_CACHE"] = "0"
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        environment["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads is not to be forked
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nursery"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def try_out(self, defect: Defect) -> dict[str, object]:
        """Return what the check says of the broken package: verdict, z, message and CPU seconds."""
        path = self.folder / "stochcalc" / defect.file
        source = path.read_text()
        path.write_text(plant(defect, source))
        compiled = Path(importlib.util.cache_from_source(str(path)))
        compiled.unlink(missing_ok=True)  # it could pass for that of an edit of the same length
        request = {
            "module": defect.check.__module__,
            "check": defect.check.__name__,
            "test": current_test(),
        }
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        finally:
            path.write_text(source)
        assert answer, "the nursery has ended"
        return json.loads(answer)

    def close(self) -> None:
        """End the process, which ends by itself when nobody can ask any more."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


def plant(defect: Defect, source: str) -> str:
    """Return the source with the defect in it."""
    found = source.count(defect.old)
    if found != 1:
        raise Unplantable(
            f"{defect.name}: the text to replace occurs {found} times in {defect.file}: write the "
            f"defect anew for the source as it is now\n{defect.old}"
        )
    return source.replace(defect.old, defect.new)


# ---- what runs in the other process


def judge(request: dict[str, str]) -> dict[str, object]:
    """Run one check and return its verdict."""
    os.environ["PYTEST_CURRENT_TEST"] = request["test"]
    try:
        check = getattr(importlib.import_module(request["module"]), request["check"])
        import stochcalc

        assert Path(stochcalc.__file__).is_relative_to(Path.cwd()), stochcalc.__file__
        check(seed_of_check(check))
    except Rejected as verdict:
        return {"verdict": "rejected", "z": verdict.z, "message": str(verdict)}
    except BaseException:
        return {"verdict": "error", "message": traceback.format_exc()}
    return {"verdict": "passed", "message": "the check passed"}


def judge_in_a_fork(request: dict[str, str]) -> str:
    """Return the verdict of a fork of this process, as a line of JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)  # what the package prints is no answer
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            json.dump(judge(request), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        answer = answers.read()
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        verdict = {"verdict": "error", "message": f"the process ended with status {status}"}
    else:
        verdict = json.loads(answer)
    verdict["seconds"] = usage.ru_utime + usage.ru_stime
    return json.dumps(verdict)


def main() -> None:
    """Answer every request, one after the other."""
    for slow in ("numba", "scipy.stats", "scipy.integrate"):
        importlib.import_module(slow)
    for line in sys.stdin:
        print(judge_in_a_fork(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
