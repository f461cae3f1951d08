"""Paths that cannot be read, and wrong arguments of `read_csv`: refused by name."""

from __future__ import annotations

import re
import sys

import pytest
from csv_files import both, x

from stochcalc.variation.csv_series import read_csv


def test_a_path_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"the path '.*none\.csv' cannot be read \(No such.*\): give"
    ):
        read_csv(tmp_path / "none.csv", "x")
    with pytest.raises(
        OSError,
        match=re.escape(f"the path {str(tmp_path)!r} cannot be read ") + ".*: give the path",
    ) as caught:
        read_csv(tmp_path, "x")
    assert caught.type is (IsADirectoryError if sys.platform != "win32" else PermissionError)
    with pytest.raises(
        ValueError, match=r"the path 'a\\x00b' cannot be read \(embedded null.*\): give the path"
    ):
        read_csv("a\0b", "x")
    with pytest.raises(
        OSError, match=r"^the path 'a{245}\.\.\.' cannot be read \(.{1,99}\): give the path"
    ):
        read_csv("a" * 9999, "x")


ARGUMENTS = {  # what is wrong: the path, the other arguments, the error, what it says
    "path a number": (1, x, TypeError, r"path=1 must be a path"),
    "path bytes": (b"prices.csv", x, TypeError, r"path=b'prices\.csv' must be a path"),
    "column a number": ("p", {"column": 1}, TypeError, r"column=1 must be text"),
    "time a number": ("p", x | {"time": 0}, TypeError, r"time=0 must be text"),
    "drop_missing": (
        "p",
        x | {"drop_missing": 1},
        TypeError,
        r"drop_missing=1 must be True or False",
    ),
    "positive": ("p", x | {"positive": "yes"}, TypeError, r"positive='yes' must be True or False"),
    **{
        f"delimiter {bad!r}": (
            "p",
            x | {"delimiter": bad},
            ValueError,
            rf"delimiter={re.escape(repr(bad))} must be one mark, such",
        )
        for bad in ("", ",,", "\\t", "a", "é", "7", '"', "'", "\n", "\r", "\0", ".", "-", "+")
    },
    "date_format without time": (
        "p",
        x | {"date_format": "%Y"},
        ValueError,
        r"date_format='%Y' is of no use without time",
    ),
    "date_format without a year": (
        "p",
        both | {"date_format": "%d/%m"},
        ValueError,
        r"date_format='%d/%m' must have a year",
    ),
    "date_format loses the zone": (
        "p",
        both | {"date_format": "%Y %Z"},
        ValueError,
        r"date_format='%Y %Z' must .*offset",
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_a_wrong_argument_is_refused_by_name_before_the_file_is_opened(case):
    path, arguments, kind, pattern = ARGUMENTS[case]
    with pytest.raises(kind, match=pattern) as caught:
        read_csv(path, **arguments)
    assert caught.type is kind and len(str(caught.value)) < 400
