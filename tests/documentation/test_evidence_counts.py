"""The page on evidence counts the numbers that have a source as they are."""

import re
from collections.abc import Iterable

import pytest
from ruamel.yaml import YAML

from diamondsim.scenario import Scenario, load_scenario
from diamondsim.scenario.provenance import StatedNumber
from tests.documentation.pages import ROOT

EVIDENCE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`\S+`|the same, .+) \| (\d+) \| (\d+) \| (\d+\.\d) % \|$", re.MULTILINE)
REPEATED = re.compile(r"producers\.[^.]+\.((?:conversion|expansion)\..+)")
SHARES = re.compile(
    r"(uses\.[^.]+\.grades|facilities\.[^.]+\.product_mix|controls\.[^.]+\.timeline\.[-\d]+)\.[^.]+"
)
FIRST_COUNT = 13 / 282
"""The share of the main scenario that had a source before the search of November 2026."""


def told() -> dict[str, tuple[int, int, str]]:
    return {name: (int(all_), int(sourced), share) for name, all_, sourced, share in ROW.findall(EVIDENCE)}


def counted(numbers: Iterable[StatedNumber]) -> tuple[int, int, str]:
    listed = list(numbers)
    sourced = sum(bool(number.source) and not number.assumed for number in listed)
    return len(listed), sourced, f"{100 * sourced / len(listed):.1f}"


def once(scenario: Scenario) -> list[StatedNumber]:
    """Return the numbers without those that repeat what another producer was given."""
    found: dict[object, StatedNumber] = {}
    for number in scenario.numbers:
        repeated = REPEATED.fullmatch(number.path)
        found.setdefault((repeated[1], str(number.value)) if repeated else number.path, number)
    return list(found.values())


def independent(numbers: Iterable[StatedNumber]) -> list[StatedNumber]:
    """Return the numbers without the last share of each set that adds up to 100 %."""
    listed = list(numbers)
    last = {shares[1]: number.path for number in listed if (shares := SHARES.fullmatch(number.path))}
    return [number for number in listed if number.path not in last.values()]


def test_the_counts_are_those_of_the_scenarios():
    main = load_scenario("reinstated-2027")
    assert told() == {
        "`reinstated-2027`": counted(main.numbers),
        "the same, repeated rows counted once": counted(once(main)),
        "the same, without shares that follow": counted(independent(once(main))),
        "`lapse-2027`": counted(load_scenario("lapse-2027").numbers),
    }


@pytest.mark.parametrize("name", ["reinstated-2027", "lapse-2027"])
def test_twice_the_former_share_has_a_source(name):
    scenario = load_scenario(name)
    for numbers in (list(scenario.numbers), once(scenario), independent(once(scenario))):
        all_, sourced, _ = counted(numbers)
        assert sourced / all_ >= 2 * FIRST_COUNT


def test_every_published_total_has_a_source():
    totals = YAML(typ="safe").load(ROOT / "scenarios" / "market.yaml")["published_totals"]
    assert len(totals) == 12
    assert [name for name, total in totals.items() if not total.get("source")] == []
