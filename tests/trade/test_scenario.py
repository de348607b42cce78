"""From a file to a scenario that runs: its flows at the start are those of the file."""

import numpy as np
import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan.check import check
from diamondsim.plan.compile import derive
from diamondsim.scenario import load_scenario, read_scenario
from diamondsim.simulation import monte_carlo
from diamondsim.trade import read_trade
from diamondsim.trade.areas import area_of
from diamondsim.trade.mappings import region_map
from tests.trade.made import FILES, plain

POWDER = ("micron", "mesh", "coarse")


def weekly(scenario, origin: str, destination: str) -> float:
    """Return the carats of powder under contract from one region to another in a week."""
    derived = derive(scenario)
    plan, flow = derived.plan, derived.contracts.flow * 7
    sellers = [s for s, row in enumerate(plan.sources) if row.region == origin and row.grade in POWDER]
    buyers = [n for n, row in enumerate(plan.nodes) if row.region == destination and row.grade in POWDER]
    return float(flow[np.ix_(sellers, buyers)].sum())


@pytest.fixture(scope="module")
def customs():
    return read_trade(FILES / "comtrade_new.csv")


@pytest.fixture(scope="module")
def made(customs):
    return read_scenario(customs.attrs["overlay"])


@pytest.mark.parametrize(
    "origin, destination, ct",
    [("CN", "US", 183e6), ("CN", "JP", 150e6), ("CN", "KR", 200e6), ("KR", "US", 19e6), ("OA", "US", 14e6)],
)
def test_weekly_flows_at_the_start_are_those_of_the_file(made, origin, destination, ct):
    assert weekly(made, origin, destination) == pytest.approx(ct * 7 / 365.25, rel=1e-4)


def test_flows_of_which_the_file_says_nothing_stay(made):
    base = load_scenario("baseline-2026")
    for pair in (("CN", "RW"), ("US", "JP"), ("JP", "JP"), ("OA", "OA")):
        assert weekly(made, *pair) == pytest.approx(weekly(base, *pair), rel=2e-3)


def test_check_finds_each_number_of_the_overlay_sourced_or_assumed(made):
    report = check(made)
    assert {row.basis: row.numbers for row in report.numbers}["none"] == 0
    assert report.warnings == check(load_scenario("baseline-2026")).warnings


def test_the_scenario_runs_and_nobody_is_short_of_what_the_file_gives(made):
    dataset = monte_carlo(made, replications=8, seed=0, workers=1)
    assert dataset.sizes["replication"] == 8 if "replication" in dataset.sizes else True
    assert dataset.attrs["replications"] == 8


def test_what_the_base_says_already_changes_nothing(tmp_path):
    file = plain(tmp_path, "2024,CHN,USA,157,Mct", "2024,CHN,JPN,150,Mct")
    data = read_trade(file)
    assert float(abs(data["flow"] - data["base_flow"]).max()) == 0
    assert float(abs(data["demand"] - data["base_demand"]).max()) < 1e3


def test_a_region_keeps_its_shares_of_uses(made, customs):
    base = load_scenario("baseline-2026")
    factor = float(customs["demand"].sel(destination="US") / customs["base_demand"].sel(destination="US"))
    for use in ("polishing", "machining", "construction"):
        old, new = (s.demand["US"][use].flow.central() for s in (base, made))
        assert new == pytest.approx(old * factor, rel=1e-6)
    plates = (s.demand["US"]["thermal_plates"].flow for s in (base, made))
    assert len(set(map(str, plates))) == 1


def test_codes_with_their_own_grades_change_the_mix(tmp_path):
    rows = ("2024,CN,US,100,Mct,7105100030", "2024,CN,US,100,Mct,7105100015")
    file = plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,code")
    grades = {"7105.10.00.30": {"micron": "100%"}, "7105.10.00.15": {"mesh": "50%", "coarse": "50%"}}
    mixed = read_scenario(read_trade(file, grades=grades).attrs["overlay"])
    plain_mix = read_scenario(read_trade(file).attrs["overlay"])

    def micron(scenario) -> float:
        total = part = 0.0
        for use, demand in scenario.demand["US"].items():
            shares = demand.grades or scenario.uses[use].grades
            if set(shares) <= set(POWDER):
                total += demand.flow.central()
                part += demand.flow.central() * shares.get("micron", 0.0)
        return part / total

    assert micron(mixed) > micron(plain_mix) + 0.08
    check(mixed)


def test_other_regions_and_grades_can_be_stated_in_files(tmp_path):
    file = plain(tmp_path, "2024,CN,GB,5,Mct", "2024,CN,DE,7,Mct")
    regions = tmp_path / "regions.yaml"
    regions.write_text("CN: [CHN]\nOA: [GBR, DEU]\nRW: rest\n", encoding="utf-8")
    data = read_trade(file, regions=regions)
    assert float(data["reported"].sel(origin="CN", destination="OA")) == 12e6


def test_hong_kong_is_placed_by_a_mapping_where_there_is_one(tmp_path):
    file = plain(tmp_path, "2024,HKG,US,5,Mct")
    with pytest.raises(ScenarioError, match="a mapping of regions says itself where Hong Kong belongs"):
        read_trade(file, regions={"CN": ["CHN"], "RW": "rest"}, hong_kong="apart")


@pytest.mark.parametrize(
    "names, regions",
    [
        # As shipped: the members of the European Union are among the other allies.
        ({}, {"CHN": "CN", "HKG": "CN", "DEU": "OA", "EU": "OA", "TWN": "OA", "IND": "RW", "GBR": "RW"}),
        # A region with the name of a country is that country, and leaves the region that had it.
        ({"DE": "Germany", "IN": "India"}, {"DEU": "DE", "FRA": "OA", "EU": None, "IND": "IN", "BRA": "RW"}),
        ({"EU": "European Union"}, {"DEU": "EU", "EU": "EU", "TWN": "OA"}),
    ],
)
def test_regions_find_their_countries(names, regions):
    scenario = load_scenario("baseline-2026")
    scenario = scenario.override({f"regions.{region}.name": name for region, name in names.items()}, name="x")
    found = region_map(None, scenario, "china")
    for word, region in regions.items():
        area = area_of(word)
        assert area is not None
        assert found.region_of(area) == region


def test_regions_of_which_no_country_is_known_have_to_be_stated():
    scenario = load_scenario("baseline-2026").override({"regions.SA.name": "South America"}, name="x")
    with pytest.raises(ScenarioError, match="which countries belong to SA"):
        region_map(None, scenario, "china")


@pytest.mark.parametrize(
    "regions, message",
    [
        ({"CN": ["CHN"], "EU": ["DEU"]}, "the scenario has no region 'EU'"),
        ({"CN": ["CHN"], "OA": ["Germny"]}, "unknown area 'Germny'; did you mean 'Germany'"),
        ({"CN": ["CHN"], "OA": ["CHN"]}, "China is in CN already"),
        ({"CN": ["CHN"], "OA": ["ASEAN"]}, "ASEAN is a group; name its members"),
    ],
)
def test_a_wrong_mapping_of_regions_is_refused(tmp_path, regions, message):
    with pytest.raises(ScenarioError) as raised:
        read_trade(plain(tmp_path, "2024,CN,US,1,t"), regions=regions)
    assert message in str(raised.value)


def test_shares_of_grades_must_add_up(tmp_path):
    with pytest.raises(ScenarioError, match="add up to 90 %"):
        read_trade(plain(tmp_path, "2024,CN,US,1,t"), grades={"7105.10": {"micron": "90%"}})


def test_output_below_exports_is_refused(tmp_path):
    rows = ("2024,US,,1,Mct,production", "2024,US,JP,50,Mct,trade")
    file = plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,statistic")
    with pytest.raises(ScenarioError, match=r"makers make 1 Mct/yr and sell .* abroad"):
        read_trade(file)
