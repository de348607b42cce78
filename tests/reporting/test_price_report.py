"""What is said of prices and cost, against the numbers it is made from."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from diamondsim.plan.check import check
from diamondsim.reporting import Report, build_report, json_report, page_of, renderable, text_report
from diamondsim.reporting.price_report import PriceReport, Spread
from diamondsim.reporting.price_sentences import price_sentences
from diamondsim.reporting.report_sentences import sentences
from diamondsim.results import Estimate
from diamondsim.scenario import load_scenario
from diamondsim.simulation import monte_carlo
from tests.reporting.builders import UNKNOWN, exact
from tests.reporting.printed_answers import lines_of_renderable, unfit

N = 24
RESERVE = {
    "region": "US",
    "grade": "mesh",
    "opening": "40 Mct",
    "release": "5 Mct/month",
    "serves": ["machining"],
    "holding_cost": "0.01 USD/ct/yr",
}


@pytest.fixture(scope="module")
def scenario():
    changes = {"horizon.length": "170 weeks", "reserves.us": {**RESERVE, "interest": "5 %/yr"}}
    return load_scenario("price-war").override(changes)


@pytest.fixture(scope="module")
def dataset(scenario):
    return monte_carlo(scenario, replications=N, seed=1)


@pytest.fixture(scope="module")
def report(scenario, dataset) -> Report:
    return build_report(scenario, dataset, check=check(scenario))


@pytest.fixture(scope="module")
def found(report) -> PriceReport:
    assert report.prices is not None
    return report.prices


def test_tables_fit_a_narrow_terminal_and_break_no_figure(report):
    with page_of(80):
        lines = lines_of_renderable(renderable(report), 80)
    assert unfit(lines, 80) == []
    assert {"Grade,", "Reserve,"} < {line.split()[0] for line in lines if line}


def sentences_of(report: Report) -> str:
    return " ".join(price_sentences(report))


def with_prices(report: Report, **changes) -> Report:
    assert report.prices is not None
    return replace(report, prices=replace(report.prices, **changes))


def test_a_spread_is_of_what_is_known():
    spread = Spread.of(np.array([*range(1, 11), math.nan]))
    assert (spread.median.value, spread.low, spread.high, spread.median.n) == (5.0, 1.0, 9.0, 10)
    nothing = Spread.of(np.array([math.nan]))
    assert nothing.median.n == 0
    assert math.isnan(nothing.low)


def test_each_price_has_a_row_and_that_of_the_other_regions_comes_first(dataset, found):
    places = [(row.grade, row.zone) for row in found.prices]
    assert places == [
        (g, z)
        for z in ("us", "japan", "korea", "allies", "rest", "china")
        for g in ("micron", "mesh", "coarse")
    ]
    row = found.prices[1]
    here = dataset.sel(grade="mesh", zone="us")
    lowest = np.sort(here["lowest_price"].values)
    assert row.lowest.median.value == lowest[math.ceil(0.5 * N) - 1]
    assert (row.lowest.low, row.lowest.high) == (lowest[2], lowest[21])
    assert row.start.median.value == np.sort(here["start_price"].values)[11]
    tick = np.sort(here["lowest_price_tick"].values[lowest[0] <= here["lowest_price"].values])[11]
    assert row.lowest_at is not None
    assert row.lowest_at.median == dataset["time"].values[int(tick)].astype("datetime64[D]").item()


def test_a_price_that_hardly_moves_has_no_month(report, found):
    still = replace(found.prices[0], peak=Spread(Estimate(1.01, 1.0, 1.02, N), 1.0, 1.2))
    moving = replace(still, peak=Spread(Estimate(2.5, 2.0, 3.0, N), 1.5, 4.0), peak_at=still.lowest_at)
    lines = text_report(with_prices(report, prices=(still, moving))).splitlines()
    rows = [line for line in lines if line.startswith("micron, us, ct")]
    assert "1.01 (1.00 to 1.20)  - " in rows[0]
    assert still.lowest_at is not None
    assert f"2.50 (1.50 to 4.00)  {still.lowest_at.median:%Y-%m}" in rows[1]


def test_the_bill_of_a_region_is_that_of_all_its_uses(dataset, found):
    us = dataset.sel(region="US")
    extra = us["extra_cost"].sum("use").values
    at_start = (us["purchase_cost"] - us["extra_cost"]).sum("use").values
    (bill,) = (row for row in found.bills if row.region_name == "United States")
    assert bill.extra.median.value == pytest.approx(np.sort(extra)[11])
    assert bill.extra_share.median.value == pytest.approx(np.sort(extra / at_start)[11])
    assert bill.extra.median.value < 0


def test_what_a_region_gives_up_is_a_share_of_what_it_would_want_in_carats(dataset, found):
    carats = dataset.sel(region="US", use=dataset["unit"] == "ct")
    wanted = (carats["demand"] / (1 - carats["forgone"])).sum("use")
    share = np.sort((1 - carats["demand"].sum("use") / wanted).values)
    (bill,) = (row for row in found.bills if row.region_name == "United States")
    assert bill.given_up.median.value == pytest.approx(share[11], rel=1e-9)
    assert share[11] < -0.001


def test_cheap_diamond_is_said_to_be_bought_more(report):
    assert "(no shortage, but a need; below 0: more is bought because it is cheap)" in sentences_of(report)


def test_the_plant_stands_beside_what_it_would_sell_for(dataset, report, found):
    (plant,) = found.plants
    covers = dataset["covers_cost"].sel(facility="georgia").values
    known = covers[~np.isnan(covers)]
    assert len(known) > 10
    assert plant.covers_cost.n == len(known)
    assert plant.covers_cost.value == pytest.approx(known.mean())
    assert set(plant.landed) == {"china", "rest", "allies", "korea", "japan"}
    cost = np.sort(dataset["unit_cost"].sel(facility="georgia").values)[11]
    assert f"Facility georgia: unit cost {cost:.3g} USD/ct (" in sentences_of(report)


@pytest.mark.parametrize(
    "covers, verdict",
    [
        (Estimate(0.8, 0.6, 1.0, N), "At these prices it covers its cost more often than not."),
        (Estimate(0.2, 0.1, 0.3, N), "At these prices it does not cover its cost most of the time."),
        (Estimate(0.5, 0.4, 0.6, N), "Whether it covers its cost more often than not is uncertain."),
        (
            Estimate(0.9, math.nan, math.nan, 1),
            "Whether it covers its cost more often than not is uncertain.",
        ),
    ],
)
def test_the_verdict_waits_for_the_interval(report, found, covers, verdict):
    (plant,) = found.plants
    assert verdict in sentences_of(with_prices(report, plants=(replace(plant, covers_cost=covers),)))


def test_of_a_plant_that_makes_nothing_only_the_cost_is_told(report, found):
    (plant,) = found.plants
    text = sentences_of(with_prices(report, plants=(replace(plant, covers_cost=UNKNOWN),)))
    assert "capital included; by the end of the horizon it makes nothing that has a price." in text
    assert "covers" not in text


def test_an_interval_of_replications_that_agree_is_not_told(report, found):
    (plant,) = found.plants
    always = replace(plant, covers_cash_cost=exact(1.0, N))
    text = sentences_of(with_prices(report, plants=(always,)))
    assert "the cost without capital in 100 %; goods from elsewhere" in text


def test_a_reserve_has_its_cost(dataset, report, found):
    cost = np.sort(dataset["reserve_cost"].sel(reserve="us").values)
    (row,) = found.reserves
    assert row.cost.median.value == cost[11] > 1e6
    assert "Holding reserve us costs " in sentences_of(report)


def test_the_uses_with_most_at_stake_come_first(scenario, dataset, report):
    mean, worst = dataset["economic_loss_mean"].copy(), dataset["economic_loss_cvar"].copy()
    mean.loc[{"region": "US"}] = 0.0
    mean.loc[{"region": "US", "use": "polishing"}] = [2e6, 1.5e6, 2.5e6]
    mean.loc[{"region": "JP", "use": "machining"}] = [3e6, -1e6, 7e6]
    worst.loc[{"region": "JP", "use": "machining"}] = 4.5e7
    lossy = dataset.assign(economic_loss_mean=mean, economic_loss_cvar=worst)
    made = build_report(scenario, lossy, check=report.check)
    assert made.prices is not None
    assert [(row.region, row.use) for row in made.prices.at_stake] == [
        ("JP", "machining"),
        ("US", "polishing"),
    ]
    assert (
        "machining and chip tools in Japan 3 [0, 7] and 45 MUSD; polishing in the United States 2 ["
        in sentences_of(made)
    )


def test_what_is_assumed_is_counted_by_what_it_is_about(scenario, report, found):
    basis = {row.what: row for row in found.basis}
    start = [n for n in scenario.numbers if n.path.startswith("prices.start.")]
    assert basis["prices at the start"].numbers == len(start) == 18
    assert basis["prices at the start"].assumed == sum(bool(n.assumed) for n in start) == 18
    assert basis["cost of facilities"].numbers == 5
    assert basis["holding reserves"].numbers == 2
    assert sum(row.numbers for row in found.basis) < len(scenario.numbers) / 2
    assert "that are merely assumed: " in sentences_of(report)
    assert "5 of 5 on value to the uses" in sentences_of(report)
    assert "without source or assumption: 2 of 2 on holding reserves." in sentences_of(report)


def test_sums_of_money_share_their_unit(report, found):
    bill = replace(found.bills[0], extra=Spread(Estimate(2.5e6, 0, 0, N), -4e5, 1.2e8))
    assert f"{bill.region_name} 2.5 MUSD (-0.4 to 120)," in sentences_of(with_prices(report, bills=(bill,)))


def test_a_report_without_prices_says_that_nothing_responds_to_one(report):
    def says_so(report: Report) -> bool:
        return any(text.startswith("No prices: ") for text in sentences(report))

    assert not says_so(report)
    assert says_so(with_prices(report, prices=()))  # a reserve with a cost, and no market
    assert says_so(replace(report, prices=None))


def test_the_block_stands_between_the_uses_and_the_sentences(report):
    text = text_report(report)
    block = text.index("\nPrices and cost\n")
    assert text.index("Rarely short") < block < text.index("The intervals cover only the sampling of")
    assert max(map(len, text.splitlines())) <= 110


def test_a_narrow_terminal_loses_no_figure_of_a_price(report, found):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    with console.capture() as captured:
        console.print(renderable(report))
    assert "…" not in captured.get()
    assert f"{found.prices[0].lowest.median.value:.2f}" in captured.get()


def test_the_document_holds_prices_that_json_can_say(report, found):
    document = json_report(report)["prices"]
    assert document["prices"][0]["lowest"]["median"]["value"] == found.prices[0].lowest.median.value
    assert document["plants"][0]["landed"]["china"]["median"]["n"] > 0
    assert document["sentences"] == list(price_sentences(report))

    def walk(value):
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        else:
            assert value is None or isinstance(value, str | int | float)
            assert not isinstance(value, float) or math.isfinite(value)

    walk(document)


def of_calm(**changes: object) -> Report:
    calm = load_scenario("calm").override({"horizon.length": "8 weeks", **changes})
    return build_report(calm, monte_carlo(calm, replications=3), check=check(calm))


def test_without_prices_and_costs_there_is_no_block():
    report = of_calm()
    assert report.prices is None
    assert "\nCost\n" not in text_report(report)
    assert "Prices" not in text_report(report)
    assert "prices" not in json_report(report)


def test_a_reserve_costs_something_without_prices_too():
    report = of_calm(**{"reserves.us": RESERVE})
    text = text_report(report)
    assert "\nCost\nHolding reserve us costs " in text
    assert "Prices" not in text
    days = 56
    cost = float(report.prices.reserves[0].cost.median.value) if report.prices else math.nan
    assert cost == pytest.approx(40e6 * 0.01 / 365.25 * days, rel=1e-3)
