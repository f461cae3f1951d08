"""Linear chains: stationary laws to rounding, and moments step by step."""

import numpy as np
import pytest
from langevin_targets import LINEAR, PRECISION

from stochcalc.langevin import linear_chain


def due(method, frequency, h):
    """((<q^2>, <q p>), (<q p>, <p^2>)) at unit temperature and any friction.

    Of an overdamped method it is (<q^2>,) alone. Claims, G28."""
    k, c = frequency**2, (h * frequency) ** 2 / 4
    if method in ("ula", "lm"):
        return np.array([[1 / k / (1 - k * h / 4) if method == "ula" else 1 / k]])
    q, p = {
        "baoab": (1, 1 - c),
        "aboba": (1, 1 / (1 - c)),
        "obabo": (1 / (1 - c), 1),
        "oabao": (1 - c, 1),
        "baoa": (1, 1),
    }[method]
    crossed = h / 2 if method == "baoa" else 0.0
    return np.array([[q / k, crossed], [crossed, p]])


@pytest.mark.parametrize("method", LINEAR)
def test_stationary_covariances_are_those_of_the_claims_whatever_the_friction(method):
    for h in (0.1, 0.4, 1.0):
        for frequency in (0.8, 1.7):
            for friction in (0.3, 5.0):
                found = linear_chain(
                    frequency**2, step=h, method=method, friction=friction
                ).stationary
                np.testing.assert_allclose(found, due(method, frequency, h), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", LINEAR)
def test_a_precision_matrix_is_one_oscillator_along_each_of_its_axes(method):
    h, turn = 0.5, np.array([[0.6, -0.8], [0.8, 0.6]])
    along = [due(method, frequency, h) for frequency in (0.8, 1.7)]
    found = linear_chain(
        turn @ np.diag([0.8**2, 1.7**2]) @ turn.T, step=h, method=method, friction=0.7
    ).stationary
    blocks = len(along[0])
    exact = np.block(
        [
            [turn @ np.diag([one[i, j] for one in along]) @ turn.T for j in range(blocks)]
            for i in range(blocks)
        ]
    )
    np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", LINEAR)
def test_covariances_after_n_steps_tend_to_the_stationary_ones_and_scale_with_the_temperature(
    method,
):
    cold, hot = (
        linear_chain(PRECISION, step=0.4, method=method, friction=0.7, temperature=T)
        for T in (1.0, 2.5)
    )
    np.testing.assert_allclose(cold.after(400), cold.stationary, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(hot.stationary, 2.5 * cold.stationary, rtol=1e-12, atol=1e-13)
    assert abs(cold.after(3) - cold.stationary).max() > 0.01
    assert not cold.after(0).any()


def test_ula_covariance_after_n_steps_is_a_geometric_sum():
    k, h, n, V = 2.0, 0.3, 4, 5.0
    rho = 1 - k * h / 2
    exact = rho ** (2 * n) * V + h * (1 - rho ** (2 * n)) / (1 - rho**2)
    assert linear_chain(k, step=h).after(n, np.array([[V]])).item() == pytest.approx(
        exact, rel=1e-14
    )


def test_a_chain_that_forgets_nothing_has_no_stationary_law():
    flips = linear_chain(1.0, step=4.0, method="ula")  # x <- -x + sqrt(h) z
    assert flips.M.item() == -1.0
    with pytest.raises(ValueError, match="no stationary law at this step: an error grows by 1 a"):
        _ = flips.stationary
    assert linear_chain(1.0, step=3.99, method="ula").stationary.item() > 100.0
