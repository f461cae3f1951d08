"""`stochcalc verify`: measure the theorems of the catalogue on simulated paths."""

from __future__ import annotations

import argparse
import sys

from stochcalc import claims
from stochcalc.claims import CLAIMS, Claim, Finding
from stochcalc.claims.overview import count_row
from stochcalc.claims.row import AGREES, REFUTED
from stochcalc.claims.selection import select
from stochcalc.claims.table import claim_lines
from stochcalc.claims.verdicts import choose_row, say_verdict
from stochcalc.cli import check_report
from stochcalc.cli.arguments import (
    MOST_PATHS,
    Commands,
    add_checkpoint_option,
    add_seed_option,
    add_workers_option,
    read_path,
    read_whole_number_between,
)
from stochcalc.cli.cluster import add_cluster_option, open_cluster, refuse_lost_run
from stochcalc.cli.listing import tabulate_claims
from stochcalc.cli.output import check_folder, paint, shows_progress
from stochcalc.engine.checkpoint.snapshot import CheckpointError

MOST_OPEN = 3  # numbers of a claim that do not agree and have a line


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    chapters = ", ".join(dict.fromkeys(claim.chapter for claim in select(None)))
    numbers = ", ".join(sorted(CLAIMS))
    command = commands.add_parser(
        "verify",
        help="measure the theorems of the catalogue",
        description="Measure theorems on simulated paths. A line for each claim says how many of "
        "its numbers agree with their exact values, the largest distance z in standard errors, and "
        "how many plausible wrong values, the twins, are refuted.",
        epilog="Exit status: 0 all hold, 1 any refuted, 3 none refuted but some undecided, 2 bad "
        "usage or a report that could not be written. With --check: 0 all have the same bits, 1 "
        "any differs, 2 bad usage or a file that was damaged or edited.",
    )
    command.add_argument(
        "chapters",
        nargs="*",
        help=f"chapters ({chapters}) or numbers ({numbers}); all by default",
    )
    command.add_argument(
        "--paths",
        type=read_whole_number_between(2048, MOST_PATHS),
        help="paths per claim (default 1000000)",
    )
    add_seed_option(command)
    add_workers_option(command)
    add_checkpoint_option(command)
    add_cluster_option(command)
    command.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show every number of every claim, in a table",
    )
    command.add_argument(
        "--twins",
        action="store_true",
        help="show the table, with the plausible wrong version of each number, and its z",
    )
    command.add_argument(
        "--out",
        type=read_path,
        metavar="DIR",
        help="write report.json, one figure per claim and index.html",
    )
    command.add_argument(
        "--check",
        type=read_path,
        metavar="FILE",
        help="run the claims of a report.json (or of its folder) again with its key and paths, and "
        "say for each whether it has the same bits",
    )
    command.add_argument(
        "--list",
        action="store_true",
        help="name the claims of these chapters, and measure nothing",
    )
    command.add_argument(
        "--force", action="store_true", help="let --out write into a folder that is not empty"
    )
    command.set_defaults(run=run, refuse=command.refuse)


def run(options: argparse.Namespace) -> int:
    """Measure the chosen claims and print each as it is found; return the report's status."""
    if options.list:
        _refuse_files(options)
    if options.check is not None:
        return check_report.run(options)
    try:
        select(options.chapters)
    except ValueError as error:
        options.refuse(str(error))
    if options.list:
        print(tabulate_claims(options.chapters).text())
        return 0
    if options.out is not None:
        check_folder("--out", options.out, options)

    def show(claim: Claim, finding: Finding) -> None:
        if options.verbose or options.twins:
            lines = claim_lines(claim, finding, options.twins)
        else:
            lines = _sum_up(claim, finding)
        print("\n".join(lines), flush=True)

    try:
        with open_cluster(options) as cluster:
            report = claims.verify(
                options.chapters,
                paths=options.paths,
                rng=options.seed,
                workers=options.workers,
                executor=cluster,
                progress=shows_progress(),
                checkpoint=options.checkpoint,
                on_claim=show,
            )
    except (CheckpointError, OSError) as error:
        refuse_lost_run(options, error)
    print(f"\n{report.summary()}")
    if options.out is not None:
        try:
            folder = report.write(options.out)
        except OSError as error:
            print(
                f"--out {options.out}: the report could not be written ({error}); the numbers are "
                f"those above, and stochcalc.verify(key={report.key}) gives them again",
                file=sys.stderr,
            )
            return 2
        print(f"written to {folder}: open {folder / 'index.html'}")
    return report.status


def _refuse_files(options: argparse.Namespace) -> None:
    """Refuse files beside --list, which measures nothing that could be written or compared."""
    for name in ("out", "check", "checkpoint"):
        value = getattr(options, name)
        if value is not None:
            options.refuse(
                f"argument --{name}: {str(value)!r} was given with --list, which measures nothing: "
                "leave one of the two out"
            )


def _sum_up(claim: Claim, finding: Finding) -> list[str]:
    """Return a claim on one line, and a line for each of the first numbers that do not agree."""
    agree, largest, twins = count_row(finding.rows)
    word = choose_row(finding).verdict
    blanks = " " * (len("undecided") - len(word))
    line = f"{claim.id}  {paint(word)}{blanks}  {agree:>8}  z {largest:>6}  twins {twins:>8}  "
    lines = [line + claim.title]
    open_rows = [row for row in finding.rows if row.verdict != AGREES]
    open_rows.sort(key=lambda row: row.verdict != REFUTED)
    for row in open_rows[:MOST_OPEN]:
        lines.append(f"     {row.statement}: {say_verdict(row)}")
    if len(open_rows) > MOST_OPEN:
        lines.append(f"     and {len(open_rows) - MOST_OPEN} more: --verbose")
    return lines
