"""Broken schemes of several stages: one step against a second writing of the paper's formula."""

from __future__ import annotations

import math

from broken import Defect, assert_near

from stochcalc.methods import METHODS

H = 0.25
T, X, C = 0.3, 0.8, 0.7
DW, I10 = 0.41, -0.03


def a(t, x, c):
    return math.sin(x) + c * t


def b(t, x, c):
    return math.cos(x) * (1.0 + c * t)


def b_of_time(t, x, c):
    return 1.0 + c * t * t


def runge_kutta(scheme, noise, weights):
    """One step of a stochastic Runge-Kutta scheme of Roessler (2010) for one noise.

    scheme: c0, c1, A0, B0, A1, B1, alpha and the rows of beta, as the paper prints them.
    weights: u0, u1 and the v_r that multiply B0, B1 and the rows of beta."""
    c0, c1, A0, B0, A1, B1, alpha, beta = scheme
    u0, u1, *v = weights
    drifts, noises = [], []
    for i in range(len(c0)):
        stage = X
        other = X
        for j in range(i):
            stage += A0[i][j] * drifts[j] * H + B0[i][j] * noises[j] * u0
            other += A1[i][j] * drifts[j] * H + B1[i][j] * noises[j] * u1
        drifts.append(a(T + c0[i] * H, stage, C))
        noises.append(noise(T + c1[i] * H, other, C))
    end = X + sum(w * value * H for w, value in zip(alpha, drifts))
    for row, factor in zip(beta, v):
        end += sum(w * value * factor for w, value in zip(row, noises))
    return end


NONE = [[0, 0, 0, 0]] * 4
SRI1W1 = (
    [0, 3 / 4, 0, 0],
    [0, 1 / 4, 1, 1 / 4],
    [[0, 0, 0, 0], [3 / 4, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    [[0, 0, 0, 0], [3 / 2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    [[0, 0, 0, 0], [1 / 4, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1 / 4, 0]],
    [[0, 0, 0, 0], [1 / 2, 0, 0, 0], [-1, 0, 0, 0], [-5, 3, 1 / 2, 0]],
    [1 / 3, 2 / 3, 0, 0],
    [
        [-1, 4 / 3, 2 / 3, 0],
        [-1, 4 / 3, -1 / 3, 0],
        [2, -4 / 3, -2 / 3, 0],
        [-2, 5 / 3, -2 / 3, 1],
    ],
)
SRA1 = (
    [0, 3 / 4],
    [1, 0],
    [[0, 0], [3 / 4, 0]],
    [[0, 0], [3 / 2, 0]],
    NONE,
    NONE,
    [1 / 3, 2 / 3],
    [[1, 0], [-1, 1]],
)


def check_sriw1(seed):
    """One step of SRIW1 is that of table 6.1, with all four random weights."""
    root = math.sqrt(H)
    weights = (
        I10 / H,
        root,
        DW,
        (DW**2 - H) / 2 / root,
        I10 / H,
        (DW**3 - 3 * H * DW) / 6 / H,
    )
    found = METHODS["sriw1"].step(a, b, T, X, H, DW, I10, (C,))
    assert_near(found, runge_kutta(SRI1W1, b, weights))


def check_sra1(seed):
    """One step of SRA1 is that of table 6.3."""
    found = METHODS["sra1"].step(a, b_of_time, T, X, H, DW, I10, (C,))
    assert_near(found, runge_kutta(SRA1, b_of_time, (I10 / H, 0.0, DW, I10 / H)))


def check_tamed(seed):
    """The drift of a tamed step is a h/(1 + |a| h)."""
    step = METHODS["tamed_euler"].step
    for x in (0.8, -30.0):
        move = -(x**3) * H
        due = x + move / (1.0 + abs(move)) + math.cos(x) * (1.0 + C * T) * DW
        assert_near(step(lambda t, x, c: -(x**3), b, T, x, H, DW, (C,)), due)


def check_weak2(seed):
    """One step of weak2 with one noise is Platen's, with the cube of the noise in two stages."""
    root = math.sqrt(H)
    drift_here, noise_here = a(T, X, C), b(T, X, C)
    ahead = X + drift_here * H
    right = b(T + H, ahead + noise_here * root, C)
    left = b(T + H, ahead - noise_here * root, C)
    due = (
        X
        + 0.5 * (drift_here + a(T + H, ahead + noise_here * DW, C)) * H
        + 0.25 * (right + left + 2.0 * noise_here) * DW
        + 0.25 * (right - left) * (DW**2 - H) / root
    )
    assert_near(METHODS["weak2"].step(a, b, T, X, H, DW, 0.0, (C,)), due)


DEFECTS = (
    Defect(
        name="coefficient of SRIW1",
        what="The stage of the drift takes I10/dt once instead of one and a half times.",
        file="methods/sriw1.py",
        old="1.5 * (b1 * mean)",
        new="1.0 * (b1 * mean)",
        check=check_sriw1,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="times of SRA1",
        what="SRA1 exchanges the noise at the start and at the end of the step.",
        file="methods/sra1.py",
        old="end * (dW - mean) + start * mean",
        new="start * (dW - mean) + end * mean",
        check=check_sra1,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="taming missing",
        what="The drift of the tamed scheme is that of Euler.",
        file="methods/tamed_euler.py",
        old="drift / (1.0 + norm(drift))",
        new="drift",
        check=check_tamed,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="correction of weak2",
        what="The term with dW^2 - dt of the scheme of weak order 2 is twice too large.",
        file="methods/weak2.py",
        old="(0.5 / root) * ((right - left)",
        new="(1.0 / root) * ((right - left)",
        check=check_weak2,
        by="bits",
        everyday=True,
    ),
)
