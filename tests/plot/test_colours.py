"""The colours of lines are dark enough for white, and every eye can tell them apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from stochcalc import plot

# Machado, Oliveira and Fernandes 2009, table 1, severity 1: what the colour-blind see, linear RGB
SEEN = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # sRGB, IEC 61966-2-1


def linear(colour: str) -> np.ndarray:
    value = np.array(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of WCAG 2."""
    return 1.05 / (float(TO_XYZ[1] @ linear(colour)) + 0.05)


def lab(colour: str, eye: str) -> np.ndarray:
    """The colour as an eye sees it, in CIE L*a*b*."""
    seen = np.clip(np.array(SEEN[eye]) @ linear(colour), 0.0, 1.0)
    ratio = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def least_distance(palette, eye: str) -> float:
    pairs = itertools.combinations([lab(colour, eye) for colour in palette], 2)
    return min(float(np.linalg.norm(a - b)) for a, b in pairs)


def test_every_colour_is_dark_enough_for_a_line_on_white():
    assert all(contrast_on_white(colour) >= 3.0 for colour in plot.COLOURS)
    assert contrast_on_white("#E69F00") < 3.0 and contrast_on_white("#56B4E9") < 3.0


@pytest.mark.parametrize("eye", SEEN)
def test_every_eye_can_tell_the_colours_apart(eye):
    assert least_distance(plot.COLOURS, eye) > 16.0
    assert least_distance(["#0072B2", "#3A93CF"], eye) < 16.0
