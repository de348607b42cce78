"""What a run says of a buyer that is modelled on its own, and `check` of numbers without a basis."""

from __future__ import annotations

import pytest

import diamondsim as ds
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, check_renderable, plain_console, text_report
from diamondsim.reporting.headline_uses import hit
from tests.simulation.small import short_ban

FIRM = {"buyers.firm": {"aggregate": "home.u", "share": "50%", "inventory_policy": {"cover": "5 days"}}}


@pytest.fixture(scope="module")
def made():
    usual = short_ban(**{"controls.ban.sojourn.banned": "exponential(10 days)"})
    own = usual.override({**FIRM, "producers.plant.lead.home": "0 days"})
    runs = [ds.monte_carlo(each, replications=200, seed=1, workers=1) for each in (own, usual)]
    return own, build_report(own, runs[0], check=check(own), baseline=runs[1])


def test_a_buyer_that_the_baseline_does_not_have_is_marked_in_its_row(made):
    text = text_report(made[1])
    assert text.count("baseline: no such buyer") == 1
    (row,) = (k for k, line in enumerate(text.splitlines()) if "no such buyer" in line)
    assert "firm" in text.splitlines()[row - 1] or "firm" in text.splitlines()[row - 2]


def test_the_deciding_inputs_are_those_of_a_buyer_of_its_own(made):
    assert hit(made[1].rows)[0].use == "u"
    assert made[1].deciding.use == "u/firm"


def test_numbers_without_a_source_or_an_assumption_are_named_up_to_ten():
    def words_of(report) -> str:
        console = plain_console()
        with console.capture() as captured:
            console.print(check_renderable(report))
        return " ".join(captured.get().split())

    bare = check(short_ban())
    n = len(bare.without_basis)
    assert n == {row.basis: row.numbers for row in bare.numbers}["none"]
    assert n > 10
    assert f"With neither: {', '.join(bare.without_basis[:10])} and {n - 10} more." in words_of(bare)
    explained = ds.load_scenario("lapse-2027")
    assert "With neither" not in words_of(check(explained))
