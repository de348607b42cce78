"""The keys of prices, and those on costs of facilities and reserves."""

import datetime as dt

import pytest

from diamondsim.distributions import Constant, Lognormal, Uniform
from diamondsim.errors import ScenarioError
from diamondsim.scenario import read_scenario
from tests.scenario.small import small

RESERVE = "serves: [shells, grinding]}"
PRICES = """\
prices:
  zones: {china: CN}
  start:
    mesh: {china: 0.05 USD/ct, outside: lognormal(median 0.165 USD/ct sigma 0.2)}
    source: "a survey"
  adjustment_time: 26 weeks
  demand: {grinding: 0.1, any: uniform(0.2 0.4)}
  supply: {any: {elasticity: 0.3}, cn: {time: 1 yr, cost: {2027-06-01: 80%}}}
  surcharges:
    tariff: {from: CN, to: US, rate: {2027-01-01: 25%, always: -3%}}
    freight: {from: [cn, US], to: [US, CN], grades: mesh, rate: uniform(2% 4%)}
"""
COST = (
    "    cost: {capital: 600 MUSD, life: 15 yr, power: 0.2 kWh/ct, power_price: 70 USD/MWh}\n"
    "    floor_price: 0.2 USD/ct\n"
)


def world(*changes):
    text = PRICES + "reference_values:"
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return small(("reference_values:", text))


def with_costs(*changes):
    return small(
        ("reference_values:", PRICES + "reference_values:"),
        ("    contract_shares: {US.any: 60%}\n", "    contract_shares: {US.any: 60%}\n" + COST),
        (RESERVE, f"holding_cost: 365.25 USD/ct/yr, interest: 5 %/yr, {RESERVE}"),
        *changes,
    )


def test_a_scenario_without_prices_has_none():
    assert small().prices is None


def test_prices_are_read_into_canonical_units():
    prices = world().prices
    assert prices is not None
    assert prices.start["mesh"] == {"china": Constant(0.05), "outside": Lognormal(0.165, 0.2)}
    assert prices.adjustment_time == Constant(182.0)
    assert prices.arbitrage_time is None
    assert (prices.limits.lowest, prices.limits.highest) == (Constant(0.1), Constant(20.0))
    assert prices.supply["cn"].cost == {dt.date(2027, 6, 1): Constant(0.8)}
    assert prices.supply["cn"].elasticity is None


def test_a_rate_alone_has_always_been_so():
    prices = world().prices
    assert prices is not None
    assert prices.surcharges["tariff"].rate == {
        "always": Constant(-0.03),
        dt.date(2027, 1, 1): Constant(0.25),
    }
    assert prices.surcharges["freight"].rate == {"always": Uniform(0.02, 0.04)}
    named = {number.path for number in world().numbers}
    assert "prices.surcharges.freight.rate.always" in named
    assert "prices.surcharges.tariff.rate.2027-01-01" in named


def test_the_other_regions_are_a_zone_if_there_are_any():
    prices = world().prices
    assert prices is not None
    assert prices.zones_of(["US", "CN", "JP"]) == {"china": ("CN",), "outside": ("US", "JP")}
    assert prices.zones_of(["CN"]) == {"china": ("CN",)}


def test_costs_are_read_into_dollars_kilowatt_hours_and_days():
    scenario = with_costs()
    cost = scenario.facilities["plant"].cost
    assert cost is not None
    assert (cost.capital, cost.power, cost.other) == (Constant(6e8), Constant(0.2), Constant(0.0))
    assert cost.power_price == Constant(0.07)
    assert scenario.facilities["plant"].floor_price == Constant(0.2)
    reserve = scenario.reserves["us"]
    assert (reserve.holding_cost, reserve.interest) == (Constant(1.0), Constant(0.05))


def test_numbers_of_prices_have_an_origin_like_all_others():
    origins = {number.path: (number.source, number.assumed) for number in world().numbers}
    assert origins["prices.start.mesh.outside"] == ("a survey", None)
    assert origins["prices.demand.grinding"] == (None, None)


def test_prices_are_switched_off_by_deleting_them():
    assert world().override({"prices": None}) == small()


def test_a_rate_is_changed_as_a_whole_or_from_a_date_on():
    scenario = world().override({"prices.surcharges.freight.rate": "10%"})
    assert scenario.prices is not None
    assert scenario.prices.surcharges["freight"].rate == {"always": Constant(0.1)}
    later = scenario.override({"prices.surcharges.freight.rate": {"2027-03-01": "20%"}})
    assert later.prices is not None
    assert later.prices.surcharges["freight"].rate == {
        "always": Constant(0.1),
        dt.date(2027, 3, 1): Constant(0.2),
    }


def test_the_dump_reads_back_as_the_same():
    scenario = with_costs()
    again = read_scenario(scenario.dump())
    assert again == scenario
    assert [n.source for n in again.numbers] == [n.source for n in scenario.numbers]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("zones: {china: CN}", "zones: {china: [CN, US]}", "unknown zone 'outside'; allowed: china"),
        (
            "outside: lognormal(median 0.165 USD/ct sigma 0.2)",
            "outside: mix(50% 0 | 50% 0.2 USD/ct)",
            "prices.start.mesh.outside: a price must be above 0",
        ),
        ("demand: {grinding", "demand: {shell", "unknown use 'shell'; did you mean 'shells'?"),
        ("rate: uniform(2% 4%)", "rate: uniform(-150% 4%)", "can fall below -100%"),
        ("rate: uniform(2% 4%)", "rate: uniform(-100% 4%)", "freight.rate: a rate must be above -100%"),
        ("{from: CN, to: US,", "{from: CN,", "prices.surcharges.tariff: the key 'to' is missing"),
        (
            "  adjustment_time: 26 weeks\n",
            "  limits: {highest: 1}\n  adjustment_time: 26 weeks\n",
            "must be above 1",
        ),
        (
            "  adjustment_time: 26 weeks\n",
            "  limits: {lowest: uniform(0.5 1)}\n  adjustment_time: 26 weeks\n",
            "must be below 1",
        ),
    ],
)
def test_a_wrong_value_is_reported_at_its_place(old, new, message):
    with pytest.raises(ScenarioError) as caught:
        world((old, new))
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 1, told
    assert message in told[0]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("life: 15 yr, ", "", "cost.capital: 'capital' requires 'life', the time that the plant lasts"),
        (
            "power: 0.2 kWh/ct, ",
            "",
            "cost.power_price: 'power_price' requires the key 'power', which is missing",
        ),
        ("power: 0.2 kWh/ct", "power: 0.2 kWh/cm2", "counts cm2, but this grade is counted in ct"),
        (
            "cost: {capital: 600 MUSD, life: 15 yr, power: 0.2 kWh/ct, power_price: 70 USD/MWh}",
            "cost: {interest: 3 %/yr}",
            "facilities.plant.cost: expected 'capital', 'power' or 'other'",
        ),
        (
            "floor_price: 0.2 USD/ct",
            "floor_price: 0.2 USD",
            "expected a price, found '0.2 USD' (an amount of money)",
        ),
    ],
)
def test_a_wrong_cost_is_reported_at_its_place(old, new, message):
    assert COST.count(old) == 1
    with pytest.raises(ScenarioError) as caught:
        with_costs((COST, COST.replace(old, new)))
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 1, told
    assert message in told[0]
