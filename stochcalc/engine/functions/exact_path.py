"""The block step of an exact solution that the user gives: x_t = exact(t, x_0, W_t).

Its state is (x, w, x_0): the solution, the Brownian motion, and the start, which stays as it is. So
another start compiles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine.compiler.calls import build_reader
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.numba_objects import Function, Kind
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile
from stochcalc.engine.compiler.words import kind_of
from stochcalc.engine.functions.assemble import BLOCK_STEP, join_parameters
from stochcalc.engine.functions.running import show_to_user
from stochcalc.engine.functions.trials import Trial, compare, take_numbers
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.portable import Portable
from stochcalc.engine.registers.lane_columns import load, store_state
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, ExactFunction, Parameters


@dataclass(frozen=True, eq=False)
class ExactPath(Portable):
    """An exact solution that is a function of time, the start and the motion at that time.

    Attributes
    ----------
    function : callable
        function(t, x0, w, *args) -> x at time t. A scalar problem has floats, a system tuples; w is
        a float for one noise, else a tuple of the components of the motion since the start time.
    dim : int
        Components of the state; 0 for a plain float.
    size : int
        Components of the motion; 0 for a plain float.
    """

    function: ExactFunction
    dim: int
    size: int

    @property
    def rows(self) -> int:
        """The rows of the state (x, w, x_0)."""
        return 2 * max(self.dim, 1) + max(self.size, 1)

    def compile(self, args: Parameters, t: float, start: Array) -> Pointer:
        """Return the pointer of the loop over the lanes.

        Parameters
        ----------
        args : tuple
            The parameters; what matters for the code is their kinds.
        t, start : float, ndarray
            Time and state of the start, where the compiled solution is compared with Python's.

        Raises
        ------
        ValueError
            If it is another.
        """
        values = join_parameters(0.0, args)
        kind = kind_of(values)
        parts = ("exact path", self.function, self.dim, self.size, str(kind))
        at_start = take_numbers(start[: max(self.dim, 1)], self.dim)
        nothing = take_numbers(np.zeros(max(self.size, 1)), self.size)
        trial = Trial(self.function, (t, at_start, nothing, *values[1]))
        made = find_or_compile(
            BLOCK_STEP,
            parts,
            lambda: self._build_loop(kind),
            watched=(trial.watched,),
            find_leaf=compile_on_numbers,
        )
        compare(made, (trial,))
        return made

    def _build_loop(self, kind: Kind) -> Function:
        """Return the loop over the lanes: w moves by dW, and x follows from w."""
        read = build_reader(kind)
        exact = compile_on_numbers(unwrap(self.function))
        dim = self.dim
        size = self.size
        state = show_to_user(dim)
        motion = show_to_user(size)
        first_w = max(dim, 1)
        first_start = first_w + max(size, 1)

        def block(t, dt, x, noise, words):
            _, args = read(words)
            w_rows = x[first_w:]
            start_rows = x[first_start:]
            for lane in range(LANES):
                before = load(w_rows, lane, size)
                w = before + load(noise, lane, size)
                store_state(w_rows, lane, w, before)
                start = load(start_rows, lane, dim)
                value = vec(exact(t + dt, state(start), motion(w), *args))
                store_state(x, lane, value, start)

        return block
