"""What a sampler returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.statistics import record_of_rows
from stochcalc.estimate import Estimate
from stochcalc.langevin.diagnostics import effective_sample_size, split_rhat
from stochcalc.langevin.sampler import Sampler
from stochcalc.moments import Moments


@dataclass(frozen=True, eq=False)
class Chains:
    """States of the chains.

    Attributes
    ----------
    x : ndarray, shape (chains, saved[, d]), or None for save="stats"
        Positions.
    p : ndarray of that shape, or None
        Momenta of a kinetic method.
    moments, p_moments : Moments, shape (saved[, d])
        Over the chains.
    acceptance : Estimate
        Share of accepted proposals; 1 for an unadjusted sampler.
    ess, rhat : ndarray, shape ([d])
        Effective sample size of all chains together, and split R-hat, of what is kept after the
        start.
    key : int
        Replays the run: `sample(..., key=chains.key)`.
    nonfinite : int
        Chains that left the finite range.
    """

    rows: NDArray[np.float64] | None = field(repr=False)
    record: Any = field(repr=False)
    sampler: Sampler
    dim: int
    saved: int
    chains: int
    n: int
    key: int
    nonfinite: int
    last: int  # number of the step after which the last state is kept

    def __repr__(self) -> str:
        kept = "moments" if self.x is None else f"x {self.x.shape}"
        return (
            f"Chains({self.sampler.name}, {self.chains} x {self.n} steps, {kept}, acceptance "
            f"{self.acceptance}, nonfinite={self.nonfinite}, key={self.key})"
        )

    @property
    def _shape(self) -> tuple[int, ...]:
        return (self.saved, self.dim) if self.dim else (self.saved,)

    def _columns(self, vector: int) -> NDArray[np.int64]:
        """Columns, among all that is kept, of one vector of the state."""
        d = max(self.dim, 1)
        return (
            np.arange(self.saved)[:, None] * self.sampler.size(d) + vector * d + np.arange(d)
        ).ravel()

    def _states(self, vector: int) -> NDArray[np.float64] | None:
        return (
            None
            if self.rows is None
            else self.rows[:, self._columns(vector)].reshape(self.chains, *self._shape)
        )

    @cached_property
    def x(self) -> NDArray[np.float64] | None:
        """Positions."""
        return self._states(0)

    @cached_property
    def p(self) -> NDArray[np.float64] | None:
        """Momenta."""
        return self._states(1) if self.sampler.momentum else None

    @cached_property
    def _record(self) -> Any:
        return self.record if self.rows is None else record_of_rows(self.rows)

    @cached_property
    def moments(self) -> Moments:
        """Moments of the positions over the chains."""
        return Moments(self._record[:, self._columns(0)], self._shape)

    @cached_property
    def p_moments(self) -> Moments | None:
        """Moments of the momenta over the chains."""
        return (
            Moments(self._record[:, self._columns(1)], self._shape)
            if self.sampler.momentum
            else None
        )

    @cached_property
    def acceptance(self) -> Estimate:
        """Share of accepted proposals, with its standard error from the chains."""
        if not self.sampler.adjusted:
            return Estimate.normal(1.0, 0.0)
        last = Moments(self._record[:, -1:], (1,))
        return Estimate.normal(float(last.mean[0]) / self.last, float(last.stderr[0]) / self.last)

    @property
    def _kept(self) -> NDArray[np.float64]:
        x = self.x
        if x is None or self.saved < 5:
            kept = 0 if x is None else self.saved
            raise ValueError(
                f"autocorrelations need states along the chains: {kept} are kept; use "
                f'save="all" and a smaller thin='
            )
        return np.moveaxis(x[:, 1:].reshape(self.chains, self.saved - 1, -1), 2, 0)

    @cached_property
    def ess(self) -> Any:
        """Effective sample size."""
        return np.array([effective_sample_size(x) for x in self._kept]).reshape(self._shape[1:])[()]

    @cached_property
    def rhat(self) -> Any:
        """Split R-hat."""
        return np.array([split_rhat(x) for x in self._kept]).reshape(self._shape[1:])[()]
