"""The catalogue of theorems behind `stochcalc verify`.

A claim is a theorem with a number that is known exactly, a measurement of it on simulated paths,
and a twin: a plausible wrong number. The verdict is "agrees" if the measurement is within six
standard errors of the exact number and rejects the twin; if it cannot reject the twin yet, it says
how many paths would. A measurement never proves a theorem: the derivation in the file does.

Read `row` for the records that a claim yields (`kept` writes them into a checkpoint), `run` for the
calls that it makes, and `claim` for the catalogue. Then read any file of `theorems`, such as
`g09_riemann_sums`: one file is one theorem, with its derivation, its measurement and its figure.
`help(stochcalc.CLAIMS["G09"])` prints the derivation. `report` runs the catalogue, or what
`selection` chooses of it, `table` prints it, `overview` counts what agrees, `verdicts` says it in
words, `report_file` describes it for a file, `certificate` says what was run and hashes what came
out, and `page` writes it as HTML, in the style of `page_style`. `chain_law` computes the law of a
sampler's chain by quadrature, for the claims on samplers, `gaussian_samplers` its variance where
the score is linear, `cubic_chains` the laws of three schemes with a steep drift, and `angle_chains`
that of a direction which random matrices turn. `reversal_pictures` draws what G30 shows. To add a
claim, add a file to `theorems`: every file there is read.

These symbols mean the same in every claim, unless its file says otherwise:

    T            the end of the time interval [0, T]; it is 1 where a row names no other
    n, h         the number of equal steps, and their length T/n (dt or Delta on axes of figures)
    t_k, D_k     the grid times of any partition, and the lengths of its steps
    W, dW_k      a Brownian motion, and its increment over step k
    lambda       the evaluation point: 0 for Ito, 1/2 for Stratonovich, 1 for the right end
    a, b         the drift and the diffusion, dX = a dt + b dW; their factors of X in dX = a X dt +
                 b X dW
    mu, sigma    the drift and the volatility of a model that has a name
    sigma, s     in the chapter "score": the width of the smoothing, and the score grad log p
    kappa        the rate at which an Ornstein-Uhlenbeck process returns to its mean
    k, omega     in the chapter "langevin": the precision of the target, k = omega^2
    alpha        the step of an annealed chain
    eta          the standard deviation of the noise on a price
    Z, z, Phi    standard normals, and their distribution function
    Q, R         a sum of squared increments, and a Riemann sum
    I, S         Ito's integral or its left sum, and a sum at another lambda; S is a walk in G01
    tau          a time of first passage; tau_k is the evaluation point in step k
    E, Var, P    mean, variance and probability
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.claims import theorems
from stochcalc.claims.claim import CLAIMS, Claim
from stochcalc.claims.row import Finding, Row
from stochcalc.claims.run import Run
from stochcalc.estimate import Estimate

for _module in pkgutil.iter_modules(theorems.__path__):
    importlib.import_module(f"{theorems.__name__}.{_module.name}")

from stochcalc.claims.report import Report, verify  # noqa: E402  (the report needs the catalogue)

__all__ = ["CLAIMS", "Claim", "Estimate", "Finding", "Report", "Row", "Run", "verify"]
