"""What a comparison says of need: short, or given up because of the price."""

from __future__ import annotations

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.analysis.unmet_needs import need_variables
from diamondsim.html_report.comparison_page import comparison_page
from diamondsim.reporting import comparison_renderable, json_comparison, page_of
from diamondsim.reporting.compared_needs import compared_need_rows
from diamondsim.reporting.compared_use_texts import points_text, share_text
from diamondsim.results import mean
from tests.reporting.printed_answers import lines_of_renderable, unfit
from tests.simulation.small import short_ban

BOUNDS = ("estimate", "low", "high")
PLACE = {"region": "home", "use": "u"}


@pytest.fixture(scope="module")
def found() -> xr.DataTree:
    """Return two scenarios without prices, of which the second is given demand that is given up."""
    stock = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}
    usual = short_ban()
    made = ds.compare({"usual": usual, "priced": usual.override(stock)}, replications=50, seed=4, workers=1)
    node = made.children["priced"]
    run = node.to_dataset(inherit=False)
    given_up = 0.25 * run["demand"]
    need = (run["shortage"] + given_up) / run["demand"]
    node.dataset = run.assign(given_up=given_up, unmet_need=need)
    runs = {name: each.to_dataset() for name, each in made.children.items()}
    return made.assign(need_variables(runs))


def test_need_is_shown_beside_that_of_a_scenario_without_prices(found):
    usual, priced = compared_need_rows(found)
    short, demand = (found["usual"][name].sel(PLACE).values for name in ("shortage", "demand"))
    need = found["priced"]["unmet_need"].sel(PLACE).values
    assert (usual.given_up, usual.less) == ("-", "-")
    assert usual.need == share_text(mean(short / demand).within(0.0, 1.0))
    assert priced.given_up == "25 %"
    assert priced.need == share_text(mean(need).within(0.0, 1.0))
    assert priced.less == points_text(mean(need - short / demand))


def test_need_is_in_the_tree_and_in_the_document(found):
    (use,) = (each for each in json_comparison(found)["uses"] if each["region"] == "home")
    here = found.to_dataset().sel(PLACE)
    assert [*use["need"]] == ["usual", "priced"]
    for name, of_scenario in use["need"].items():
        for key, variable in (("value", "unmet_need"), ("difference", "unmet_need_difference")):
            limits = {bound: here[variable].sel(scenario=name, bound=bound).item() for bound in BOUNDS}
            assert of_scenario[key] == limits


def test_the_page_of_a_comparison_has_the_table_of_need(found):
    needs = comparison_page(found)["needs"]
    wanted = [
        (row.scenario, row.short, row.given_up, row.need, row.less) for row in compared_need_rows(found)
    ]
    assert [row.cells[1:] for row in needs.rows] == wanted


@pytest.mark.parametrize("columns", [110, 80])
def test_the_table_of_need_fits_the_page(found, columns):
    with page_of(columns):
        lines = lines_of_renderable(comparison_renderable(found), columns)
    assert any(line.startswith("Need: ") for line in lines)
    assert unfit(lines, columns) == []


def test_without_prices_there_is_no_need_to_show():
    usual = short_ban()
    found = ds.compare({"usual": usual, "same": usual}, replications=4, seed=4, workers=1)
    assert [*compared_need_rows(found)] == []
    assert "unmet_need" not in found
    assert all(use["need"] == {} for use in json_comparison(found)["uses"])
    assert comparison_page(found)["needs"] is None
