#!/usr/bin/env bash
# flodym: where the years of a stock are unevenly spaced, more flows out of it than ever flowed in.
#
# Expected. The page "Stocks" of flodym allows years that are "non-contiguous and even unevenly spaced", with flows
#   that are annual: an inflow of 1 in a step of five years adds 5 to the stock. In each step, stock change = (inflow
#   - outflow) x length of the step. That is how flodym's own SimpleFlowDrivenStock adds up flows.
# What happens. The stock of InflowDrivenDSM is right, its outflow is not: the annual inflow of a cohort is multiplied
#   by the share of the cohort that leaves in a step, without the length of the step in which the cohort came in and
#   the length of the step in which it leaves. With steps of equal length the two cancel; with others they do not. With
#   an inflow of 100 a year and a mean lifetime of 10 years, up to 273 a year leave where 94 are due, and a
#   SimpleFlowDrivenStock of these flows ends at -1,691 instead of 993. StockDrivenDSM finds the right inflow, and
#   the same wrong outflow; the cohorts of its stock miss the length of their step too, so that with equal steps of
#   five years they add up to a fifth of the stock. There is no message.
# Version: flodym 1.1.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. A material flow analysis of tools or wafers with yearly data and a coarse outlook (2025 to
#   2030 yearly, then every five years) takes the scrap that can be recycled from this outflow. Here recycling would
#   exceed what was ever sold, and seem to make up for a ban on exports. Compute every year, and pick years afterwards.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    flodym==1.1.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from flodym import (
    Dimension,
    DimensionSet,
    InflowDrivenDSM,
    NormalLifetime,
    SimpleFlowDrivenStock,
    StockDrivenDSM,
)

print("flodym", version("flodym"), "numpy", np.__version__)


def missing(name, years):
    """Compute a stock from an inflow of 100 a year; return what its steps lack."""
    middles = (np.array(years[:-1]) + np.array(years[1:])) / 2  # bounds as the page gives them
    length = np.diff([2 * middles[0] - middles[1], *middles, 2 * middles[-1] - middles[-2]])
    dims = DimensionSet(dim_list=[Dimension(letter="t", name="Time", dtype=int, items=years)])
    life = NormalLifetime(dims=dims, mean=10.0, std=3.0)
    stock = InflowDrivenDSM(dims=dims, name="tools", lifetime_model=life)
    stock.inflow.values[...] = 100.0
    stock.compute()
    change = np.diff(stock.stock.values, prepend=0.0)
    due = 100.0 - change / length  # the outflow that the change of the stock leaves
    balance = (100.0 - stock.outflow.values) * length - change

    added = SimpleFlowDrivenStock(dims=dims, name="added", inflow=stock.inflow, outflow=stock.outflow)
    added.compute()
    reverse = StockDrivenDSM(dims=dims, name="reverse", lifetime_model=life, stock=stock.stock)
    reverse.compute()
    assert np.allclose(reverse.inflow.values, 100.0)
    assert np.allclose(reverse.outflow.values, stock.outflow.values)
    cohorts = reverse.get_stock_by_cohort().sum(axis=1)

    print(f"{name}, steps of {length} years; to the nearest whole number:")
    for label, values in (
        ("stock", stock.stock.values), ("outflow a year", stock.outflow.values), ("due", due),
        ("stock, flows added up", added.stock.values), ("stock, cohorts added up", cohorts),
    ):
        print(f"  {label:24}", *(f"{value:6.0f}" for value in values))
    return np.abs(balance).max(), cohorts[-1] / stock.stock.values[-1], stock.outflow.values.max(), due.max()


yearly, share, *_ = missing("every year", list(range(2000, 2010)))
assert yearly < 1e-9 and abs(share - 1) < 1e-9
five, share, *_ = missing("every five years", list(range(2000, 2050, 5)))
assert five < 1e-9 and abs(share - 1 / 5) < 1e-9
mixed, share, outflow, due = missing("mixed", [*range(2000, 2006), 2010, 2015, 2020, 2030])
assert mixed > 900 and outflow > 270 and due < 103 and share < 0.2
PY
echo "as described: with uneven years up to 273 a year flow out where 100 flow in"
