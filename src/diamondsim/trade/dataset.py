"""The trade figures as a labelled Dataset: flows beside the base scenario, and what became of each row."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from diamondsim.trade.balance_demand import NewDemand
from diamondsim.trade.flows import Flows
from diamondsim.trade.goods import GoodsMarket
from diamondsim.trade.sales import Sales
from diamondsim.trade.selection import RE_EXPORTED, USED, Selection, fate_sums

_UNIT = "carat year-1"


def trade_dataset(
    market: GoodsMarket,
    chosen: Selection,
    flows: Flows,
    sales: Sales,
    demand: Mapping[str, NewDemand],
    attrs: Mapping[str, object],
) -> xr.Dataset:
    """Return the Dataset that `read_trade` describes."""
    regions = list(market.regions)
    shape = (len(regions), len(regions))
    tables = {name: np.full(shape, np.nan) for name in ("reported", "exporter_reported", "importer_reported")}
    months = np.full(shape, np.nan)
    for (origin, destination), flow in flows.between.items():
        at = regions.index(origin), regions.index(destination)
        for name, value in (
            ("reported", flow.used),
            ("exporter_reported", flow.exporter),
            ("importer_reported", flow.importer),
        ):
            if value is not None:
                tables[name][at] = value
        months[at] = flow.months
    sold = np.zeros(shape)
    for name, row in sales.ct.items():
        for region, ct in row.items():
            sold[regions.index(market.sellers[name].region), regions.index(region)] += ct
    base = np.array([[market.flow(origin, to) for to in regions] for origin in regions])
    pair = ("origin", "destination")
    used = {region: sum(use.ct for use in market.uses.get(region, ())) for region in regions}
    new = {region: sum(made.ct.values()) for region, made in demand.items()}
    return xr.Dataset(
        {
            **{name: (pair, table, _about(_LONG[name], _UNIT)) for name, table in tables.items()},
            "flow": (pair, sold, _about("sales in the scenario that is made", _UNIT)),
            "base_flow": (pair, base, _about("sales in the base scenario", _UNIT)),
            "months": (pair, months, _about("fewest months that stand for a year", "1")),
            "demand": (
                "destination",
                np.array([new.get(region, used[region]) for region in regions]),
                _about("demand for these goods in the scenario that is made", _UNIT),
            ),
            "base_demand": (
                "destination",
                np.array([used[region] for region in regions]),
                _about("demand for these goods in the base scenario", _UNIT),
            ),
            **_fates(chosen),
            **_rows(chosen),
        },
        coords={"origin": regions, "destination": regions},
        attrs=dict(attrs),
    )


_LONG = {
    "reported": "flow by the figures that are used",
    "exporter_reported": "flow by the exporters' figures",
    "importer_reported": "flow by the importers' figures",
}


def _about(name: str, unit: str) -> dict[str, str]:
    return {"long_name": name, "units": unit}


def _fates(chosen: Selection) -> dict[str, object]:
    sums = fate_sums(chosen)
    order = sorted(sums, key=lambda fate: (fate != USED, -sums[fate][1], fate))
    return {
        "fate": ("fate", np.array(order, dtype=object), {"long_name": "used, or why a row is left out"}),
        "fate_rows": ("fate", np.array([sums[fate][0] for fate in order]), _about("rows", "1")),
        "fate_quantity": ("fate", np.array([sums[fate][1] for fate in order]), _about("quantity", "carat")),
    }


def _rows(chosen: Selection) -> dict[str, object]:
    rows = chosen.rows

    def texts(values: Sequence[str]) -> tuple[str, object]:
        return "row", np.array(values, dtype=object)

    quantity = [np.nan if row.ct is None or row.statistic == "share" else row.ct for row in rows]
    left = [
        chosen.subtracted.get(place, 0.0) if chosen.fate[place] == USED else 0.0 for place in range(len(rows))
    ]
    return {
        "row_file": texts([row.file for row in rows]),
        "row_line": ("row", np.array([row.line for row in rows], dtype=np.int64)),
        "row_statistic": texts([row.statistic for row in rows]),
        "row_reporter": texts([row.reporter.name for row in rows]),
        "row_partner": texts([row.partner.name if row.partner else "" for row in rows]),
        "row_period": texts([row.period for row in rows]),
        "row_code": texts([row.code for row in rows]),
        "row_quantity": ("row", np.array(quantity), _about("quantity", "carat")),
        "row_subtracted": ("row", np.array(left), _about(RE_EXPORTED, "carat")),
        "row_value": (
            "row",
            np.array([np.nan if row.usd is None else row.usd for row in rows]),
            _about("value", "USD"),
        ),
        "row_imputed": ("row", np.array([row.imputed for row in rows])),
        "row_fate": texts(chosen.fate),
    }
