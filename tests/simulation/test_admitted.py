"""What passes a control, as the command tells it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

import diamondsim as ds
from diamondsim.cli.app import app
from diamondsim.results import precedents
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
    assert (flow.attrs["in_force"], flow.attrs["empty"]) == (
        0,
        "cn_55 is in force in no replication within the horizon",
    )
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


def test_progress_counts_every_replication() -> None:
    seen: list[tuple[int, int]] = []
    short = ds.load_scenario("in-force-2026").override({"horizon.length": "6 weeks"})
    admitted_flow(short, replications=1030, progress=lambda done, total: seen.append((done, total)))
    done, totals = zip(*seen, strict=True)
    assert sorted({*done}) == [*done]
    assert (done[-1], {*totals}) == (1030, {1030})
    assert len(done) > 1


def test_an_unknown_control_is_answered_with_the_nearest() -> None:
    with pytest.raises(ds.ScenarioError, match="did you mean 'cn_55'"):
        admitted_flow(ds.load_scenario("baseline-2026"), control="cn_5")


@pytest.mark.parametrize(
    "scenario, changes, control, why",
    [
        (
            "baseline-2026",
            {},
            "us_46_2",
            "us_46_2 is in force in no replication within the horizon, "
            "which takes that cn_55 is in effect too",
        ),
        ("plant-late", {}, "us_46_2_machines", "us_46_2_machines covers no goods that contracts carry"),
        (
            "in-force-2026",
            {"horizon.length": "3 weeks"},
            "cn_55",
            "cn_55 comes into force too close to an end of the horizon for a whole month",
        ),
    ],
)
def test_an_empty_table_says_why(scenario: str, changes: dict[str, str], control: str, why: str) -> None:
    flow = admitted_flow(ds.load_scenario(scenario).override(changes), control=control, replications=2)
    assert flow.isnull().all()
    assert flow.attrs["empty"] == why


def test_without_a_name_it_takes_the_only_control_under_which_goods_need_a_licence() -> None:
    """A ban of other goods, a control of machines and overcompliance are not such controls."""
    flow = admitted_flow(ds.load_scenario("plant-late"), replications=2)
    assert flow.attrs["control"] == "cn_55"
    assert admitted_flow(ds.load_scenario("japan-step-2027"), replications=2).attrs["control"] == "jp_step"


@pytest.mark.parametrize(
    "scenario, text",
    [
        ("scope-widening", "under 2 controls: name one of them; allowed: cn_55, cn_coarse"),
        ("baseline-2026", "under no control .*; allowed: cn_55, us_46_2, us_46_2 overcompliance"),
        ("calm", "under no control .*; allowed: none: the scenario has no controls"),
    ],
)
def test_without_a_name_it_lists_the_controls_unless_there_is_one(scenario: str, text: str) -> None:
    with pytest.raises(ds.ScenarioError, match=text):
        admitted_flow(ds.load_scenario(scenario), replications=2)


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
    assert text.count("gallium germanium\n") == 1
    assert "To all destinations" in text
    assert told["applications"]["all"].keys() == {"wait_days", "withdrawn"}
    days = told["applications"]["all"]["wait_days"]
    assert f"Applications wait {days:.0f} days on average" in text


def test_the_command_counts_the_months_of_precedents_outside_the_band() -> None:
    words = ["admitted", "reinstated-2027", "-n", "16", "--json"]
    document = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    text = " ".join(CliRunner().invoke(app, words[:-1], catch_exceptions=False).stdout.split())
    for precedent in precedents():
        limits = {month: (band["0.05"], band["0.95"]) for month, band in document["admitted"]["all"].items()}
        compared = {m: share for m, share in precedent.by_month.items() if m > 0 and str(m) in limits}
        outside = [
            m for m, share in compared.items() if share < limits[str(m)][0] or share > limits[str(m)][1]
        ]
        assert document["precedents"][precedent.name]["outside_band"] == outside
        assert document["precedents"][precedent.name]["months_compared"] == len(compared) > 12
        assert f"{len(outside)} of {len(compared)} of {precedent.name}" in text
    assert "so that this is no test of them" in text


def test_a_table_without_months_has_no_heads_and_counts_no_precedents() -> None:
    words = ["admitted", "baseline-2026", "--control", "cn_55", "-n", "2"]
    text = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    assert text.endswith("No month has a value: cn_55 is in force in no replication within the horizon.\n")
    assert "gallium" not in text
