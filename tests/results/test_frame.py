"""Units as the attributes of a Dataset spell them."""

import pytest
import xarray as xr

from diamondsim.results.frame import unit_name, unit_symbol, with_attrs


@pytest.mark.parametrize("symbol, name", [("ct", "carat"), ("USD/ct", "USD/carat"), ("cm2", "cm2")])
def test_the_carat_is_named_in_attributes(symbol, name):
    assert with_attrs(xr.Variable((), 0.0), "demand", symbol).attrs["units"] == name
    assert unit_symbol(name) == symbol


def test_words_that_contain_the_symbol_are_left_alone():
    assert unit_name("share of the product") == "share of the product"
