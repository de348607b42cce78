"""What passes a control, as the command tells it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

import diamondsim as ds
from diamondsim.cli.app import app
from diamondsim.simulation import admitted_flow


def test_destinations_are_those_the_control_covers_and_all_lies_between_them() -> None:
    flow = admitted_flow(ds.load_scenario("reinstated-2027"), control="cn_55", replications=64, seed=1)
    assert list(flow["destination"].values) == ["all", "US", "JP", "KR", "OA", "RW"]
    median = flow.sel(quantile=0.5, month=12)
    parts = median.drop_sel(destination="all")
    assert float(parts.min()) <= float(median.sel(destination="all")) <= float(parts.max())


def test_a_control_that_never_binds_tells_nothing() -> None:
    flow = admitted_flow(ds.load_scenario("baseline-2026"), control="cn_55", replications=4)
    assert np.isnan(flow).all()
    assert np.isnan(flow["wait_days"]).all()
    assert np.isnan(flow["withdrawn"]).all()


def test_who_waits_longer_withdraws_more() -> None:
    """Extra review aside, all destinations withdraw a fifth of their queue a month."""
    flow = admitted_flow(ds.load_scenario("reinstated-2027"), control="cn_55", replications=64, seed=1)
    waits, withdrawn = flow["wait_days"], flow["withdrawn"]
    assert bool((waits > 7).all())
    assert bool(((withdrawn > 0) & (withdrawn < 1)).all())
    assert float(waits.sel(destination="US")) > float(waits.sel(destination="OA"))
    assert float(withdrawn.sel(destination="US")) > float(withdrawn.sel(destination="OA"))


def test_an_unknown_control_is_answered_with_the_nearest() -> None:
    with pytest.raises(ds.ScenarioError, match="did you mean 'cn_55'"):
        admitted_flow(ds.load_scenario("baseline-2026"), control="cn_5")


@pytest.mark.parametrize("number", [0, 100_001, 2**70])
def test_a_number_of_replications_that_cannot_be_kept_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="replications: expected an integer from 1 to 100000, found"):
        admitted_flow(ds.load_scenario("reinstated-2027"), control="cn_55", replications=number)


def test_the_command_puts_precedents_beside_the_flow_to_all_destinations() -> None:
    words = ["admitted", "reinstated-2027", "-n", "16", "--json"]
    told = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert told["precedents"]["gallium"]["by_month"]["4"] == pytest.approx(1530 / 5259.5)
    assert told["admitted"]["all"]["1"]["0.5"] < 0.3
    text = CliRunner().invoke(app, words[:-1], catch_exceptions=False).stdout
    assert text.count("gallium") == 1
    assert "To all destinations" in text
    assert told["applications"]["all"].keys() == {"wait_days", "withdrawn"}
    days = told["applications"]["all"]["wait_days"]
    assert f"Applications wait {days:.0f} days on average" in text
