"""What a sampler declares about itself, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stochcalc.engine import checks
from stochcalc.engine.portable import Portable
from stochcalc.typing import StepFunction


@dataclass(frozen=True)
class Sampler(Portable):
    """A Markov chain that samples a density by its score.

    Attributes
    ----------
    name : str
        The name by which `sample(method=)` knows it.
    build : callable
        build(d) -> step(score[, log density], t, state, dt, noise, args) -> state, for d
        components. The args are those of `parameters`, then those of the score.
    parameters : callable
        parameters(step, friction, temperature) -> tuple of floats.
    vectors : int
        Number of vectors of d numbers in the state, the position first.
    noises : int
        Number of vectors of d increments that a step takes.
    momentum : bool
        Whether the state's second vector is a momentum, which starts from its Gaussian law and is
        kept.
    adjusted : bool
        Whether proposals are accepted or rejected, so that the stationary law is the target's: the
        step takes the log density too, two further normals, and the state ends with the number of
        proposals accepted.
    once : bool
        Whether a step takes one score, at the state it starts from.
    reference : str
        The paper or book that defines it.
    sources : tuple of str
        Their keys in `references.bib`, for `citation`.

    Examples
    --------
    >>> from stochcalc.langevin import SAMPLERS
    >>> SAMPLERS["baoab"].vectors, SAMPLERS["baoab"].noises, SAMPLERS["mala"].adjusted
    (2, 1, True)
    """

    name: str
    build: Callable[[int], StepFunction]
    parameters: Callable[[float, float, float], tuple[float, ...]]
    vectors: int
    noises: int
    momentum: bool
    adjusted: bool
    once: bool
    reference: str
    sources: tuple[str, ...] = ()

    def size(self, d: int) -> int:
        """Return how many numbers the state of a chain in d dimensions has."""
        numbers = self.vectors * checks.integer("d", d)
        if self.adjusted:
            return numbers + 1
        return numbers
