"""The command line: `stochcalc verify`, `stochcalc qv`, `stochcalc converge` and `stochcalc
sample`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from stochcalc.claims import CLAIMS, Claim, Finding, verify
from stochcalc.claims.report import claim_lines, select
from stochcalc.laboratory.scheme_errors import strong_convergence, weak_convergence
from stochcalc.methods import METHODS
from stochcalc.models.presets import PRESETS
from stochcalc.variation.csv_series import read_csv
from stochcalc.variation.price_report import volatility


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


def _between(low: float, high: float) -> type[float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low < value < high:
            raise argparse.ArgumentTypeError(
                f"{text} must lie between {low:g} and {high:g}, ends excluded"
            )
        return value

    return number  # type: ignore[return-value]


def _assignment(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} must read NAME=VALUE, such as sigma=0.2")
    return name, _between(-math.inf, math.inf)(value)


def _version() -> str:
    try:
        return version("stochcalc")
    except PackageNotFoundError:
        return "(not installed: run from its source)"


def parser() -> argparse.ArgumentParser:
    """The argument parser."""
    top = argparse.ArgumentParser(prog="stochcalc", description="Numerical stochastic calculus.")
    top.add_argument("--version", action="version", version=f"stochcalc {_version()}")
    commands = top.add_subparsers(dest="command", required=True)
    _add_verify(commands)
    _add_qv(commands)
    _add_converge(commands)
    _add_sample(commands)
    return top


def _add_verify(commands: Any) -> None:
    chapters = ", ".join(dict.fromkeys(claim.chapter for claim in select(None)))
    numbers = ", ".join(sorted(CLAIMS))
    check = commands.add_parser(
        "verify",
        help="measure the theorems of the catalogue",
        description="Measure theorems on simulated paths: exact value, measured value, standard error, z, verdict.",
        epilog="Exit status: 0 all hold, 1 any refuted, 3 none refuted but some undecided, 2 bad usage.",
    )
    check.add_argument(
        "chapters", nargs="*", help=f"chapters ({chapters}) or numbers ({numbers}); all by default"
    )
    check.add_argument(
        "--paths", type=_at_least(2048, 10**12), help="paths per claim (default 1000000)"
    )
    check.add_argument("--seed", type=_at_least(0, 2**128 - 1), default=0, help="seed (default 0)")
    check.add_argument("--workers", type=_at_least(1, 4096), help="threads (default: all CPUs)")
    check.add_argument(
        "--twins",
        action="store_true",
        help="show the plausible wrong version of each number, and its z",
    )
    check.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write report.json, one figure per claim and index.html",
    )
    check.add_argument(
        "--force", action="store_true", help="let --out write into a folder that is not empty"
    )
    check.set_defaults(run=_verify, refuse=check.error)


def _add_qv(commands: Any) -> None:
    measure = commands.add_parser(
        "qv",
        help="measure the volatility and the jumps of a price series",
        description="Quadratic variation of a column of a CSV file by seven estimators, annualised and rolling volatility, "
        "with intervals, and jumps.",
        epilog="Exit status: 0, or 2 for bad usage and for a file that cannot be used; the message names row and column.",
    )
    measure.add_argument(
        "file", type=Path, metavar="FILE.csv", help="UTF-8, one header line, oldest row first"
    )
    measure.add_argument("--column", required=True, metavar="NAME", help="the column of prices")
    measure.add_argument(
        "--time",
        metavar="NAME",
        help="the column of times: they name the observations and must increase",
    )
    measure.add_argument(
        "--log",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="take logarithms (default)",
    )
    measure.add_argument(
        "--per-year",
        type=_between(0.0, math.inf),
        default=252.0,
        metavar="N",
        help="observations in a year (default 252)",
    )
    measure.add_argument(
        "--window",
        type=_at_least(2, 10**9),
        default=21,
        metavar="N",
        help="returns in the rolling volatility (default 21)",
    )
    measure.add_argument(
        "--jump-window",
        type=_at_least(10, 10**9),
        metavar="N",
        help="returns before each that is tested for a jump (default 60, or a third of a short series)",
    )
    measure.add_argument(
        "--level",
        type=_between(0.0, 1.0),
        default=0.05,
        metavar="P",
        help="chance of a false jump in the whole series (default 0.05)",
    )
    measure.add_argument(
        "--confidence",
        type=_between(0.0, 1.0),
        default=0.95,
        help="of the intervals (default 0.95)",
    )
    measure.add_argument(
        "--delimiter", default=",", help="what separates the fields (default: a comma)"
    )
    measure.add_argument(
        "--date-format", metavar="FORMAT", help="of dates that are not ISO, such as %%d/%%m/%%Y"
    )
    measure.add_argument(
        "--reverse",
        action="store_true",
        help="read the rows from the last to the first: newest stands first",
    )
    measure.add_argument(
        "--drop-missing", action="store_true", help="leave out, and count, rows without a price"
    )
    measure.add_argument(
        "--plot", type=Path, metavar="OUT.png", help="draw prices, jumps and rolling volatility"
    )
    measure.add_argument("--force", action="store_true", help="let --plot overwrite a file")
    measure.set_defaults(run=_qv, refuse=measure.error)


def _add_converge(commands: Any) -> None:
    study = commands.add_parser(
        "converge",
        help="measure the order of convergence of schemes on a named equation",
        description="Errors of schemes by step size along common paths, with standard errors and slopes, and exact finite-step "
        "errors where they are known.",
        epilog="Exit status: 0, or 2 for bad usage. --seed makes a study repeatable.",
    )
    study.add_argument(
        "--model",
        required=True,
        choices=PRESETS,
        metavar="NAME",
        help=f"one of {', '.join(PRESETS)}",
    )
    study.add_argument(
        "--set",
        type=_assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="changes",
        help="another value for a parameter of the model; may be repeated",
    )
    study.add_argument(
        "--methods",
        default="euler_maruyama",
        metavar="A,B,...",
        help=f"schemes: {', '.join(METHODS)}",
    )
    study.add_argument(
        "--weak",
        choices=("mean", "square"),
        help="the bias of the first component's mean, or mean square, instead of the strong error",
    )
    study.add_argument(
        "--T", type=_between(0.0, math.inf), help="final time (default: the model's, mostly 1)"
    )
    study.add_argument(
        "--levels",
        type=_at_least(0, 30),
        nargs=2,
        default=(4, 10),
        metavar=("LOW", "HIGH"),
        help="2^LOW to 2^HIGH steps (default 4 10)",
    )
    study.add_argument(
        "--paths",
        type=_at_least(2048, 10**12),
        default=20_000,
        help="number of paths (default 20000)",
    )
    study.add_argument("--seed", type=_at_least(0, 2**128 - 1), default=0, help="seed (default 0)")
    study.add_argument("--workers", type=_at_least(1, 4096), help="threads (default: all CPUs)")
    study.add_argument(
        "--out",
        type=Path,
        metavar="OUT.png",
        help="draw the errors, their exact curves and the slopes",
    )
    study.add_argument("--force", action="store_true", help="let --out overwrite a file")
    study.set_defaults(run=_converge, refuse=study.error)


def _add_sample(commands: Any) -> None:
    make = commands.add_parser(
        "sample",
        help="learn the score of handwritten digits, sample new ones, and measure them",
        description="Train a small network on 1437 images of 8 x 8 pixels by denoising (some 4 minutes), run noise backwards, "
        "and measure the samples against limits, beside two controls that must fail.",
        epilog='Exit status: 0 all limits kept, 1 not all, 2 bad usage. Needs pip install "stochcalc[ml]".',
    )
    make.add_argument("what", choices=("digits",), help="what to sample")
    make.add_argument(
        "--steps", type=_at_least(1, 10**6), default=7000, help="training steps (default 7000)"
    )
    make.add_argument(
        "--samples", type=_at_least(16, 1437), default=256, help="number of samples (default 256)"
    )
    make.add_argument(
        "--seed",
        type=_at_least(0, 2**128 - 1),
        default=0,
        help="seed of training and sampling (default 0)",
    )
    make.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="keep the training's state here, and go on from it if it exists",
    )
    make.add_argument("--out", type=Path, metavar="OUT.png", help="draw the samples")
    make.add_argument("--force", action="store_true", help="let --out overwrite a file")
    make.set_defaults(run=_sample, refuse=make.error)


def _verify(options: Any) -> int:
    if options.out is not None and options.out.exists():
        if not options.out.is_dir():
            options.refuse(f"--out {options.out}: is a file; name a folder")
        if any(options.out.iterdir()) and not options.force:
            options.refuse(f"--out {options.out}: is not empty; choose another folder, or --force")
    try:
        select(options.chapters)
    except ValueError as error:
        options.refuse(str(error))

    def show(claim: Claim, finding: Finding) -> None:
        print("\n".join(claim_lines(claim, finding, options.twins)), flush=True)

    report = verify(
        options.chapters,
        paths=options.paths,
        rng=options.seed,
        workers=options.workers,
        progress=_progress(),
        on_claim=show,
    )
    print(f"\n{report.summary()}")
    if options.out is not None:
        print(f"written to {report.write(options.out)}: open {options.out / 'index.html'}")
    return report.status


def _qv(options: Any) -> int:
    _check_picture("--plot", options.plot, options)
    try:
        series = read_csv(
            options.file,
            options.column,
            time=options.time,
            delimiter=options.delimiter.replace("\\t", "\t"),
            date_format=options.date_format,
            drop_missing=options.drop_missing,
            positive=options.log,
            reverse=options.reverse,
        )
        found = volatility(
            series,
            log=options.log,
            per_year=options.per_year,
            window=options.window,
            level=options.level,
            jump_window=options.jump_window,
            confidence=options.confidence,
        )
        print(found)
        _draw(found, options.plot)
    except (ValueError, OSError) as error:
        place = (
            ""
            if str(options.file.name) in str(error)
            else f"{options.file}, column {options.column}: "
        )
        options.refuse(f"{place}{error}")
    return 0


def _converge(options: Any) -> int:
    _check_picture("--out", options.out, options)
    low, high = options.levels
    preset = PRESETS[options.model]
    common = {
        "methods": options.methods.split(","),
        "levels": range(low, high + 1),
        "paths": options.paths,
        "rng": options.seed,
        "workers": options.workers,
        "progress": _progress(),
    }
    try:
        if low >= high:
            raise ValueError(
                f"--levels {low} {high}: the first exponent must be below the second, such as "
                f"--levels 4 10"
            )
        model, T = preset.model(dict(options.changes)), options.T or preset.T
        if options.weak is None:
            study = strong_convergence(model, preset.x0, T, **common)
        else:
            study = weak_convergence(
                model, preset.x0, T, test=_test(options.weak, model.dim > 0), **common
            )
    except (ValueError, FloatingPointError) as error:
        options.refuse(str(error))
    print(study)
    _draw(study, options.out)
    return 0


def _sample(options: Any) -> int:
    _check_picture("--out", options.out, options)
    from stochcalc.score import digits, train_network

    try:
        data = digits.load(options.samples)
        network = train_network(
            data.train,
            kind="conv",
            steps=options.steps,
            seed=options.seed,
            progress=_progress(),
            checkpoint=options.checkpoint,
        )
    except (ImportError, ValueError, OSError, FloatingPointError) as error:
        options.refuse(str(error))
    samples = digits.sample(network, options.samples, rng=options.seed)
    found = data.measure(f"network, {options.steps} steps", samples)
    print(digits.table(found, *data.controls(options.samples, rng=options.seed)))
    if options.out is not None:
        from stochcalc.plot import save

        print(f"drawn to {save(lambda ax: digits.draw(ax, samples), options.out)}")
    return 0 if found.passes else 1


def _test(name: str, system: bool) -> Any:
    if system:
        return {"mean": lambda x: x[0], "square": lambda x: x[0] * x[0]}[name]
    return {"mean": lambda x: x, "square": lambda x: x * x}[name]


def _check_picture(option: str, picture: Path | None, options: Any) -> None:
    """Refuse, before anything is computed, a picture that cannot be written."""
    if picture is None:
        return
    if picture.suffix.lower() not in (".png", ".pdf", ".svg"):
        options.refuse(f"{option} {picture}: name a .png, .pdf or .svg file")
    if not picture.parent.is_dir():
        options.refuse(f"{option} {picture}: there is no folder {picture.parent}")
    if picture.is_dir():
        options.refuse(f"{option} {picture}: is a folder; name a file")
    if picture.exists() and not options.force:
        options.refuse(f"{option} {picture}: exists; choose another name, or --force")


def _draw(found: Any, picture: Path | None) -> None:
    if picture is not None:
        from stochcalc.plot import save

        print(f"drawn to {save(found.plot, picture)}")


def _progress() -> bool:
    return sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit status."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return status
