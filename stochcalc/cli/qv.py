"""`stochcalc qv`: measure the quadratic variation, volatility and jumps of a price series."""

from __future__ import annotations

import argparse
import math
import sys

from stochcalc.cli.arguments import (
    Commands,
    read_field,
    read_names,
    read_number_between,
    read_path,
    read_whole_number_between,
)
from stochcalc.cli.output import check_picture, write_json, write_picture
from stochcalc.variation.csv_series import read_csv
from stochcalc.variation.csv_ties import TIES
from stochcalc.variation.price_report import volatility


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "qv",
        help="measure the volatility and the jumps of a price series",
        description="Quadratic variation of a column of a CSV file by seven estimators, "
        "annualised and rolling volatility, with intervals, and jumps.",
        epilog="Exit status: 0, or 2 for bad usage and for a file that cannot be used; the message "
        "names row and column.",
    )
    _add_file_options(command)
    _add_estimator_options(command)
    _add_format_options(command)
    command.add_argument(
        "--plot",
        type=read_path,
        metavar="OUT.png",
        help="draw prices, jumps and rolling volatility",
    )
    command.add_argument("--force", action="store_true", help="let --plot overwrite a file")
    command.add_argument("--json", action="store_true", help="print the numbers as JSON")
    command.set_defaults(run=run, refuse=command.refuse)


def _add_file_options(command: argparse.ArgumentParser) -> None:
    """Add the file and the names of its columns."""
    command.add_argument(
        "file",
        type=read_path,
        metavar="FILE.csv",
        help="UTF-8, one header line, oldest row first; or packed by gzip",
    )
    command.add_argument("--column", required=True, metavar="NAME", help="the column of prices")
    command.add_argument(
        "--time",
        type=read_names,
        metavar="NAME",
        help="the column of times: they name the observations and must increase; Date,Time names "
        "two columns, whose fields are joined",
    )
    command.add_argument(
        "--where",
        type=read_field,
        action="append",
        metavar="NAME=TEXT",
        help="take the rows that have this field, such as symbol=AAPL; may be repeated",
    )
    command.add_argument(
        "--ties",
        choices=TIES,
        default="error",
        help="what becomes of rows that share a time (default: they are an error)",
    )


def _add_estimator_options(command: argparse.ArgumentParser) -> None:
    """Add the options that say what to measure."""
    command.add_argument(
        "--log",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="take logarithms (default)",
    )
    command.add_argument(
        "--per-year",
        type=read_number_between(0.0, math.inf),
        default=252.0,
        metavar="N",
        help="observations in a year (default 252)",
    )
    command.add_argument(
        "--sessions",
        action=argparse.BooleanOptionalAction,
        help="keep the returns over gaps between sessions, such as nights, apart (default: if the "
        "times show gaps)",
    )
    command.add_argument(
        "--window",
        type=read_whole_number_between(2, 10**9),
        default=21,
        metavar="N",
        help="returns in the rolling volatility (default 21)",
    )
    command.add_argument(
        "--jump-window",
        type=read_whole_number_between(10, 10**9),
        metavar="N",
        help="returns before each that is tested for a jump (default 60, or a third of a short "
        "series)",
    )
    command.add_argument(
        "--level",
        type=read_number_between(0.0, 1.0),
        default=0.05,
        metavar="P",
        help="chance of a false jump in the whole series (default 0.05)",
    )
    command.add_argument(
        "--confidence",
        type=read_number_between(0.0, 1.0),
        default=0.95,
        help="of the intervals (default 0.95)",
    )


def _add_format_options(command: argparse.ArgumentParser) -> None:
    """Add the options for files that are not written the usual way."""
    command.add_argument(
        "--delimiter",
        help="what separates the fields (default: a comma, or a semicolon with --decimal ,)",
    )
    command.add_argument(
        "--decimal", choices=(".", ","), default=".", help="the decimal mark (default: a point)"
    )
    command.add_argument(
        "--date-format", metavar="FORMAT", help="of dates that are not ISO, such as %%d/%%m/%%Y"
    )
    command.add_argument(
        "--reverse",
        action="store_true",
        help="read the rows from the last to the first, for files with the newest row first",
    )
    command.add_argument(
        "--drop-missing", action="store_true", help="leave out, and count, rows without a price"
    )


def run(options: argparse.Namespace) -> int:
    """Read the file, print the report of its prices, and draw it if a picture is wanted."""
    check_picture("--plot", options.plot, options)
    try:
        series = read_csv(
            options.file,
            options.column,
            time=options.time,
            delimiter=options.delimiter and options.delimiter.replace("\\t", "\t"),
            decimal=options.decimal,
            date_format=options.date_format,
            where=dict(options.where or ()),
            ties=options.ties,
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
            sessions=options.sessions,
        )
    except (ValueError, OSError) as error:
        place = f"{options.file}, column {options.column}: "
        if str(options.file.name) in str(error):
            place = ""
        options.refuse(f"{place}{error}")
    said = None
    if options.json:
        write_json(found.to_dict())
        said = sys.stderr
    else:
        print(found)
    name = f"{options.file.name}, {options.column}"  # a column is often called Close
    if not write_picture(lambda ax: found.plot(ax, label=name), options.plot, said):
        return 2
    return 0
