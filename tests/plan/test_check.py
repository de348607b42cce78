"""What a check of a scenario reports."""

import json

import pytest

import diamondsim
from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario, read_scenario
from tests.plan.small_scenarios import FAB, STOCKPILE, small_scenario, with_mill

# The free-trade balance of 2026 by region, all grit as one grade, recycling counted as output. What the
# United States sell beyond their own 95 Mct, a processor there makes of imports.
FREE_TRADE_2026 = """
title: The balance of 2026
horizon: {start: 2026-01-01, length: 1 yr}
regions: {CN: {}, US: {}, JP: {}, OA: {}, RW: {}}
grades: {grit: {unit: ct}}
uses: {all: {grades: {grit: 100%}}}
demand:
  CN: {all: 16074 Mct/yr}
  US: {all: 345 Mct/yr}
  JP: {all: 280 Mct/yr}
  OA: {all: 1240 Mct/yr}
  RW: {all: 2056 Mct/yr}
inventory_policy: {any: {cover: 60 days, lead: 14 days}}
producers:
  cn: {region: CN, capacity: {grit: 19200 Mct/yr}}
  us: {region: US, capacity: {grit: 95 Mct/yr}}
  us_processing: {region: US, capacity: {grit: 5 Mct/yr}, feed: {grit: {grade: grit}}}
  jp: {region: JP, capacity: {grit: 75 Mct/yr}}
  oa: {region: OA, capacity: {grit: 490 Mct/yr}}
  rw: {region: RW, capacity: {grit: 135 Mct/yr}}
trade:
  cn: {CN: 16000 Mct/yr, US: 270 Mct/yr, JP: 150 Mct/yr, OA: 900 Mct/yr, RW: 1880 Mct/yr}
  us: {JP: 25 Mct/yr, OA: 45 Mct/yr, CN: 14 Mct/yr, RW: 11 Mct/yr}
  us_processing: {RW: 5 Mct/yr}
  jp: {JP: 30 Mct/yr, OA: 45 Mct/yr}
  oa: {OA: 250 Mct/yr, US: 55 Mct/yr, JP: 75 Mct/yr, CN: 60 Mct/yr, RW: 50 Mct/yr}
  rw: {RW: 110 Mct/yr, US: 25 Mct/yr}
"""


def test_the_balance_of_2026_is_reproduced():
    rows = check(read_scenario(FREE_TRADE_2026)).balance
    found = {row.region: [row.output, row.imports, row.exports, row.use, row.feed] for row in rows}
    mct = {
        "CN": [19200, 74, 3200, 16074, 0],
        "US": [100, 350, 100, 345, 5],
        "JP": [75, 250, 45, 280, 0],
        "OA": [490, 990, 240, 1240, 0],
        "RW": [135, 1946, 25, 2056, 0],
    }
    for region, flows in mct.items():
        assert found[region] == pytest.approx([flow * 1e6 for flow in flows], rel=1e-9, abs=1.0), region
    assert {row.unit for row in rows} == {"ct/yr"}


ANNOUNCED = {"2026-03-02": "announced"}
SECOND = {"from": "2026-06-01", "time": "6 months", "share": "30%"}


def test_a_balanced_scenario_has_nothing_left_over_and_no_warnings():
    report = check(read_scenario(FREE_TRADE_2026))
    assert report.warnings == ()
    for cell in report.trade:
        assert cell.fitted == pytest.approx(cell.table, rel=1e-6)
    for output in report.outputs:
        assert output.fitted == pytest.approx(output.aimed, rel=1e-6)


TOTALS: dict[str, dict[str, object]] = {
    "made": {"region": "US", "total": "output", "years": {"2024": "90 Mct/yr", "2025": "110 Mct/yr"}},
    "processed": {"region": "US", "total": "output", "producers": "us_processing"},
    "bought": {"region": "US", "total": "imports"},
    "chinese": {"region": "JP", "total": "imports", "origin": "CN"},
    "from_neighbours": {"region": "JP", "total": "imports", "origin": ["US", "OA"]},
    "sent": {"region": "US", "total": "exports"},
    "used": {"region": "US", "total": "use"},
}


def test_published_totals_are_set_against_the_contracts():
    stated = {"grades": "grit", "years": {"2025": "100 Mct/yr"}}
    totals = {key: {**stated, **total} for key, total in TOTALS.items()}
    report = check(read_scenario(FREE_TRADE_2026).override({"published_totals": totals}))
    found = {row.name: row.contracts / 1e6 for row in report.published_totals}
    expected = {"made": 100, "processed": 5, "bought": 350, "chinese": 150, "from_neighbours": 100}
    assert found == pytest.approx(expected | {"sent": 100, "used": 345}, rel=1e-9)
    made = report.published_totals[0]
    assert (made.low, made.high, made.mean) == pytest.approx((90e6, 110e6, 100e6))
    assert (made.years, made.unit) == ((2024, 2025), "ct/yr")


def test_published_totals_change_no_result():
    plain = read_scenario(FREE_TRADE_2026)
    total = {"region": "US", "total": "use", "grades": "grit", "years": {"2025": "1 Mct/yr"}}
    held = plain.override({"published_totals.us": total})
    assert check(held).balance == check(plain).balance
    assert check(held).numbers == check(plain).numbers


@pytest.mark.parametrize("total", ["made", "secondary", "imports", "exports"])
def test_the_shipped_market_is_within_one_per_cent_of_the_totals_of_the_usgs(total):
    rows = {row.name: row for row in check(load_scenario("baseline-2026")).published_totals}
    row = rows[f"United States, {total}"]
    assert row.contracts == pytest.approx(row.mean, rel=0.01)


def test_each_row_of_the_balance_balances():
    for row in check(with_mill()).balance:
        assert row.output + row.imports == pytest.approx(row.exports + row.use + row.feed)


def test_what_the_fit_leaves_over_is_reported():
    report = check(small_scenario({"trade.plant.home": "50 ct/day"}))
    cell = next(cell for cell in report.trade if cell.seller == "plant")
    assert cell.table == pytest.approx(50 * 365.25)
    assert cell.fitted > cell.table
    assert any(
        warning.startswith("plant -> home: the trade table gives 18.2625 kct/yr")
        for warning in report.warnings
    )


def test_contracts_are_set_against_capacity_with_the_feed_of_processors():
    rows = {row.source: row for row in check(with_mill()).capacities}
    mesh = rows["mine.mesh"]
    assert (mesh.contracts, mesh.capacity) == pytest.approx((100 * 365.25, 120 * 365.25))
    assert rows["mill.micron"].contracts == pytest.approx(10 * 365.25)


def test_a_lane_is_reported_with_its_rules():
    ban = {"covers": {"from": "away", "grades": ["mesh"]}, "licensing": {"military": {"long_run_rate": "5%"}}}
    lanes = check(
        small_scenario({"controls.ban": ban, "inventory_policy.any.lead": "tri(6 9 12) days"})
    ).lanes
    by_name = {f"{lane.source} -> {lane.node}": lane for lane in lanes}
    arms = by_name["mine.mesh -> home.arms.mesh"]
    assert arms.licensing_rules == ("ban: military",)
    assert (arms.share, arms.lead_days, arms.sourcing_limit) == pytest.approx((0.625, 9.0, 0.9375))
    assert (arms.tier, arms.entrant) == (0, False)
    assert by_name["mine.mesh -> home.grinding.mesh"].licensing_rules == ()


def test_a_lane_without_a_limit_says_so():
    assert {
        lane.sourcing_limit
        for lane in check(small_scenario({"inventory_policy.any.max_share_factor": "none"})).lanes
    } == {None}


def test_numbers_are_counted_by_what_is_said_of_them():
    text = FREE_TRADE_2026.replace(
        "cover: 60 days, lead: 14 days", "cover: tri(30 60 90) days, lead: 14 days, assumed: why"
    )
    text = text.replace("cn: {region: CN,", "cn: {source: {capacity: there}, region: CN,")
    counts = {count.basis: (count.numbers, count.uncertain) for count in check(read_scenario(text)).numbers}
    assert counts["assumed"] == (2, 1)
    assert counts["sourced"] == (1, 0)
    # Shares of the use (1), demand (5), other capacities (5), trade (5 + 4 + 1 + 2 + 5 + 2).
    assert counts["none"] == (30, 0)


def test_numbers_changed_by_their_paths_are_counted_where_they_now_stand():
    made = read_scenario(FREE_TRADE_2026.replace("cn: {region", "cn: {assumed: why, region"))
    made = made.override({"producers.cn.capacity.grit": "20000 Mct/yr", "demand.US.all": "340 Mct/yr"})
    made = made.override({"demand.US.assumed.all": "a guess"})
    counts = {count.basis: (count.numbers, count.changed) for count in check(made).numbers}
    assert counts == {"sourced": (0, 0), "assumed": (1, 1), "none": (32, 1)}


def test_a_legal_state_older_than_the_controls_is_warned_of():
    report = check(load_scenario("reinstated-2027").override({"controls.cn_55.front_loading": "2"}))
    by = "override controls.cn_55.front_loading"
    told = f"written for reinstated-2027; the controls were changed since by {by}"
    assert report.legal_state_outdated == told
    assert report.warnings[0] == f"legal_state was {told}; state it again"


def test_a_report_is_ready_for_json():
    changes = {
        "facilities.fab": FAB,
        "reserves.vault": STOCKPILE,
        "inventory_policy.any.max_share_factor": "none",
        "as_of": "2026-11-21",
    }
    report = check(small_scenario(changes)).as_dict()
    assert json.loads(json.dumps(report, allow_nan=False)) == json.loads(json.dumps(report))
    assert report["as_of"] == "2026-11-21"


@pytest.mark.parametrize(
    "changes, warning",
    [
        (
            {"producers.idle": {"region": "home", "capacity": {"mesh": "5 ct/day"}}},
            "idle.mesh has no contract",
        ),
        ({"controls.ban": {"covers": {"from": "home", "grades": ["mesh"]}}}, "ban covers no lane"),
        (
            {
                "controls.ban": {
                    "covers": {"from": "away", "grades": ["mesh"]},
                    "diversion": {"share": "20%", "delay": "9 days", "via": "polishing", "reading": "inside"},
                }
            },
            "ban: nobody in 'diversion.via' buys what it covers, so nothing is diverted",
        ),
        (
            {"controls.ban": {"covers": {"from": "away", "grades": ["mesh"]}, "timeline": ANNOUNCED}},
            "controls.ban is announced, and nothing ever brings it into force",
        ),
        ({"facilities.fab": {**FAB, "contract_shares": {}}}, "fab sells to nobody"),
        (
            {"buyers.firm": {"aggregate": "home.grinding", "share": "25%", "qualify": {"plant": SECOND}}},
            "buyers.firm.qualify.plant: it sells to home.grinding already; without 'suppliers'",
        ),
        (
            {
                "buyers.firm": {"aggregate": "home.polishing", "share": "25%"},
                "controls.ban": {"covers": {"from": "away", "grades": ["mesh"]}},
            },
            "buyers.firm: no control covers micron, which it buys, so no control can make it short",
        ),
    ],
)
def test_what_deserves_a_second_look_is_said(changes, warning):
    found = check(small_scenario(changes)).warnings
    assert len(found) == 1
    assert found[0].startswith(warning)


@pytest.mark.parametrize(
    "follows",
    [
        {"timeline": {**ANNOUNCED, "2026-04-06": {"licensing": "5%", "unchanged": "95%"}}},
        {"timeline": ANNOUNCED, "transitions": {"announced": "banned"}, "sojourn": {"announced": "30 days"}},
        {"timeline": ANNOUNCED, "hazards": {"announced": {"licensing": "0.1/yr"}}},
    ],
)
def test_a_control_that_may_come_into_force_after_its_announcement_is_no_surprise(follows):
    changes = {"controls.ban": {"covers": {"from": "away", "grades": ["mesh"]}, **follows}}
    assert check(small_scenario(changes)).warnings == ()


def test_a_second_source_beside_suppliers_that_are_named_is_no_surprise():
    firm = {
        "aggregate": "home.grinding",
        "share": "25%",
        "suppliers": {"mine": {"share": "100%"}},
        "qualify": {"plant": SECOND},
    }
    assert not [w for w in check(small_scenario({"buyers.firm": firm})).warnings if "qualify" in w]


def test_the_public_check_is_this_one():
    assert diamondsim.check(load_scenario("calm")).title.startswith("Calm")
