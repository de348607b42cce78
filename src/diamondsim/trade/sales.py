"""From flows between regions to the sales of each seller in each region.

Owns the division of what statistics know only of regions: over the sellers of a region as in the base
scenario, and of a total over its partners. Each changed number keeps what it rests on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from diamondsim.errors import Problem, ScenarioError
from diamondsim.trade.flows import Flows, RegionTotal
from diamondsim.trade.goods import GoodsMarket, GoodsSeller
from diamondsim.trade.rows import TradeRow


@dataclass(frozen=True, slots=True)
class Basis:
    """What a number rests on: the source, and what was assumed besides; empty where nothing was."""

    source: str
    assumed: str = ""


@dataclass
class Sales:
    """Sales by seller and region in carats a year, and the basis of those that were changed."""

    ct: dict[str, dict[str, float]]
    basis: dict[tuple[str, str], Basis] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def sold(self, region: str) -> float:
        """Return what all sellers sell in a region."""
        return sum(row.get(region, 0.0) for row in self.ct.values())


def make_sales(market: GoodsMarket, flows: Flows, base: str) -> Sales:
    """Return the sales of all sellers.

    Parameters
    ----------
    market
        The base scenario.
    flows
        Flows between regions, totals and shares.
    base
        Its name, for texts.

    Raises
    ------
    ScenarioError
        Where the figures contradict the base scenario or one another.
    """
    sales = Sales({name: dict(seller.sales) for name, seller in market.sellers.items()})
    problems: list[Problem] = []
    known: set[tuple[str, str]] = set()
    for (origin, destination), flow in flows.between.items():
        if flow.used is None:
            continue
        known.add((origin, destination))
        notes = [_part_year(flow.months)]
        if flow.spread:
            notes.append(f"{flow.spread / 1e6:.3g} Mct/yr from partners without a country, in proportion")
        basis = Basis(sources(flow.rows), "; ".join(filter(None, notes)))
        _divide(market, sales, origin, destination, flow.used, basis, base, problems)
    for region in market.regions:
        for statistic in ("import", "export"):
            total = flows.totals.get((region, statistic))
            if total is not None:
                shares = flows.shares.get(region, {}) if statistic == "import" else {}
                _divide_total(market, sales, region, statistic, total, shares, known, base, problems)
    for region in market.regions:
        made = flows.totals.get((region, "production"))
        recovered = flows.totals.get((region, "secondary"))
        for total, kind in ((made, "maker"), (recovered, "recycler")):
            if total is not None:
                _home_sales(market, sales, region, kind, total, base, problems)
    if problems:
        raise ScenarioError(problems)
    return sales


def _divide(
    market: GoodsMarket,
    sales: Sales,
    origin: str,
    destination: str,
    ct: float,
    basis: Basis,
    base: str,
    problems: list[Problem],
) -> None:
    """Divide a flow over the sellers of its origin: as they sell there, else abroad, else as they can."""
    sellers = [seller for seller in market.sellers.values() if seller.region == origin]
    weights = _first_positive(
        [seller.sales.get(destination, 0.0) for seller in sellers],
        [sum(ct for region, ct in seller.sales.items() if region != origin) for seller in sellers],
        [sum(seller.capacity.values()) for seller in sellers],
    )
    if not sellers or not weights:
        if ct > 0:
            why = f"{base} has no seller of these goods in {origin}, which sells {ct / 1e6:.3g} Mct/yr there"
            problems.append(Problem(path=f"trade: {origin} -> {destination}", why=why))
        return
    whole = sum(weights)
    split = f"divided over its sellers as in {base}" if sum(weight > 0 for weight in weights) > 1 else ""
    assumed = "; ".join(filter(None, (basis.assumed, split)))
    for seller, weight in zip(sellers, weights, strict=True):
        if weight > 0 or seller.sales.get(destination, 0.0):
            _set(sales, seller, destination, ct * weight / whole, Basis(basis.source, assumed))


def _divide_total(  # noqa: PLR0913, PLR0917 - the total, its partners, and where it goes
    market: GoodsMarket,
    sales: Sales,
    region: str,
    statistic: str,
    total: RegionTotal,
    shares: Mapping[str, float],
    known: set[tuple[str, str]],
    base: str,
    problems: list[Problem],
) -> None:
    """Divide a total over the partners that have no flow yet: by shares of origins, else as in the base."""

    def pair(other: str) -> tuple[str, str]:
        return (other, region) if statistic == "import" else (region, other)

    others = [other for other in market.regions if other != region]
    settled = sum(_flow(market, sales, pair(other)) for other in others if pair(other) in known)
    free = [other for other in others if pair(other) not in known]
    rest = total.ct - settled
    if rest < -1e-6 * max(total.ct, 1.0):
        why = (
            f"{statistic}s of {region} are {total.ct / 1e6:.4g} Mct/yr, but flows with single partners add "
            f"up to {settled / 1e6:.4g} Mct/yr"
        )
        problems.append(Problem(path=f"trade: {statistic}s of {region}", why=why))
        return
    before = {other: market.flow(*pair(other)) for other in free}
    named = {other: shares[other] * total.ct for other in free if shares.get(other)}
    unnamed = {other: ct for other, ct in before.items() if other not in named and ct > 0}
    left = rest - sum(named.values())
    if named and left > 0 and unnamed:
        whole = sum(unnamed.values())
        parts = named | {other: left * ct / whole for other, ct in unnamed.items()}
    else:
        weights = named or before
        whole = sum(weights.values())
        parts = {other: rest * ct / whole for other, ct in weights.items()} if whole else {}
    if not parts:
        if rest > 0:
            why = f"{base} has no {statistic}s of {region} over which to divide {rest / 1e6:.3g} Mct/yr"
            problems.append(Problem(path=f"trade: {statistic}s of {region}", why=why))
        return
    for other in free:
        by = "by the shares that the source gives" if other in named else f"over its partners as in {base}"
        assumed = "; ".join(filter(None, (f"a total divided {by}", _part_year(total.months))))
        _divide(
            market,
            sales,
            *pair(other),
            parts.get(other, 0.0),
            Basis(sources(total.rows), assumed),
            base,
            problems,
        )
        known.add(pair(other))


def _home_sales(
    market: GoodsMarket,
    sales: Sales,
    region: str,
    kind: str,
    total: RegionTotal,
    base: str,
    problems: list[Problem],
) -> None:
    """Set what makers or recyclers sell at home: what they make less what they sell abroad."""
    sellers = [seller for seller in market.sellers.values() if (seller.region, seller.kind) == (region, kind)]
    if not sellers:
        if total.ct > 0:
            why = f"{base} has no {kind} in {region} for {total.ct / 1e6:.4g} Mct/yr"
            problems.append(Problem(path=f"trade: output of {region}", why=why))
        return
    abroad = sum(ct for seller in sellers for other, ct in sales.ct[seller.name].items() if other != region)
    if abroad > total.ct:
        why = f"its {kind}s make {total.ct / 1e6:.4g} Mct/yr and sell {abroad / 1e6:.4g} Mct/yr abroad"
        problems.append(Problem(path=f"trade: output of {region}", why=why))
        return
    home = total.ct - abroad
    weights = _first_positive(
        [seller.sales.get(region, 0.0) for seller in sellers],
        [sum(seller.capacity.values()) for seller in sellers],
    )
    for seller, weight in zip(sellers, weights, strict=True):
        assumed = [f"output less sales abroad, which are divided over the sellers of {region} as in {base}"]
        assumed.append(_part_year(total.months))
        _set(
            sales,
            seller,
            region,
            home * weight / sum(weights),
            Basis(sources(total.rows), "; ".join(filter(None, assumed))),
        )


def _set(sales: Sales, seller: GoodsSeller, region: str, ct: float, basis: Basis) -> None:
    sales.ct[seller.name][region] = round(ct)
    sales.basis[seller.name, region] = basis


def _flow(market: GoodsMarket, sales: Sales, pair: tuple[str, str]) -> float:
    here = [name for name, seller in market.sellers.items() if seller.region == pair[0]]
    return sum(sales.ct[name].get(pair[1], 0.0) for name in here)


def _first_positive(*lists: Sequence[float]) -> Sequence[float]:
    return next((weights for weights in lists if sum(weights) > 0), ())


def _part_year(months: int) -> str:
    return "" if months == 12 else f"{months} months of a year taken as {months}/12 of it, without seasons"


def sources(rows: Iterable[TradeRow]) -> str:
    """Return where some rows stand, for a `source`: files with their lines, periods and what they count."""
    by_file: dict[str, list[TradeRow]] = {}
    for row in rows:
        by_file.setdefault(row.file, []).append(row)
    parts = []
    for file, found in by_file.items():
        origins = sorted({row.source for row in found if row.source})
        kinds = sorted({f"{row.statistic}s of {row.reporter.name}" for row in found})
        shown_kinds = ", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more" if len(kinds) > 3 else "")
        periods = sorted({row.period for row in found})
        when = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
        estimated = ", estimated by the source" if any(row.estimated for row in found) else ""
        imputed = ", quantities imputed" if any(row.imputed for row in found) else ""
        origin = f" ({'; '.join(origins)})" if origins else ""
        parts.append(f"{file}, {_lines(found)}: {shown_kinds}, {when}{estimated}{imputed}{origin}")
    return "; ".join(parts)


def _lines(rows: Sequence[TradeRow]) -> str:
    numbers = sorted({row.line for row in rows})
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [f"{first}" if first == last else f"{first}-{last}" for first, last in spans]
    more = f" and {len(texts) - 8} more" if len(texts) > 8 else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {', '.join(texts[:8])}{more}"
