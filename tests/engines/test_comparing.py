"""When two Ledgers count as the same."""

from __future__ import annotations

import numpy as np
import pytest

from diamondsim.ledger import FIELDS, Ledger
from tests.engines.comparing import differences

OUTPUT, NOISE = 100.0, 2e-15


def ledger(*, allocated: float, expected_fill_rate: float) -> Ledger:
    """Three ticks of one node, source and lane, on which `allocated` is sent in the second one."""
    arrays = {name: np.ones((3, 1, 1)) for name in FIELDS}
    arrays["output"] *= OUTPUT
    arrays["allocated"][1] = allocated
    arrays["expected_fill_rate"][1:] = expected_fill_rate
    return Ledger(arrays)


@pytest.mark.parametrize("change, is_same", [(8e-10, True), (2e-7, False)])
def test_a_fill_rate_may_differ_by_the_rounding_noise_that_one_engine_sent(
    change: float, is_same: bool
) -> None:
    one = ledger(allocated=0.0, expected_fill_rate=0.4)
    other = ledger(allocated=NOISE, expected_fill_rate=0.4 + change)
    assert (not differences(one, other)) == is_same


@pytest.mark.parametrize("allocated", [0.0, 1.0])
def test_a_fill_rate_may_not_differ_where_both_sent_the_same(allocated: float) -> None:
    one = ledger(allocated=allocated, expected_fill_rate=0.4)
    other = ledger(allocated=allocated, expected_fill_rate=0.4 + 8e-10)
    assert [line.split("[")[0] for line in differences(one, other)] == ["expected_fill_rate"]


def test_goods_that_only_one_engine_sent_are_a_difference() -> None:
    one = ledger(allocated=0.0, expected_fill_rate=0.4)
    other = ledger(allocated=1e-6, expected_fill_rate=0.4)
    assert [line.split("[")[0] for line in differences(one, other)] == ["allocated"]
