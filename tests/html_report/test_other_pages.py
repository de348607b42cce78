"""The pages of a comparison and of a backtest."""

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

import xarray as xr

import diamondsim as ds
from diamondsim.html_report import Beside, report_page
from diamondsim.html_report.backtest_page import headlines_of_backtest
from diamondsim.html_report.comparison_page import comparison_page, headlines
from diamondsim.reporting import compared_use_rows, comparison_sentences, cost_rows, percent
from tests.html_report.small_pages import Page, backtest, comparison, textbook_comparison, textbook_scenario
from tests.simulation.costly import COSTS, STOCK


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_comparison_names_its_scenarios_and_says_what_the_command_says():
    page = Page(report_page(comparison(), Beside()))
    assert page.wrong == []
    assert [*page.specs] == ["chart-chances"]
    text = plain(page.text("main"))
    for name, node in comparison().children.items():
        assert f"{name}" in text
        assert node.attrs["title"] in text
        assert node.attrs["scenario_hash"] in text
    for sentence in comparison_sentences(comparison()):
        assert sentence in text


def test_the_table_of_each_use_says_what_the_command_says():
    table = comparison_page(textbook_comparison())["details"]
    rows = [*compared_use_rows(textbook_comparison(), {"region": "home", "use": "u"})]
    for cells, said in zip(table.rows, rows, strict=True):
        assert cells.cells[1:] == (
            *(said.scenario, said.chance, said.less, said.best),
            *(said.begins_text, said.unmet, said.unmet_less, said.best_unmet),
        )
    assert "[" in rows[0].unmet
    assert "[" in rows[1].unmet_less


def test_the_page_has_the_costs_of_the_command_where_a_scenario_states_them():
    costly = textbook_scenario().override(COSTS)
    found = ds.compare({"a": costly, "b": costly.override(STOCK)}, replications=32, seed=1, workers=1)
    text = plain(Page(report_page(found, Beside())).text("#says"))
    for row in cost_rows(found.to_dataset()):
        assert f"{row.item}" in text
        assert row.mean in text
        assert row.less in text
    assert comparison_page(textbook_comparison())["costs"] is None


def known(values, best, width=0.01):
    """Return a comparison of two scenarios and two uses, with the chances and who is best.

    The interval of a difference reaches as far as `width` on either side.
    """
    dims = ("scenario", "region", "use")
    less = [
        [[[b - a + more for more in (0, -width, width)] for a, b in zip(values[0], row, strict=True)]]
        for row in values
    ]
    return xr.Dataset(
        {
            "value": ((*dims, "bound"), [[[[v, v, v] for v in row]] for row in values]),
            "difference": ((*dims, "bound"), less),
            "chance_best": (dims, [[row] for row in best]),
        },
        attrs={"reference": "a"},
        coords={
            "scenario": ["a", "b"],
            "region": ["US"],
            "use": ["u", "v"],
            "bound": ["estimate", "low", "high"],
            "use_name": ("use", ["Grinding", "Cutting"]),
            "region_name": ("region", ["United States"]),
        },
    )


NONE_CLEARLY = "No scenario clearly has the lowest chance of a shortage of any use."
BOTH = [{"region": "US", "use": "u"}, {"region": "US", "use": "v"}]


def test_a_comparison_says_which_is_clearly_best_in_how_many_uses():
    found = headlines(known([[0.5, 0.4], [0.2, 0.1]], [[0.0, 0.04], [1.0, 0.96]]), BOTH)
    assert found == [
        "Clearly the lowest chance of a shortage: b in 2 of the 2 uses that go short.",
        "Chance of a shortage of grinding in the United States: a 50 %, b 20 %.",
    ]
    split = headlines(known([[0.5, 0.1], [0.2, 0.4]], [[0.0, 1.0], [1.0, 0.0]]), BOTH)
    assert "a in 1 and b in 1 of the 2 uses" in split[0] or "b in 1 and a in 1 of the 2 uses" in split[0]


def test_a_comparison_without_a_clear_best_says_so():
    found = headlines(known([[0.5, 0.4], [0.2, 0.1]], [[0.1, 0.06], [0.9, 0.94]]), BOTH)
    assert found[0] == NONE_CLEARLY
    assert headlines(known([[0, 0], [0, 0]], [[0.5, 0.5], [0.5, 0.5]]), []) == [
        "No use goes short in 1 % of the replications of any scenario."
    ]


def test_a_scenario_is_clearly_best_only_where_the_interval_of_its_difference_says_so_too():
    for chances, best in [
        ([[0.5, 0.5], [0.4, 0.4]], [[0, 0], [1, 1]]),
        ([[0.4, 0.4], [0.5, 0.5]], [[1, 1], [0, 0]]),
    ]:
        assert headlines(known(chances, best, width=0.11), BOTH)[0] == NONE_CLEARLY
        assert "in 2 of the 2 uses" in headlines(known(chances, best, width=0.09), BOTH)[0]


def test_scenarios_with_the_legal_state_of_the_reference_say_so_and_many_have_no_chart():
    usual = textbook_scenario()
    page = Page(
        report_page(
            ds.compare({f"s{k}": usual for k in range(7)}, replications=32, seed=1, workers=1), Beside()
        )
    )
    assert page.text("#answer").count("Legal state: as the reference.") == 6
    assert not page.specs
    assert "No chart is drawn of more than 6 scenarios" in page.text("main")
    assert "No chart" not in Page(report_page(textbook_comparison(), Beside())).text("main")


def test_a_backtest_says_how_often_its_bands_hold_and_how_near_they_are():
    page = Page(report_page(backtest(), Beside()))
    assert page.wrong == []
    assert {*page.specs} == {"chart-coverage", "chart-bands"}
    one = backtest().sel(form="batches", weights="others")
    said = headlines_of_backtest(backtest())
    assert percent(float(one["coverage"].sel(level=0.8))) in said[0]
    assert percent(abs(float(one["skill"]))) in said[1]
    assert said[0] in plain(page.text("#answer"))
    assert all(str(name) in page.text("#bands") for name in backtest()["series"].values)


def test_a_forecast_worse_than_a_simple_one_is_said_to_be_so():
    worse = backtest().assign(skill=0 * backtest()["skill"] - 0.25)
    assert "is 25 % above that of the better" in headlines_of_backtest(worse)[1]


@pytest.mark.parametrize("made", [comparison, backtest])
def test_pages_are_small_and_the_same_each_time(made):
    first, again = (report_page(made(), Beside()) for _ in range(2))
    assert first == again
    assert len(first.encode()) < 1_500_000
