"""`stochcalc verify --check`: run the claims of a report again, and compare every bit."""

from __future__ import annotations

import argparse

from stochcalc import claims
from stochcalc.claims import Claim, Finding
from stochcalc.claims.certificate import SAME, compare, read_certificate, take_statistics
from stochcalc.cli.cluster import open_cluster, refuse_lost_run
from stochcalc.cli.output import shows_progress
from stochcalc.engine.checkpoint.snapshot import CheckpointError


def refuse_other_options(options: argparse.Namespace) -> None:
    """Refuse options that say what to run, since the file says it, and those that write."""
    given = {
        "chapters": bool(options.chapters),
        "--paths": options.paths is not None,
        "--seed": options.seed != 0,
        "--out": options.out is not None,
        "--force": options.force,
        "--verbose": options.verbose,
        "--twins": options.twins,
    }
    for name, is_given in given.items():
        if is_given:
            options.refuse(
                f"--check {options.check}: runs what the file says and compares it: leave {name} "
                "out"
            )


def run(options: argparse.Namespace) -> int:
    """Run the claims of a report again, and print for each whether its bits are the same."""
    refuse_other_options(options)
    try:
        certificate = read_certificate(options.check)
    except (OSError, ValueError) as error:
        options.refuse(f"--check: {error}")
    verdicts: dict[str, str] = {}

    def check(claim: Claim, finding: Finding) -> None:
        verdicts[claim.id] = compare(certificate.claims[claim.id], take_statistics(finding))
        print(f"{claim.id}  {verdicts[claim.id]}", flush=True)

    try:
        with open_cluster(options) as cluster:
            report = claims.verify(
                list(certificate.claims),
                paths=certificate.paths,
                key=certificate.key,
                workers=options.workers,
                executor=cluster,
                progress=shows_progress(),
                checkpoint=options.checkpoint,
                on_claim=check,
            )
    except (CheckpointError, OSError) as error:
        refuse_lost_run(options, error)
    same = sum(verdict == SAME for verdict in verdicts.values())
    print(f"\n{same} of {len(verdicts)} claims have the same bits; SHA-256 {report.sha256}")
    return 0 if same == len(verdicts) else 1
