"""Overdamped Langevin: dX = (1/2) s(X) dt + dW leaves the density with score s = grad log p invariant.

The unadjusted algorithm (ULA) is Euler-Maruyama with step h:

    x <- x + (h/2) s(x) + sqrt(h) z

Up the score: plus, not minus (some notes print a minus; that chain diverges). Its stationary law is not quite p: for
N(0, 1/k) the variance is (1/k) / (1 - k h / 4). Written x + h s + sqrt(2h) z the same formula reads 1 - k h / 2; the two
conventions for the step differ by a factor of 2 and must not be mixed.

Source: Roberts and Tweedie, Bernoulli 2 (1996) 341; the bias on Gaussians is the fixed point of V = (1 - k h/2)^2 V + h.
"""

from __future__ import annotations

from typing import Any


def ula(score: Any, t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step; args = (noise amplitude, parameters of the score ...), amplitude 1 unless the temperature is not."""
    return x + 0.5 * dt * score(t, x, *args[1:]) + args[0] * dW
