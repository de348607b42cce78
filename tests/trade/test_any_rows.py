"""Whatever the rows: each has one fate, and the flows are the carats of those that are used."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario
from diamondsim.trade.areas import area_of
from diamondsim.trade.csv_table import read_csv
from diamondsim.trade.flows import region_flows
from diamondsim.trade.mappings import code_map, region_map
from diamondsim.trade.reader import select_rows
from diamondsim.trade.rows import TradeRow
from diamondsim.trade.selection import USED, fate_sums

NAMES = (
    "China",
    "USA",
    "Japan",
    "Germany",
    "Hong Kong",
    "France",
    "EU",
    "ASEAN",
    "India",
    "World",
    "Areas, nes",
)
AREAS = [area for name in NAMES if (area := area_of(name)) is not None]
BASE = load_scenario("baseline-2026")
CODES, REGIONS = code_map(None, BASE), region_map(None, BASE, "china")


def mostly(usual: Sequence[object], others: Sequence[object]) -> st.SearchStrategy[object]:
    """Return a strategy for values of which nine in ten are usual ones."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(usual if n else others))


ROWS = st.builds(
    TradeRow,
    file=mostly(["a.csv"], ["b.csv"]),
    line=st.integers(2, 99),
    statistic=mostly(["import", "export"], ["re-export", "re-import", "domestic export"]),
    reporter=mostly(AREAS[:4], AREAS),
    partner=mostly(AREAS[:4], AREAS[4:]),
    year=mostly([2024], [2023]),
    month=mostly([None], list(range(1, 13))) | st.sampled_from([1, 2, 3]),
    code=mostly(["710510"], ["", "71051020", "710590"]),
    ct=mostly([1.0, 2.0, 3.0], [None, 0.0]),
    usd=mostly([None], [1.0]),
    imputed=mostly([False], [True]),
    no_quantity=st.just("no quantity"),
    part=mostly([""], ["MotCode 1000"]),
)


@settings(max_examples=300)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=12),
    choices=st.tuples(
        *map(st.sampled_from, (("leave-out", "use"), ("keep", "subtract"), ("leave-out", "spread")))
    ),
    mirror=st.sampled_from(["importer", "exporter", "larger"]),
)
def test_each_row_has_one_fate_and_no_carat_appears_or_is_lost(rows, choices, mirror):
    try:
        chosen = select_rows(rows, CODES, REGIONS, None, choices)
    except ScenarioError:
        return  # rows that contradict one another
    flows = region_flows(chosen, REGIONS, mirror)
    assert all(chosen.fate)
    sums = fate_sums(chosen)
    assert sum(n for n, _ in sums.values()) == len(rows)
    assert sum(ct for _, ct in sums.values()) == pytest.approx(sum(row.ct or 0.0 for row in rows))
    taken = sum(flow.used or 0.0 for flow in flows.between.values()) + sum(
        t.ct for t in flows.totals.values()
    )
    used = [(place, row) for place, row in enumerate(rows) if chosen.fate[place] == USED]
    assert len({row.year for _, row in used}) <= 1
    carats = sums[USED][1]
    if all(row.month is None for _, row in used):
        assert taken == pytest.approx(carats)
    else:
        assert carats <= taken * (1 + 1e-9)
        assert taken <= 12 * carats * (1 + 1e-9)


@pytest.mark.parametrize(
    "text, kind", [("<html><body>Not found</body></html>", "HTML or XML"), ('\n {"rows": [1]}', "JSON")]
)
def test_a_page_or_a_json_document_is_no_table(tmp_path, text, kind):
    file = tmp_path / "trade.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=f"expected a table, found {kind}"):
        read_csv(file)
