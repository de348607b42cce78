"""Signs that figures are not what they seem: two quantities that differ, or imputed ones without a flag.

Owns the warnings that need no knowledge of the scenario. Where a customs office reports no quantity, the
United Nations divide the value by one unit value for all partners; a table that has lost the flags still
shows it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from diamondsim.trade.rows import TradeRow

_ALIKE = 0.002
_MOST = 0.95
_FEWEST = 3
_FITS = 0.01
_APART = 2.0


def doubts(rows: Sequence[TradeRow]) -> Iterator[str]:
    """Yield warnings about the rows of these goods, parts of totals aside."""
    yield from _two_quantities(rows)
    yield from _one_unit_value(rows)
    yield from _totals(rows)


def _two_quantities(rows: Sequence[TradeRow]) -> Iterator[str]:
    found = [
        row for row in rows if row.ct and row.other_ct and not 1 / _APART <= row.ct / row.other_ct <= _APART
    ]
    if found:
        first = found[0]
        more = f" and {len(found) - 1} more rows" if len(found) > 1 else ""
        yield (
            f"{first.file}:{first.line}{more}: the quantity is {first.ct or 0:,.0f} ct, the weight "
            f"{first.other_ct or 0:,.0f} ct; the quantity is used"
        )


def _one_unit_value(rows: Sequence[TradeRow]) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str], list[TradeRow]] = defaultdict(list)
    for row in rows:
        partner = row.partner is not None and row.partner.kind in ("country", "unallocated")
        if partner and row.ct and row.usd and not row.imputed:
            groups[row.file, row.reporter.name, row.statistic, row.period].append(row)
    found: dict[tuple[str, str, str], list[tuple[str, int, float]]] = defaultdict(list)
    for (file, name, statistic, period), group in groups.items():
        prices = [(row.usd or 0.0) / (row.ct or 1.0) for row in group]
        middle = median(prices)
        alike = sum(
            row.usd or 0.0 for row, p in zip(group, prices, strict=True) if abs(p / middle - 1) < _ALIKE
        )
        if len(group) >= _FEWEST and alike >= _MOST * sum(row.usd or 0.0 for row in group):
            found[file, name, statistic].append((period, len(group), middle))
    for (file, name, statistic), periods in found.items():
        first, partners, usd = periods[0]
        more = f" and {len(periods) - 1} more periods" if len(periods) > 1 else ""
        yield (
            f"{file}: {statistic}s of {name}, {first}{more}: all {partners} partners have one unit value "
            f"({usd:.3g} USD/ct); these quantities are probably imputed"
        )


def _totals(rows: Sequence[TradeRow]) -> Iterator[str]:
    parts: dict[tuple[str, str, str], float] = defaultdict(float)
    totals: dict[tuple[str, str, str], TradeRow] = {}
    key: tuple[str, str, str]
    for row in rows:
        if row.partner is None or row.ct is None or row.statistic not in ("import", "export"):
            continue
        key = (row.reporter.name, row.statistic, row.period)
        if row.partner.kind == "world":
            totals.setdefault(key, row)
        elif row.partner.kind != "group":
            parts[key] += row.ct
    for key, row in totals.items():
        reporter, flow, period = key
        if row.ct and key in parts and abs(parts[key] / row.ct - 1) > _FITS:
            yield (
                f"{row.file}:{row.line}: {flow}s of {reporter}, {period}: the partners in the files add "
                f"up to {100 * parts[key] / row.ct:.0f} % of the total"
            )
