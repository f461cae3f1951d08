"""Valid calls of samplers, densities and learned scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from networks import untrained
from odd_endings import Base

import stochcalc as sc

POINTS = np.array([[0.5, 1.0], [-0.25, 0.0], [2.0, -1.0]])
MIXTURE = sc.score.GaussianMixture([0.5, 0.5], [[0.0, 0.0], [1.0, 1.0]], np.array([np.eye(2)] * 2))
EMPIRICAL = sc.score.Empirical(POINTS)
CIRCLE = sc.score.Circle(1.0)
NETWORK = untrained()
VE = sc.score.VE(0.5, 4.0)
VP = sc.score.VP(0.5, 4.0)
STRAIGHT = sc.score.Straight(0.875)
FEATURES = sc.score.fit_random_features(POINTS, [1.0, 0.5], features=4, rng=1)
CHAIN = sc.langevin.linear_chain(2.0, step=0.25)
SIGMAS = np.array([1.0, 0.5])
SCORED = {"score": MIXTURE, "x": POINTS}
PLACED = {"x": POINTS, "sigma": 0.5}
LEARNED = {"score": MIXTURE, "data": POINTS}


def fall(x, t):
    """Return a velocity."""
    return -x


def pull(x: float) -> float:
    """Return the score of a standard normal."""
    return -x


def make_chains() -> dict[str, Base]:
    """Return valid calls of Langevin samplers and their diagnostics."""
    langevin = sc.langevin
    samples = np.sin(np.arange(64.0) ** 2).round(3).astype(np.float32).astype(float)
    return {
        "langevin.sample": Base(
            langevin.sample,
            {"target": pull, "x0": 0.5, "step": 0.25, "n": 4, "chains": 2, "key": 7},
        ),
        "langevin.sample in a plane": Base(
            langevin.sample,
            {
                "target": MIXTURE,
                "x0": POINTS,
                "starts": True,
                "chains": 3,
                "step": 0.25,
                "n": 4,
                "method": "baoab",
                "p0": np.array([0.5, 1.0]),
                "key": 7,
            },
        ),
        "LinearChain.after": Base(CHAIN.after, {"n": 2, "start": np.array([[1.0]])}),
        "linear_chain": Base(langevin.linear_chain, {"precision": 2.0, "step": 0.25}),
        "advise_step": Base(
            langevin.advise_step, {"target": pull, "x": np.array([0.5, 1.0]), "bias": 0.25}
        ),
        "autocorrelation_time": Base(langevin.autocorrelation_time, {"x": samples}),
        "effective_sample_size": Base(langevin.effective_sample_size, {"x": samples}),
        "split_rhat": Base(langevin.split_rhat, {"x": samples.reshape(2, 32)}),
        "Sampler.size": Base(langevin.SAMPLERS["ula"].size, {"d": 2}),
    }


def make_densities() -> dict[str, Base]:
    """Return valid calls of densities with known scores."""
    calls = {
        "GaussianMixture": Base(
            sc.score.GaussianMixture,
            {
                "weights": np.array([0.5, 0.5]),
                "means": np.array([[0.0, 0.0], [1.0, 1.0]]),
                "covs": np.array([np.eye(2)] * 2),
            },
        ),
        "GaussianMixture.divergence": Base(MIXTURE.divergence, PLACED),
        "GaussianMixture.in_lanes": Base(MIXTURE.in_lanes, {"sigma": 0.5}),
        "Empirical": Base(sc.score.Empirical, {"data": POINTS}),
        "Empirical.denoised": Base(EMPIRICAL.denoised, PLACED),
        "Circle": Base(sc.score.Circle, {"radius": 2.0}),
    }
    for density in (MIXTURE, EMPIRICAL, CIRCLE):
        name = type(density).__name__
        calls[f"{name}.log_density"] = Base(density.log_density, PLACED)
        calls[f"{name}.score"] = Base(density.score, PLACED)
        calls[f"{name}.sample"] = Base(density.sample, {"n": 3, "rng": 1})
    return calls


def make_losses(folder: Path) -> dict[str, Base]:
    """Return valid calls of losses and of learned scores."""
    score = sc.score
    NETWORK.save(folder / "network.bin")
    return {
        "explicit_loss": Base(score.explicit_loss, {**LEARNED, "sigma": 0.5}),
        "denoising_loss": Base(score.denoising_loss, {**LEARNED, "sigma": 0.5, "rng": 1}),
        "sliced_loss": Base(score.sliced_loss, {**LEARNED, "sigma": 0.5, "rng": 1}),
        "ncsn_loss": Base(score.ncsn_loss, {**LEARNED, "sigmas": SIGMAS, "rng": 1}),
        "fit_random_features": Base(
            score.fit_random_features,
            {"data": POINTS, "sigmas": SIGMAS, "features": 4, "ridge": 0.25, "rng": 1},
        ),
        "RandomFeatureScore.score": Base(FEATURES.score, PLACED),
        "ScoreNetwork": Base(
            score.ScoreNetwork,
            {
                "kind": "mlp",
                "centre": NETWORK.centre,
                "scale": 1.5,
                "sigmas": (0.125, 8.0),
                "arrays": NETWORK.arrays,
            },
        ),
        "ScoreNetwork.score": Base(NETWORK.score, PLACED),
        "ScoreNetwork.save": Base(NETWORK.save, {"path": folder / "again.bin"}),
        "ScoreNetwork.load": Base(score.ScoreNetwork.load, {"path": folder / "network.bin"}),
        "train_network": Base(
            score.train_network,
            {
                "data": POINTS,
                "sigmas": (0.5, 4.0),
                "steps": 1,
                "batch": 2,
                "lr": 0.0078125,
                "seed": 3,
            },
        ),
    }


def make_reversals() -> dict[str, Base]:
    """Return valid calls of noisings and of what samples with a score."""
    score = sc.score
    calls = {
        "VE": Base(score.VE, {"sigma_min": 0.5, "sigma_max": 4.0, "T": 1.0}),
        "VP": Base(score.VP, {"beta_min": 0.5, "beta_max": 4.0, "T": 1.0}),
        "annealed_langevin": Base(
            score.annealed_langevin,
            {"score": MIXTURE, "sigmas": SIGMAS, "x0": POINTS, "step": 0.25, "n_steps": 2}
            | {"key": 7},
        ),
        "reverse_sde": Base(score.reverse_sde, {**SCORED, "noising": VE, "n": 3, "key": 7}),
        "ancestral": Base(score.ancestral, {**SCORED, "noising": VE, "n": 3, "key": 7}),
        "probability_flow": Base(score.probability_flow, {**SCORED, "noising": VE}),
        "log_likelihood": Base(score.log_likelihood, {**SCORED, "noising": VE}),
        "Straight": Base(score.Straight, {"T": 0.5}),
        "flow_velocity": Base(score.flow_velocity, {"score": MIXTURE, "noising": VE}),
        "flow_matching_loss": Base(
            score.flow_matching_loss,
            {"velocity": fall, "data": POINTS, "noising": VE, "t": 0.5, "draws": 2, "rng": 1},
        ),
        "rho_schedule": Base(
            score.rho_schedule, {"sigma_min": 0.5, "sigma_max": 4.0, "n": 3, "rho": 7.0}
        ),
        "karras_sampler": Base(
            score.karras_sampler,
            {**SCORED, "sigmas": SIGMAS, "churn": 0.5, "noise_factor": 1.0, "key": 7}
            | {"churn_range": np.array([0.25, 2.0])},
        ),
    }
    for noising in (VE, VP, STRAIGHT):
        name = type(noising).__name__
        times = {"t": np.array([0.25, 0.5])}
        calls[f"{name}.amplitude"] = Base(noising.amplitude, times)
        calls[f"{name}.mean_factor"] = Base(noising.mean_factor, times)
        calls[f"{name}.rate"] = Base(noising.rate, times)
        calls[f"{name}.sigma"] = Base(noising.sigma, times)
        calls[f"{name}.noised"] = Base(noising.noised, {"x": POINTS, "t": 0.5, "rng": 1})
        calls[f"{name}.prior"] = Base(noising.prior, {"n": 2, "dim": 2, "rng": 1})
    return calls
