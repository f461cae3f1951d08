"""Two large systems done by others: a heat equation with a cubic, and coupled phase oscillators.

Each function returns a call that solves `paths` paths of `dim` components in `n` steps of Euler's
scheme on [0, 1], and returns the states at the end, one component a row.

The heat equation, on `dim` points of a rod with insulated ends, in units of the distance between
points:

    dX_i = (NU (X_{i+1} - 2 X_i + X_{i-1}) + X_i - X_i^3) dt + SIGMA dW_i,  X_i(0) = START.

The oscillators, coupled by their mean (Kuramoto 1975), with frequencies between -1 and 1:

    dX_i = (w_i + K mean_j sin(X_j - X_i)) dt + SIGMA dW_i,  X_i(0) = START.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.measure import optional
from benchmarks.peers import Call
from benchmarks.peers_tensors import scan_steps, solve_by_diffrax

NU, K = 5.0, 2.0
SIGMA, START = 0.5, 0.5
STRIP = 32  # paths that NumPy's strips take at once: what is fastest for it


def frequencies(dim: int) -> Any:
    return np.linspace(-1.0, 1.0, dim)


def heat_drift(xp: Any, x: Any) -> Any:
    """Return the drift of the heat equation, by NumPy or by JAX."""
    flux = NU * (x[1:] - x[:-1])
    end = xp.zeros_like(x[:1])
    return x - x * x * x + xp.concatenate([flux, end]) - xp.concatenate([end, flux])


def oscillator_drift(xp: Any, x: Any) -> Any:
    """Return the drift of the oscillators, by NumPy or by JAX: a sine and a cosine of each."""
    sin, cos = xp.sin(x), xp.cos(x)
    pull = sin.mean(axis=0) * cos - cos.mean(axis=0) * sin
    return xp.asarray(frequencies(len(x)))[:, None] + K * pull


DRIFTS = {"heat": heat_drift, "oscillators": oscillator_drift}


def numpy_loop(system: str, dim: int, paths: int, n: int) -> Call:
    """The loop everybody writes: all paths at once, in expressions."""
    rng = np.random.default_rng(1)
    dt = 1.0 / n
    root = SIGMA * math.sqrt(dt)
    drift = DRIFTS[system]

    def call() -> object:
        x = np.full((dim, paths), START)
        for _ in range(n):
            x = x + drift(np, x) * dt + root * rng.standard_normal(x.shape)
        return x

    return call


class Room:
    """Buffers for a strip of paths: everything NumPy computes on the way."""

    def __init__(self, dim: int) -> None:
        self.x = np.empty((dim, STRIP))
        self.drift = np.empty((dim, STRIP))
        self.other = np.empty((dim, STRIP))
        self.flux = np.empty((dim - 1, STRIP))
        self.frequencies = frequencies(dim)[:, None]


def _heat_in_room(room: Room) -> None:
    x, drift, flux = room.x, room.drift, room.flux
    np.multiply(x, x, out=drift)
    np.subtract(1.0, drift, out=drift)
    np.multiply(drift, x, out=drift)
    np.subtract(x[1:], x[:-1], out=flux)
    np.multiply(flux, NU, out=flux)
    drift[:-1] += flux
    drift[1:] -= flux


def _oscillators_in_room(room: Room) -> None:
    sin, cos = room.drift, room.other
    np.sin(room.x, out=sin)
    np.cos(room.x, out=cos)
    sine = K * sin.mean(axis=0)
    cosine = K * cos.mean(axis=0)
    np.multiply(sin, cosine, out=sin)
    np.multiply(cos, sine, out=cos)
    np.subtract(cos, sin, out=sin)
    np.add(sin, room.frequencies, out=sin)


IN_ROOM = {"heat": _heat_in_room, "oscillators": _oscillators_in_room}


def numpy_strips(system: str, dim: int, paths: int, n: int) -> Call:
    """The loop few write: in buffers, on strips of paths that stay in the cache."""
    rng = np.random.default_rng(1)
    dt = 1.0 / n
    root = SIGMA * math.sqrt(dt)
    find_drift = IN_ROOM[system]
    room = Room(dim)

    def call() -> object:
        out = np.empty((dim, paths))
        for first in range(0, paths, STRIP):
            room.x[:] = START
            for _ in range(n):
                find_drift(room)
                np.multiply(room.drift, dt, out=room.drift)
                np.add(room.x, room.drift, out=room.x)
                rng.standard_normal(out=room.drift)
                np.multiply(room.drift, root, out=room.drift)
                np.add(room.x, room.drift, out=room.x)
            out[:, first : first + STRIP] = room.x[:, : paths - first]
        return out

    return call


def jax_scan(system: str, dim: int, paths: int, n: int) -> Call:
    drift = DRIFTS[system]
    return scan_steps(
        lambda xp, x, dW, dt: x + drift(xp, x) * dt + SIGMA * dW, (dim, paths), n, START
    )


def diffrax_euler(system: str, dim: int, paths: int, n: int) -> Call:
    xp, diagonal = optional("jax").numpy, optional("lineax").DiagonalLinearOperator
    drift = DRIFTS[system]
    return solve_by_diffrax(
        "Euler",
        lambda x: drift(xp, x),
        lambda x: diagonal(xp.full_like(x, SIGMA)),
        lambda xp: xp.full((dim, paths), START),
        (dim, paths),
        n,
    )
