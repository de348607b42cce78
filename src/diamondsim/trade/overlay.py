"""The scenario file that carries the trade figures: it extends a base scenario and changes what they say.

Owns the text of the file. Each number has a `source` or an `assumed` beside it, or both where a sourced total
was divided by assumption.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diamondsim.trade.balance_demand import NewDemand
from diamondsim.trade.goods import GoodsMarket
from diamondsim.trade.sales import Sales
from diamondsim.units import number_text


@dataclass(frozen=True)
class Overlay:
    """What an overlay changes in its base.

    Attributes
    ----------
    base, title, remarks : str, str, tuple of str
        What it extends, its title, and comment lines for its head.
    market : GoodsMarket
        The base.
    sales : Sales
    demand : mapping of str to NewDemand
    capacities : mapping
        By seller and grade, in carats a year.
    """

    base: str
    title: str
    remarks: tuple[str, ...]
    market: GoodsMarket
    sales: Sales
    demand: Mapping[str, NewDemand]
    capacities: Mapping[str, Mapping[str, float]]


def trade_changes(overlay: Overlay) -> Mapping[str, object]:
    """Return the new trade and demand by path, as `Scenario.override` takes them."""
    changes: dict[str, object] = {}
    for name, region in overlay.sales.basis:
        row = overlay.market.sellers[name].row
        changes[f"trade.{row}.{region}"] = flow_text(overlay.sales.ct[name][region])
    for region, new in overlay.demand.items():
        for use in overlay.market.uses[region]:
            path = f"demand.{region}.{use.use}"
            flow = flow_text(new.ct[use.use])
            grades = new.grades.get(use.use)
            if grades:
                changes[path] = {"flow": flow, "grades": {g: f"{100 * s:.5f}%" for g, s in grades.items()}}
            else:
                changes[f"{path}.flow" if use.has_own_grades else path] = flow
    return changes


def overlay_text(overlay: Overlay) -> str:
    """Return the overlay as YAML."""
    return "\n".join(_lines(overlay)) + "\n"


def _lines(overlay: Overlay) -> Iterator[str]:
    yield from (f"# {remark}" for remark in overlay.remarks)
    yield f"extends: {json.dumps(overlay.base)}"
    yield f"title: {_quoted(overlay.title)}"
    yield ""
    yield "trade:"
    for name, seller in overlay.market.sellers.items():
        changed = [region for region in overlay.market.regions if (name, region) in overlay.sales.basis]
        if not changed:
            continue
        yield f"  {seller.row}:"
        for region in changed:
            yield f"    {region}: {flow_text(overlay.sales.ct[name][region])}"
        basis = {region: overlay.sales.basis[name, region] for region in changed}
        yield from _notes("source", {region: b.source for region, b in basis.items()})
        yield from _notes("assumed", {region: b.assumed for region, b in basis.items() if b.assumed})
    yield ""
    yield "demand:"
    for region, new in overlay.demand.items():
        yield f"  {region}:"
        for use in overlay.market.uses[region]:
            flow, grades = flow_text(new.ct[use.use]), new.grades.get(use.use)
            if grades:
                shares = ", ".join(f"{grade}: {100 * share:.5f}%" for grade, share in grades.items())
                yield f"    {use.use}: {{flow: {flow}, grades: {{{shares}}}}}"
            elif use.has_own_grades:
                yield f"    {use.use}: {{flow: {flow}}}"
            else:
                yield f"    {use.use}: {flow}"
        files = dict.fromkeys(
            basis.source
            for (_, destination), basis in overlay.sales.basis.items()
            if destination == region and basis.source
        )
        if files:
            text = "What is sold in the region less the feed of its processors. " + ". ".join(files)
            yield from _notes("source", {use.use: text for use in overlay.market.uses[region]}, one=True)
        text = f"Split by use as in {overlay.base}"
        yield f"    assumed: {_quoted(text)}"
    if overlay.capacities:
        yield ""
        yield "producers:"
        for name, grades in overlay.capacities.items():
            shown = ", ".join(f"{grade}: {flow_text(ct)}" for grade, ct in grades.items())
            text = f"Sales with the slack that the seller has in {overlay.base}; grades as the lanes fit them"
            yield f"  {name}: {{capacity: {{{shown}}}, assumed: {{capacity: {_quoted(text)}}}}}"


def _notes(key: str, texts: Mapping[str, str], *, one: bool = False) -> Iterator[str]:
    """Yield the notes of a map by key; as one text for the whole map with `one`."""
    if one and texts:
        yield f"    {key}: {_quoted(next(iter(texts.values())))}"
    elif texts:
        yield f"    {key}:"
        for name, text in texts.items():
            yield f"      {name}: {_quoted(text)}"


def flow_text(ct_per_year: float) -> str:
    """Return a yearly flow as a scenario writes it, to the carat.

    Examples
    --------
    >>> flow_text(183_264_000), flow_text(0.0)
    ('183.264 Mct/yr', '0 Mct/yr')
    """
    return f"{number_text(round(ct_per_year / 1e6, 6))} Mct/yr"


def _quoted(text: str) -> str:
    """Return a text in double quotes, as YAML reads them."""
    return json.dumps(text, ensure_ascii=False)
