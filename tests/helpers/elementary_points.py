"""Where elementary functions are tried, and their exact values by mpmath with 50 digits.

The points are fixed: additive recurrences (multiples of the golden ratio modulo 1), stretched
linearly or over the exponents, and the words where a formula changes: ends of the range, powers of
two, the borders of every reduction."""

from __future__ import annotations

import math

import mpmath
import numpy as np

from stochcalc.engine.elementary import OWN

MP = mpmath.MPContext()
MP.prec = 170  # 50 digits
COUNT = 2_000
GOLDEN = 0.6180339887498949
INF = math.inf
NAN = math.nan
TINY = 5e-324
SMALLEST = 2.2250738585072014e-308
LARGEST = 1.7976931348623157e308
ONE_ARGUMENT = sorted({leaf.__name__ for leaf in OWN.values()} - {"pow", "atan2", "hypot"})
# every multiple of pi/2 is irrational, but this float misses one by 2^-62 of a quarter turn: the
# nearest of all floats
NEAREST_TO_A_QUARTER_TURN = math.ldexp(6381956970095103, 797)


def between(low: float, high: float, count: int = COUNT) -> np.ndarray:
    return low + (high - low) * np.modf(GOLDEN * np.arange(1, count + 1))[0]


def exponents(low: float, high: float, count: int = COUNT) -> np.ndarray:
    """Positive floats with log2 spread evenly over [low, high]."""
    octave, place = np.divmod(between(low, high, count), 1.0)
    return np.ldexp(2.0**place, octave.astype(int))


def around(*values: float) -> np.ndarray:
    """The values and their two neighbours on each side."""
    x = np.asarray(values, dtype=float)
    with np.errstate(over="ignore", under="ignore"):
        up, down = np.nextafter(x, INF), np.nextafter(x, -INF)
        return np.concatenate([x, up, down, np.nextafter(up, INF), np.nextafter(down, -INF)])


def signed(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x, -x])


EDGES = signed(
    np.concatenate(
        [
            around(0.0, SMALLEST, LARGEST, 0.5, 1.0, 2.0),
            around(math.sqrt(0.5), math.sqrt(2.0), math.pi, math.e, 2.0**52, 2.0**53),
            np.ldexp(1.0, np.arange(-1074, 1024, 7)),
        ]
    )
)
HALVES_OF_LN2 = around(*(np.arange(-2150, 2051) * (math.log(2.0) / 2))[::9])
EIGHTHS_OF_TURNS = around(
    *(np.arange(0, 3000) * (math.pi / 4)), *(np.round(exponents(10, 45)) * (math.pi / 2))
)
ANGLES = [
    signed(between(0.0, 4.0)),
    between(-1e3, 1e3),
    signed(exponents(-1074, 20)),
    signed(exponents(20, 46)),
    signed(exponents(44, 1023.99, 1_000)),
    signed(EIGHTHS_OF_TURNS),
    around(2.0**45, NEAREST_TO_A_QUARTER_TURN),
]
LOGARITHMIC = [
    between(0.5, 2.0),
    1 + signed(exponents(-52, -1)),
    exponents(-1074, -1022),
    exponents(-1022, 1023.99),
]
UNIT = [
    between(-1.0, 1.0),
    signed(1 - exponents(-53, -1)),
    signed(exponents(-1074, 0)),
    signed(around(0.5, 1e-8, 0.975)),
]
GROWING = [
    signed(exponents(-1074, 10)),
    between(-40.0, 40.0),
    between(-746.0, 711.0),
    HALVES_OF_LN2,
    around(709.782712893384),
]
POINTS = {
    "exp": [*GROWING, around(-708.3964185322641, -745.1332191019412)],
    "exp2": [
        signed(exponents(-1074, 10)),
        between(-1080.0, 1030.0),
        around(*(np.arange(-2160, 2060) / 2.0)[::9]),
    ],
    "expm1": [*GROWING, signed(around(5.5e-17)), around(-60.0)],
    "sinh": [*GROWING, signed(around(1e-8, 40.0, 710.4758600739439))],
    "cosh": [*GROWING, signed(around(710.4758600739439))],
    "tanh": [*GROWING, between(-25.0, 25.0), signed(around(1e-8, 22.0, 25.0))],
    "log": LOGARITHMIC,
    "log2": LOGARITHMIC,
    "log10": [*LOGARITHMIC, 10.0 ** np.arange(23)],
    "log1p": [
        between(-0.99, 3.0),
        signed(exponents(-1074, -1)),
        exponents(-1, 1023.99),
        -1 + exponents(-53, -1),
    ],
    "sin": ANGLES,
    "cos": ANGLES,
    "tan": ANGLES,
    "asin": UNIT,
    "acos": UNIT,
    "atanh": UNIT,
    "atan": [
        between(-3.0, 3.0),
        signed(exponents(-1074, 1023.99)),
        signed(around(0.4375, 0.6875, 1.1875, 2.4375)),
    ],
    "asinh": [between(-5.0, 5.0), signed(exponents(-1074, 1023.99)), signed(around(1e-8, 2.0**28))],
    "acosh": [between(1.0, 5.0), 1 + exponents(-52, 3), exponents(0, 1023.99), around(2.0**28)],
    "sqrt": [exponents(-1074, 1023.99)],
    "fabs": [signed(exponents(-1074, 1023.99, 100))],
}
EXACT = {
    name: getattr(MP, name)
    for name in (
        *("exp", "expm1", "log1p", "log10", "sinh", "cosh", "tanh", "sin", "cos", "tan"),
        *("asin", "acos", "atan", "asinh", "acosh", "atanh", "sqrt", "fabs"),
    )
}
EXACT |= {
    "log": MP.ln,
    "log2": lambda x: MP.ln(x) / MP.ln2,
    "exp2": lambda x: MP.mpf(2) ** x,
    "pow": lambda x, y: x**y if x > 0 else (-1) ** int(y) * (-x) ** y,
    "atan2": MP.atan2,
    "hypot": MP.hypot,
}
PAIRS = {
    "pow": [
        (between(0.5, 2.0), between(-900.0, 900.0)[::-1]),
        (exponents(-500, 500), between(-2.1, 2.1)[::-1]),
        (1 + signed(exponents(-45, -2, 1_000)), exponents(0, 45)[::-1]),
        (between(0.0, 10.0), between(-300.0, 300.0)[::-1]),
        (exponents(-1074, -1022), between(-0.9, 0.9)[::-1]),
        (between(-9.0, 0.0), np.round(between(-300.0, 300.0)[::-1])),
        (between(0.7, 1.4), 2045 * between(-1.0, 1.0)[::-1]),
        (np.full(2151, 2.0), np.arange(-1075.0, 1076.0)),
    ],
    "atan2": [
        (between(-3.0, 3.0), 3 * between(-1.0, 1.0)[::-1]),
        (signed(exponents(-1074, 1023.99)), exponents(-1074, 1023.99, 2 * COUNT)[::-1]),
        (exponents(-1074, -1000), -exponents(-1074, -1000)[::-1]),
        (exponents(1000, 1023.99), exponents(1000, 1023.99)[::-1]),
    ],
    "hypot": [
        (between(-3.0, 3.0), 3 * between(-1.0, 1.0)[::-1]),
        (exponents(-1074, 1023), exponents(-1074, 1023)[::-1]),
        (exponents(-1074, -1000), exponents(-1074, -1000)[::-1]),
        (exponents(400, 600), exponents(400, 600)[::-1]),
    ],
}


def domain(name: str) -> np.ndarray:
    """All points of a function of one argument, finite and inside its domain."""
    x = np.concatenate([*POINTS[name], EDGES])
    x = x[np.isfinite(x)]
    if name in ("log", "log2", "log10"):
        return x[x > 0]
    if name in ("asin", "acos"):
        return x[abs(x) <= 1]
    bounds = {"log1p": x > -1, "atanh": abs(x) < 1, "acosh": x >= 1, "sqrt": x >= 0}
    # beyond these the value is 0 or inf, and 50 digits of it take mpmath ever longer
    bounds |= dict.fromkeys(("exp", "expm1", "sinh", "cosh", "tanh"), abs(x) < 2000) | {
        "exp2": abs(x) < 3000
    }
    return x[bounds.get(name, slice(None))]
