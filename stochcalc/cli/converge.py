"""`stochcalc converge`: measure the order of convergence of schemes on a named equation."""

from __future__ import annotations

import argparse
import math
import sys

from stochcalc.cli.arguments import (
    MOST_PATHS,
    Commands,
    add_checkpoint_option,
    add_seed_option,
    add_workers_option,
    read_assignment,
    read_number_between,
    read_path,
    read_whole_number_between,
)
from stochcalc.cli.cluster import add_cluster_option, open_cluster
from stochcalc.cli.output import check_picture, shows_progress, write_json, write_picture
from stochcalc.laboratory.scheme_biases import weak_convergence
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.methods import METHODS
from stochcalc.models.presets import PRESETS
from stochcalc.typing import Executor, Number, State


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "converge",
        help="measure the order of convergence of schemes on a named equation",
        description="Errors of schemes by step size along common paths, with standard errors and "
        "slopes, and exact finite-step errors where they are known.",
        epilog="Exit status: 0, or 2 for bad usage and for a picture that could not be written. "
        "--seed makes a study repeatable.",
    )
    _add_equation_options(command)
    _add_study_options(command)
    command.add_argument(
        "--out",
        type=read_path,
        metavar="OUT.png",
        help="draw the errors, their exact curves and the slopes",
    )
    command.add_argument("--force", action="store_true", help="let --out overwrite a file")
    command.add_argument("--json", action="store_true", help="print the numbers as JSON")
    command.set_defaults(run=run, refuse=command.refuse)


def _add_equation_options(command: argparse.ArgumentParser) -> None:
    """Add the options that choose an equation and its parameters."""
    command.add_argument(
        "--model",
        required=True,
        choices=PRESETS,
        metavar="NAME",
        help=f"one of {', '.join(PRESETS)}",
    )
    command.add_argument(
        "--set",
        type=read_assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="changes",
        help="another value for a parameter of the model; may be repeated",
    )


def _add_study_options(command: argparse.ArgumentParser) -> None:
    """Add the options that choose the schemes, the error, the grids and the effort."""
    command.add_argument(
        "--methods",
        default="euler_maruyama",
        metavar="A,B,...",
        help=f"schemes: {', '.join(METHODS)}",
    )
    command.add_argument(
        "--weak",
        choices=("mean", "square"),
        help="the bias of the first component's mean, or mean square, instead of the strong error",
    )
    command.add_argument(
        "--T",
        type=read_number_between(0.0, math.inf),
        help="final time (default: the model's, mostly 1)",
    )
    command.add_argument(
        "--levels",
        type=read_whole_number_between(0, 30),
        nargs=2,
        default=(4, 10),
        metavar=("LOW", "HIGH"),
        help="2^LOW to 2^HIGH steps (default 4 10)",
    )
    command.add_argument(
        "--paths",
        type=read_whole_number_between(2048, MOST_PATHS),
        default=20_000,
        help="number of paths (default 20000)",
    )
    add_seed_option(command)
    add_workers_option(command)
    add_checkpoint_option(command)
    add_cluster_option(command)


def run(options: argparse.Namespace) -> int:
    """Run the study and print it; draw it if a picture is wanted."""
    check_picture("--out", options.out, options)
    try:
        with open_cluster(options) as cluster:
            study = _measure(options, cluster)
    except (ValueError, FloatingPointError) as error:
        options.refuse(str(error))
    said = None
    if options.json:
        write_json(study.to_dict())
        said = sys.stderr
    else:
        print(study)
    if not write_picture(study.plot, options.out, said):
        return 2
    return 0


def _measure(options: argparse.Namespace, cluster: Executor) -> ConvergenceStudy:
    """Measure the strong error, or the weak error of the moment that `--weak` names."""
    low, high = options.levels
    if low >= high:
        raise ValueError(
            f"--levels {low} {high}: the first exponent must be below the second, such as "
            f"--levels 4 10"
        )
    preset = PRESETS[options.model]
    model = preset.model(dict(options.changes))
    T = preset.T
    if options.T is not None:
        T = options.T
    common = {
        "methods": options.methods.split(","),
        "levels": range(low, high + 1),
        "paths": options.paths,
        "rng": options.seed,
        "workers": options.workers,
        "executor": cluster,
        "progress": shows_progress(),
        "checkpoint": options.checkpoint,
    }
    if options.weak is None:
        return strong_convergence(model, preset.x0, T, **common)
    if model.dim > 0:
        test = SYSTEM_TESTS[options.weak]
    else:
        test = SCALAR_TESTS[options.weak]
    return weak_convergence(model, preset.x0, T, test=test, **common)


def _take(x: State) -> Number:
    """Return x, the state of a scalar equation."""
    return x


def _square(x: State) -> Number:
    """Return x^2."""
    return x * x


def _take_first(x: State) -> Number:
    """Return x_0, the first component of a system's state."""
    return x[0]


def _square_first(x: State) -> Number:
    """Return x_0^2."""
    return x[0] * x[0]


# The test functions f of the weak error E f(X): of a scalar, and of a system's first component.
SCALAR_TESTS = {"mean": _take, "square": _square}
SYSTEM_TESTS = {"mean": _take_first, "square": _square_first}
