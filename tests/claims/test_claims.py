"""The catalogue: all numbers agree, all twins are refuted, and verdicts mean what they say."""

import json
import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from scipy.special import ndtr

import stochcalc as sc
from stochcalc.claims.chain_law import after_moves, diagonal_of_square, smoothed_law, weight_above
from stochcalc.claims.claim import Finding, Row
from stochcalc.claims.theorems.g29_annealed import N_STEPS, SIGMAS, STEP, toy
from stochcalc.estimate import Estimate
from stochcalc.score.reverse import euler

RECIPE = "G99"  # the number that CONTRIBUTING's recipe takes
IDS = sorted(sc.CLAIMS)


def row(exact: float, measured: float, stderr: float, twin: float) -> Row:
    return Row(
        statement="a number",
        exact=exact,
        measured=Estimate.normal(measured, stderr),
        twin=twin,
        twin_statement="a wrong number",
        paths=1000,
    )


def test_the_catalogue_has_its_theorems():
    numbers = [name for name in IDS if name != RECIPE]
    assert len(numbers) >= 31
    assert numbers == [f"G{number:02d}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("claim", IDS)
def test_every_number_agrees_and_every_twin_is_rejected(claim, rng_seed):
    finding = sc.CLAIMS[claim].run(paths=sc.CLAIMS[claim].decisive_paths, rng=rng_seed)
    for found in finding.rows:
        assert_mean(found.measured, found.exact, sigmas=7, what=found.statement)
        with must_reject(f"{found.statement}: {found.twin_statement}"):
            assert_mean(found.measured, found.twin)
        assert found.twin_refuted and found.verdict != "undecided"


def test_a_number_six_standard_errors_away_is_refuted():
    assert row(0.0, 6.1, 1.0, 100.0).verdict == "refuted"
    assert row(0.0, 5.9, 1.0, 100.0).verdict == "agrees"
    assert row(0.0, math.nan, 1.0, 100.0).verdict == "refuted"


def test_a_twin_that_is_too_close_leaves_the_row_undecided_and_says_how_many_paths_would_do():
    undecided = row(0.0, 0.5, 1.0, 10.0)
    assert undecided.verdict == "undecided"
    assert undecided.paths_needed == math.ceil(1000 * 2.1**2)


def test_a_broken_theorem_is_refuted(rng_seed):
    """The negative control: the measurement of G09 against the other sign of one half."""
    finding = sc.CLAIMS["G09"].run(paths=100_000, rng=rng_seed)
    for measured in finding.rows[::2]:
        wrong = Row(
            statement=measured.statement,
            exact=measured.twin,
            measured=measured.measured,
            twin=measured.exact,
            twin_statement="",
            paths=measured.paths,
        )
        assert wrong.verdict == "refuted"


def test_the_sign_question_is_answered_with_both_z(rng_seed):
    remark = sc.CLAIMS["G09"].run(paths=50_000, rng=rng_seed).remarks[0]
    assert (
        "(lambda - 1/2) T = -1/2 is supported" in remark
        and "(lambda + 1/2) T = +1/2 is refuted" in remark
    )


def test_exit_status_tells_refuted_from_undecided(rng_seed):
    report = sc.verify("variation", paths=200_000, rng=rng_seed)
    assert report.status == 0
    few = sc.verify("G13", paths=4096, rng=rng_seed)
    assert few.status == 3 and any(r.verdict == "undecided" for r in few.rows)


def test_a_report_repeats_from_its_key_and_is_written_as_json(rng_seed, tmp_path):
    report = sc.verify("variation", paths=20_000, rng=rng_seed)
    again = sc.verify("variation", paths=20_000, key=report.key, workers=1)
    assert [r.measured for r in report.rows] == [r.measured for r in again.rows]
    report.write(tmp_path)
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["claims"][0]["rows"][0]["measured"] == report.rows[0].measured.value
    page = (tmp_path / "index.html").read_text()
    assert "<svg" in page and "http" not in page


def test_the_seed_of_a_report_is_0_and_excludes_a_key():
    keys = [report.key for report in (verify_one(), verify_one(rng=None), verify_one(rng=0))]
    assert len(set(keys)) == 1
    assert verify_one(rng=np.random.default_rng()).key != keys[0]
    assert verify_one(key=3).key == 3
    for rng in (0, 5):
        with pytest.raises(ValueError, match=f"give rng= or key=, not both .*rng={rng} and key=3"):
            verify_one(rng=rng, key=3)


def verify_one(**seed):
    """Measure one small claim."""
    return sc.verify("G04", paths=2048, **seed)


def test_the_quadrature_behind_the_annealed_weight_has_converged():
    for variance in (0.0, 1.0):
        _, axis = toy(variance)
        coarse, fine = (
            weight_above(
                axis,
                SIGMAS,
                STEP * SIGMAS**2,
                N_STEPS,
                diagonal_of_square(8.0),
                resolution=r,
                tail=t,
            )
            for r, t in ((2.0, 8.0), (3.0, 9.0))
        )
        assert coarse == pytest.approx(fine, abs=1e-9)


def test_the_quadrature_knows_the_autoregression_of_a_single_gaussian():
    """One component is a Gaussian chain x <- rho x + sqrt(alpha) z, whose law is known."""
    target, alpha, n, x0 = sc.score.GaussianMixture([1.0], [[0.0]], 1.0), 0.3, 7, 1.5
    rho = 1 - alpha / 2
    mean, variance = rho**n * x0, alpha * (1 - rho ** (2 * n)) / (1 - rho**2)
    law = weight_above(target, np.zeros(1), np.array([alpha]), n, (np.array([x0]), np.array([1.0])))
    assert law == pytest.approx(ndtr(mean / math.sqrt(variance)), abs=1e-12)


@pytest.mark.parametrize("noising", [sc.score.VE(0.1, 20.0), sc.score.VP()])
def test_the_law_of_a_chain_of_moves_on_a_gaussian_is_its_linear_recursion(noising):
    """Where the score is linear a move is affine: u <- a u + b + kick z, with mean and variance
    known.
    """
    mean, variance = 1.5, 0.7
    target = sc.score.GaussianMixture([1.0], [[mean]], variance)
    moves, m, sigma = euler(noising, 12), noising.mean_factor(noising.T), noising.sigma(noising.T)
    centre, spread = m * mean, m * m * variance + sigma**2
    for keep, push, kick, level, scale in zip(
        moves.keep, moves.push, moves.kick, moves.sigma, moves.scale
    ):
        pull = push * scale / (variance + level**2)  # of scale (mean - scale u)
        centre, spread = (
            (keep - pull * scale) * centre + pull * mean,
            (keep - pull * scale) ** 2 * spread + kick**2,
        )
    above, second = after_moves(target, moves, smoothed_law(target, m, sigma))
    assert above == pytest.approx(float(ndtr(centre / math.sqrt(spread))), abs=1e-8)
    assert second == pytest.approx(centre**2 + spread, rel=1e-8)


def report_of(*squares: tuple[float, ...]) -> sc.Report:
    """A report of one claim for each tuple, with rows of these z."""
    findings = tuple(
        (
            sc.CLAIMS["G03"],
            Finding(rows=tuple(row(0.0, z, 1.0, 100.0) for z in claim), draw=lambda ax: ax),
        )
        for claim in squares
    )
    return sc.Report(findings=findings, key=1, seconds=0.0, compilations=0)


def test_a_report_says_the_mean_square_of_all_z_and_what_it_should_be():
    report = report_of((1.0, -2.0, 0.5), (3.0,))
    assert report.mean_square_z == pytest.approx((1 + 4 + 0.25 + 9) / 4)
    assert report.mean_square_z_stderr == pytest.approx((math.sqrt(2 / 4), math.sqrt(20) / 4))
    assert (
        "Mean square of all z: 3.56. It should be 1, with a standard error between 0.71 and "
        in (report.summary())
    )
    assert json.loads(report.as_json())["mean_square_z"] == report.mean_square_z


def test_rows_of_different_claims_are_independent_and_leave_one_standard_error():
    least, largest = report_of((1.0,), (2.0,), (0.0,)).mean_square_z_stderr
    assert least == pytest.approx(largest)


def test_the_bounds_of_the_standard_error_are_those_of_equal_and_of_independent_z(rng_seed):
    """Claims of two rows: their z are the same number, or independent."""
    z = np.random.default_rng(rng_seed).standard_normal((40_000, 3, 2))
    least, largest = report_of((0.0, 0.0), (0.0, 0.0), (0.0, 0.0)).mean_square_z_stderr
    independent = np.square(z).mean(axis=(1, 2))
    same = np.square(z[:, :, 0]).mean(axis=1)
    assert_mean((independent - 1) ** 2, least**2, detects=0.06)
    assert_mean((same - 1) ** 2, largest**2, detects=0.15)
    with must_reject("the standard error of independent rows for equal ones"):
        assert_mean((same - 1) ** 2, least**2)
