"""The command line: `stochcalc verify`."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stochcalc.claims import CLAIMS, Claim, Finding, verify
from stochcalc.claims.report import claim_lines, select


def _at_least(least: int, most: int) -> type[int]:
    def whole(text: str) -> int:
        try:
            value = int(text) if "e" not in text.lower() else int(float(text))
        except (ValueError, OverflowError):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} must lie between {least} and {most}")
        return value
    return whole  # type: ignore[return-value]


def _version() -> str:
    try:
        return version("stochcalc")
    except PackageNotFoundError:
        return "(not installed: run from its source)"


def parser() -> argparse.ArgumentParser:
    """The argument parser."""
    chapters = ", ".join(dict.fromkeys(claim.chapter for claim in select(None)))
    numbers = ", ".join(sorted(CLAIMS))
    top = argparse.ArgumentParser(prog="stochcalc", description="Numerical stochastic calculus.")
    top.add_argument("--version", action="version", version=f"stochcalc {_version()}")
    commands = top.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "verify", help="measure the theorems of the catalogue",
        description="Measure theorems on simulated paths: exact value, measured value, standard error, z, verdict.",
        epilog="Exit status: 0 all hold, 1 any refuted, 3 none refuted but some undecided, 2 bad usage.")
    check.add_argument("chapters", nargs="*", help=f"chapters ({chapters}) or numbers ({numbers}); all by default")
    check.add_argument("--paths", type=_at_least(2048, 10**12), help="paths per claim (default 1000000)")
    check.add_argument("--seed", type=_at_least(0, 2**128 - 1), default=0, help="seed (default 0)")
    check.add_argument("--workers", type=_at_least(1, 4096), help="threads (default: all CPUs)")
    check.add_argument("--twins", action="store_true", help="show the plausible wrong version of each number, and its z")
    check.add_argument("--out", type=Path, metavar="DIR", help="write report.json, one figure per claim and index.html")
    check.add_argument("--force", action="store_true", help="let --out write into a folder that is not empty")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit status."""
    options = parser().parse_args(arguments)
    if options.out is not None and options.out.exists():
        if not options.out.is_dir():
            parser().error(f"--out {options.out}: is a file; name a folder")
        if any(options.out.iterdir()) and not options.force:
            parser().error(f"--out {options.out}: is not empty; choose another folder, or --force")
    try:
        select(options.chapters)
    except ValueError as error:
        parser().error(str(error))

    def show(claim: Claim, finding: Finding) -> None:
        print("\n".join(claim_lines(claim, finding, options.twins)), flush=True)

    progress = sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None
    try:
        report = verify(options.chapters, paths=options.paths, rng=options.seed, workers=options.workers, progress=progress,
                        on_claim=show)
        print(f"\n{report.summary()}")
        if options.out is not None:
            print(f"written to {report.write(options.out)}: open {options.out / 'index.html'}")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return report.status
