"""What a comparison says of money, and of the uses that a scenario serves worse."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.reporting import comparison_renderable, comparison_sentences, json_comparison, plain_console
from diamondsim.reporting.harmed_uses import unmet_difference
from diamondsim.reporting.page_layout import page_of
from diamondsim.results import ratio
from tests.simulation.costly import COSTS, RESERVE, STOCK
from tests.simulation.small import short_ban

AT = {"region": "home", "use": "u"}


@pytest.fixture(scope="module")
def found() -> xr.DataTree:
    usual = short_ban(**COSTS)
    scenarios = {"stock": usual.override(STOCK), "usual": usual, "reserve": usual.override(RESERVE)}
    return ds.compare(scenarios, replications=200, seed=4, workers=1)


def lines(found: xr.DataTree, columns: int) -> list[str]:
    with page_of(columns):
        console = plain_console()
        with console.capture() as captured:
            console.print(comparison_renderable(found), width=columns)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_the_table_has_each_cost_of_each_scenario_beside_that_of_the_reference(found):
    text = lines(found, 110)
    begin = next(k for k, line in enumerate(text) if line.startswith("Loss and cost  "))
    block = text[begin + 1 : text.index("", begin)]
    items = [" Economic loss", " Holding stock", " Holding reserves", " Loss and costs"]
    assert [line.split("  ")[0] for line in block] == [
        *("stock", *items),
        *("usual", *items),
        *("reserve", *items),
    ]
    value, low, high = found["money_difference"].sel(scenario="reserve", item="total").values / 1e3
    assert "kUSD" in text[begin - 1]
    assert block[-1].endswith(f"{value:+.2f} [{low:+.2f}, {high:+.2f}]")
    assert block[4].endswith("-")


def test_the_table_of_costs_fits_eighty_columns(found):
    text = lines(found, 80)
    assert any(line.startswith(" Loss and costs") for line in text)
    assert max(map(len, text)) <= 80


def test_the_document_has_the_costs_in_dollars(found):
    document = json.loads(json.dumps(json_comparison(found), allow_nan=False))
    total = document["costs"]["reserve"]["total"]
    assert total["value"]["estimate"] == found["money"].sel(scenario="reserve", item="total").values[0]
    assert document["costs"]["usual"]["delivery_cost"]["difference"]["estimate"] is None


def test_a_use_that_is_clearly_worse_is_named_with_what_it_loses(found):
    run, reference = (found[name].to_dataset().sel(AT) for name in ("usual", "stock"))
    unmet = unmet_difference(run, reference)
    (worse,) = (text for text in comparison_sentences(found) if text.startswith("Worse with usual"))
    assert (
        f"unmet demand {100 * unmet.value:+.1f} [{100 * unmet.low:+.1f}, {100 * unmet.high:+.1f}] points"
        in worse
    )
    assert "chance of shortage +" in worse
    assert "loss +" in worse


def test_a_use_that_is_better_or_unchanged_is_not_named():
    usual = short_ban(**COSTS)
    found = ds.compare(
        {"usual": usual, "stock": usual.override(STOCK), "same": usual}, replications=200, seed=4, workers=1
    )
    assert not any(text.startswith("Worse") for text in comparison_sentences(found))


def test_the_difference_of_unmet_shares_is_that_of_ratios_whatever_the_demand():
    rng = np.random.default_rng(3)
    needed = rng.uniform(50, 150, 400)
    runs = []
    for factor, share in ((2.0, 0.2), (1.0, 0.1)):
        short = factor * needed * rng.uniform(0, 2 * share, 400)
        variables = {"shortage": ("replication", short), "demand": ("replication", factor * needed)}
        runs.append(xr.Dataset(variables, {"replication": np.arange(400)}, {"sampling": "random"}))
    found = unmet_difference(*runs)
    wanted = [ratio(run["shortage"].values, run["demand"].values).value for run in runs]
    assert found.value == pytest.approx(wanted[0] - wanted[1])
    # The shares are independent uniforms on 0-0.4 and 0-0.2, weighted by demand.
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.hypot(0.4, 0.2) / np.sqrt(12 * 400), rel=0.1)
