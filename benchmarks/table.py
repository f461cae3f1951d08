"""Print the benchmarks as a Markdown table.

`python benchmarks/table.py` runs them, and needs the extra `bench` alone;
`python benchmarks/table.py bench.json` reads what an earlier run left.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def run() -> dict[str, Any]:
    """Run every benchmark and return pytest-benchmark's JSON; what they print goes to stderr."""
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.json"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-s", str(here), f"--benchmark-json={out}"],
            cwd=here.parent,
            stdout=sys.stderr,
            check=False,
        )
        if not out.exists():
            raise SystemExit("the benchmarks left no JSON: see above")
        return json.loads(out.read_text())


def wanted(figure: dict[str, Any], busy: bool) -> str:
    """Return the limit, with the aim in brackets; a miss counts only where the CPUs were free."""
    if figure["limit"] is None:
        return ""
    side = "most" if figure["most"] else "least"
    aim = "" if figure["aim"] is None else f" ({figure['aim']:g})"
    missed = ""
    if not figure["holds"]:
        missed = ": no second CPU was free" if busy else ": missed"
    return f"at {side} {figure['limit']:g}{aim}{missed}"


def markdown(results: dict[str, Any]) -> str:
    """The table, with the machine above it."""
    infos = [
        result["extra_info"]
        for result in results["benchmarks"]
        if "figures" in result["extra_info"]
    ]
    if not infos:
        raise SystemExit("no figures in this JSON: was it written by benchmarks/?")
    how = "Peers side by side in one run, each at its best; minimum of seven."
    if infos[0].get("tiny"):
        how = "Tiny sizes: these figures say nothing about speed."
    lines = [
        f"{infos[0]['cpu']}, {infos[0]['vectors']}. {how}",
        "",
        "| question | figure | measured | wanted (aim) |",
        "|---|---|---|---|",
    ]
    for info in infos:
        for i, figure in enumerate(info["figures"]):
            row = info["row"] if i == 0 else ""
            lines.append(
                f"| {row} | {figure['what']} | {figure['value']:.3g} | "
                f"{wanted(figure, info['busy'])} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(json.loads(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else run()))
