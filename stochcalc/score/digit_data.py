"""The handwritten digits of scikit-learn, and a classifier that is fitted to them.

The classifier is a logistic regression on radial features, which vanish far from all digits, so
that noise leaves it undecided.

Source: Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning
Repository, 1998 (the data). Needs the extra "ml".
"""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Array

HELD_OUT = 360  # digits that are not trained on


class Classifier(Protocol):
    """What tells the digits apart."""

    def predict_proba(self, x: Array) -> Array:
        """Return the probabilities of the ten digits for images x (n, 64), shape (n, 10)."""


def use_one_thread() -> AbstractContextManager[Any]:
    """Return a context in which matrix products run on one thread.

    A second thread gains nothing at products of this size. It waits in a loop, so that beside other
    work the CPU takes several times as long. Without threadpoolctl, which scikit-learn brings, the
    context does nothing.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


@functools.lru_cache(maxsize=1)
def load_data() -> tuple[Array, Array, Classifier]:
    """Return training digits (1437, 64), held-out digits (360, 64), and the fitted classifier.

    The pixels lie in [0, 1]; the arrays cannot be written to.
    """
    try:
        with hold_interrupts_back():
            from sklearn.datasets import load_digits
            from sklearn.kernel_approximation import Nystroem
            from sklearn.linear_model import LogisticRegression
            from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise ModuleNotFoundError(
            'the digits need scikit-learn: pip install "stochcalc[ml]"', name="sklearn"
        ) from error
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))  # the file is ordered by writer
    images = images[order] / 16.0
    labels = labels[order]
    images.setflags(write=False)
    train = images[:-HELD_OUT]
    held = images[-HELD_OUT:]
    classifier = make_pipeline(
        Nystroem(gamma=0.3, n_components=500, random_state=0),
        LogisticRegression(C=10.0, max_iter=2000),
    )
    with use_one_thread():
        classifier.fit(train, labels[:-HELD_OUT])
    return train, held, classifier
