"""What the schemes declare is what their theorems can say."""

from __future__ import annotations

import math

import pytest

import stochcalc as sc

# The strong and the weak order of a scheme for scalar noise, for additive noise, and in general,
# where it has a theorem: from the works that the records cite.
ORDERS = {
    "euler_maruyama": ((0.5, 1.0), (1.0, 1.0), (0.5, 1.0)),
    "heun": ((1.0, 1.0), (1.0, 1.0), (0.5, 1.0)),
    "lambda_euler": ((0.5, 1.0), (1.0, 1.0), (0.5, 1.0)),
    "milstein": ((1.0, 1.0), (1.0, 1.0), None),
    "milstein_free": ((1.0, 1.0), None, None),
    "sra1": (None, (1.5, 2.0), None),
    "sri2": ((1.0, 1.0), (1.0, 1.0), (1.0, 1.0)),
    "sriw1": ((1.5, 2.0), None, None),
    "srs2": ((1.0, 1.0), (1.0, 1.0), (1.0, 1.0)),
    "tamed_euler": ((0.5, 1.0), (1.0, 1.0), (0.5, 1.0)),
    "theta": ((0.5, 1.0), (1.0, 1.0), (0.5, 1.0)),
    "weak2": ((1.0, 2.0), (1.0, 2.0), (0.5, 2.0)),
}


@pytest.mark.parametrize("name", sc.METHODS)
def test_every_order_is_a_whole_number_of_halves(name):
    method = sc.METHODS[name]
    for order in (*method.strong_order.values(), *method.weak_order.values()):
        assert math.isinf(order) or (2 * order).is_integer()


@pytest.mark.parametrize("name", ORDERS)
def test_the_orders_are_those_of_the_theorems(name):
    method = sc.METHODS[name]
    for noise, due in zip(("scalar", "additive", "general"), ORDERS[name]):
        found = None
        if noise in method.strong_order:
            found = (method.strong_order[noise], method.weak_order[noise])
        assert found == due, noise
    for orders in (method.strong_order, method.weak_order):
        # one noise is the simplest diagonal noise, and commuting noise is between it and any other
        assert orders.get("diagonal") == orders.get("scalar")
        if "commuting" in orders:
            assert orders.get("general", 0.0) <= orders["commuting"] <= orders["scalar"]


def test_every_scheme_of_the_package_has_its_orders_here():
    recipes = {name for name in sc.METHODS if name.startswith("my_")}
    assert {*ORDERS} == {*sc.METHODS} - recipes - {"exact"}
