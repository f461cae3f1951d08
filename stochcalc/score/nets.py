"""The nets: the free part F(u, level) of a learned score, as functions of named arrays.

A net is a table of shapes and a formula. Its arrays are plain data, so saving, averaging and
resuming need no knowledge of it. PyTorch, which differentiates the formula, is imported when a
formula is first evaluated and not before.

mlp
    For points of any dimension: two residual layers of width 128 between a linear map in and a
    linear map out.
conv
    For images of 8 x 8: one convolutional block at 8 x 8, three at 4 x 4, and one at 8 x 8 again,
    which sees the output of the first as well. The blocks at 4 x 4 learn a position, because the
    digits are in the middle of their images. It has 262,353 numbers.

Both see the noise level as sines and cosines of ln(sigma/scale)/4.

Sources: Song and Ermon, NeurIPS 2019 (one net for all levels); Ronneberger, Fischer and Brox,
"U-Net", MICCAI 2015 (down, up, and across); He et al., "Identity mappings in deep residual
networks", ECCV 2016 (the blocks); Vaswani et al., "Attention is all you need", NeurIPS 2017 (sines
and cosines).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.words import show
from stochcalc.typing import Array

WIDTH = 128  # mlp: numbers in a layer
LAYERS = 2  # mlp: residual layers
CHANNELS = 16  # conv: at 8 x 8
INNER = 64  # conv: channels at 4 x 4
DEPTH = 3  # conv: blocks at 4 x 4
GROUPS = 8  # conv: groups of a normalisation
WAVES = 16  # frequencies at which the level is seen
EMBEDDED = 64  # conv: numbers that the level becomes

Shapes: TypeAlias = dict[str, tuple[int, ...]]
Tensor: TypeAlias = Any  # a torch.Tensor; PyTorch is imported when a formula is evaluated
Tensors: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A net, and how it is trained unless told otherwise.

    Attributes
    ----------
    shapes : callable
        shapes(dim) -> the shapes of the arrays by name: a .weight with its .bias, a .gain with its
        .shift (normalisations); all others start at 0.
    formula : callable
        formula(p, u, level) -> F at tensors u (n, dim) and level (n,), which is ln(sigma/scale), by
        the named tensors p.
    levels : callable
        levels(rng, n, low, high) -> ln sigma for n points, between ln low and ln high.
    steps, batch, lr : int, int, float
        Number of steps, number of data in each, and the largest learning rate.
    """

    shapes: Callable[[int], Shapes]
    formula: Callable[[Tensors, Tensor, Tensor], Tensor]
    levels: Callable[[np.random.Generator, int, float, float], Array]
    steps: int
    batch: int
    lr: float


def import_torch(what: str) -> ModuleType:
    """Return PyTorch, or raise ModuleNotFoundError, which says what needs it and how to get it."""
    try:
        with hold_interrupts_back():
            import torch
    except ImportError as error:
        raise ModuleNotFoundError(
            f'{what} needs PyTorch: pip install "stochcalc[torch]"', name="torch"
        ) from error
    module: ModuleType = torch
    return module


@contextmanager
def run_on_one_thread(torch: ModuleType) -> Iterator[None]:
    """Run a block on one thread by fixed algorithms, and restore the caller's settings."""
    threads = torch.get_num_threads()
    fixed = torch.are_deterministic_algorithms_enabled()
    only_warned = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(fixed, warn_only=only_warned)


def draw_start(shapes: Shapes, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Draw the arrays to start from.

    Weights and biases are uniform within 1/sqrt(inputs). A block ends in zeros, so that it changes
    nothing at first, and gains are 1.
    """
    arrays = {}
    bound = 0.0
    for name, shape in shapes.items():
        kind = name.rsplit(".", 1)[-1]
        if kind == "weight":  # its bias follows, and shares the bound
            bound = 1.0 / math.sqrt(math.prod(shape[1:]))
        if kind in ("weight", "bias") and "conv2.weight" not in name:
            values = rng.uniform(-bound, bound, shape)
        elif kind == "gain":
            values = np.ones(shape)
        else:
            values = np.zeros(shape)
        arrays[name] = values.astype(np.float32)
    return arrays


def check_arrays(kind: str, dim: int, arrays: dict[str, NDArray[Any]]) -> None:
    """Check that these are the arrays of the net, or raise ValueError."""
    expected = KINDS[kind].shapes(dim)
    if not isinstance(arrays, Mapping) or not all(
        isinstance(value, np.ndarray) for value in arrays.values()
    ):
        raise TypeError(f"arrays={show(arrays)} must be a dict of the arrays of a net")
    if {name: value.shape for name, value in arrays.items()} != expected:
        raise ValueError(f"arrays are not those of kind={kind!r} in {dim} dimensions")
    if not all(value.dtype == np.float32 and np.isfinite(value).all() for value in arrays.values()):
        raise ValueError("arrays are not finite numbers in single precision")


# ---- parts of nets: shapes, and formulas of the named tensors p


def _layer(name: str, *shape: int) -> Shapes:
    """Return the shapes of a linear map or a convolution, and of its bias."""
    return {f"{name}.weight": shape, f"{name}.bias": (shape[0],)}


def _norm(name: str, channels: int) -> Shapes:
    """Return the shapes of a normalisation."""
    return {f"{name}.gain": (channels,), f"{name}.shift": (channels,)}


def _waves(level: Tensor) -> Tensor:
    """Return sines and cosines of level/4, at frequencies from 1 to 30."""
    import torch

    frequencies = torch.exp(torch.linspace(0.0, math.log(30.0), WAVES, dtype=level.dtype))
    angles = level[:, None] / 4.0 * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _linear(p: Tensors, name: str, h: Tensor) -> Tensor:
    """Return a linear map of h."""
    from torch.nn import functional

    return functional.linear(h, p[f"{name}.weight"], p[f"{name}.bias"])


def _mlp_shapes(dim: int) -> Shapes:
    """Return the shapes of the net for points."""
    shapes = _layer("in", WIDTH, dim + 2 * WAVES)
    for i in range(LAYERS):
        shapes |= _layer(f"hidden{i}.first", WIDTH, WIDTH)
        shapes |= _layer(f"hidden{i}.second", WIDTH, WIDTH)
    return shapes | _layer("out", dim, WIDTH)


def _mlp(p: Tensors, u: Tensor, level: Tensor) -> Tensor:
    """Return F of the net for points."""
    import torch
    from torch.nn.functional import silu

    h = _linear(p, "in", torch.cat([u, _waves(level)], dim=1))
    for i in range(LAYERS):
        inside = silu(_linear(p, f"hidden{i}.first", silu(h)))
        h = h + _linear(p, f"hidden{i}.second", inside)
    return _linear(p, "out", silu(h))


def _block_shapes(name: str, channels: int) -> Shapes:
    """Return the shapes of a convolutional block."""
    return {
        **_norm(f"{name}.norm1", channels),
        **_layer(f"{name}.conv1", channels, channels, 3, 3),
        **_layer(f"{name}.level", channels, EMBEDDED),
        **_norm(f"{name}.norm2", channels),
        **_layer(f"{name}.conv2", channels, channels, 3, 3),
    }


def _block(p: Tensors, name: str, h: Tensor, embedded: Tensor) -> Tensor:
    """Return h + conv(silu(norm(conv(silu(norm h)) + level)))."""
    from torch.nn.functional import silu

    inside = _conv(p, f"{name}.conv1", silu(_normalise(p, f"{name}.norm1", h)))
    inside = inside + _linear(p, f"{name}.level", embedded)[:, :, None, None]
    return h + _conv(p, f"{name}.conv2", silu(_normalise(p, f"{name}.norm2", inside)))


def _conv(p: Tensors, name: str, h: Tensor) -> Tensor:
    """Return a convolution of h by 3 x 3 filters, padded with zeros."""
    from torch.nn import functional

    return functional.conv2d(h, p[f"{name}.weight"], p[f"{name}.bias"], padding=1)


def _normalise(p: Tensors, name: str, h: Tensor) -> Tensor:
    """Return h with mean 0 and variance 1 in each group of channels, then scaled and shifted."""
    from torch.nn import functional

    return functional.group_norm(h, GROUPS, p[f"{name}.gain"], p[f"{name}.shift"])


def _conv_shapes(dim: int) -> Shapes:
    """Return the shapes of the net for images."""
    shapes = _layer("embed1", EMBEDDED, 2 * WAVES)
    shapes |= _layer("embed2", EMBEDDED, EMBEDDED)
    shapes |= _layer("first", CHANNELS, 2, 3, 3)
    shapes |= _block_shapes("block_in", CHANNELS)
    shapes |= _layer("down", INNER, CHANNELS, 2, 2)
    shapes |= {"position": (INNER, 4, 4)}
    for i in range(DEPTH):
        shapes |= _block_shapes(f"block{i}", INNER)
    # A transposed convolution has its inputs first, and one bias for each output.
    shapes |= {"up.weight": (INNER, CHANNELS, 2, 2), "up.bias": (CHANNELS,)}
    shapes |= _block_shapes("block_out", CHANNELS)
    shapes |= _norm("norm_out", CHANNELS)
    return shapes | _layer("last", 1, CHANNELS, 3, 3)


def _conv_net(p: Tensors, u: Tensor, level: Tensor) -> Tensor:
    """Return F of the net for images."""
    import torch
    from torch.nn import functional
    from torch.nn.functional import silu

    e = silu(_linear(p, "embed2", silu(_linear(p, "embed1", _waves(level)))))
    image = u.reshape(-1, 1, 8, 8)
    # A channel of ones beside the image: padding is 0, so a filter feels where the image ends.
    h = _conv(p, "first", torch.cat([image, torch.ones_like(image)], dim=1))
    h = _block(p, "block_in", h, e)
    g = functional.conv2d(h, p["down.weight"], p["down.bias"], stride=2) + p["position"]
    for i in range(DEPTH):
        g = _block(p, f"block{i}", g, e)
    h = h + functional.conv_transpose2d(g, p["up.weight"], p["up.bias"], stride=2)
    h = _block(p, "block_out", h, e)
    return _conv(p, "last", silu(_normalise(p, "norm_out", h))).flatten(1)


# ---- how noise levels are drawn, and the table of nets


def _draw_evenly(rng: np.random.Generator, n: int, low: float, high: float) -> Array:
    """Draw ln sigma uniformly."""
    return rng.uniform(math.log(low), math.log(high), n)


def _draw_where_digits_form(rng: np.random.Generator, n: int, low: float, high: float) -> Array:
    """Draw ln sigma so that most levels lie between 0.13 and 1.2, where strokes appear.

    Below there is little left to decide, and above there is little to see.
    """
    return np.clip(rng.normal(-0.9, 1.1, n), math.log(low), math.log(high))


KINDS = {
    "mlp": Kind(
        shapes=_mlp_shapes, formula=_mlp, levels=_draw_evenly, steps=4000, batch=128, lr=3e-3
    ),
    "conv": Kind(
        shapes=_conv_shapes,
        formula=_conv_net,
        levels=_draw_where_digits_form,
        steps=7000,
        batch=64,
        lr=3e-3,
    ),
}
