"""The call that writes a report: what it takes, and one clear message for what it does not."""

import functools
import re
from importlib import import_module

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.html_report import require_former, require_reportable
from tests.html_report.small_pages import backtest, comparison, run, textbook_comparison, textbook_run

pytest.importorskip("altair", reason="an extra")


def test_a_report_is_written_and_an_existing_one_replaced(tmp_path):
    pytest.importorskip("vl_convert", reason="an extra")
    target = tmp_path / "r.HTML"
    target.write_text("old", encoding="utf-8")
    assert ds.write_report(textbook_run(), target, since=textbook_run(8)) == target
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [*tmp_path.iterdir()] == [target]


@pytest.mark.parametrize("name", ["report", "report.pdf", "report.html.gz", "report.nc"])
def test_other_ends_of_a_name_are_refused(name, tmp_path):
    with pytest.raises(ValueError, match=rf"ends in \.html or \.htm, found '{name}'"):
        ds.write_report(textbook_run(), tmp_path / name)


def test_a_missing_folder_is_refused_before_any_work(tmp_path):
    with pytest.raises(FileNotFoundError):
        ds.write_report(textbook_run(), tmp_path / "none" / "r.html")


@pytest.mark.parametrize(
    "result, message",
    [
        ("text", "expected the result of monte_carlo, compare or backtest, found str"),
        (None, "found NoneType"),
    ],
)
def test_what_is_no_result_is_refused(result, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        ds.write_report(result, tmp_path / "r.html")


def test_results_of_other_calls_are_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match="monte_carlo, compare or backtest, found that of sensitivity"):
        ds.write_report(run()[["demand"]].assign(srrc=1.0, pawn=1.0), tmp_path / "r.html")
    with pytest.raises(ValueError, match="found another"):
        ds.write_report(run()[["demand"]], tmp_path / "r.html")
    with pytest.raises(ValueError, match=r"DataTree of diamondsim\.compare, found its root alone"):
        ds.write_report(comparison().to_dataset(), tmp_path / "r.html")


def as_argument(argument, given):
    """Return a result as an argument of `write_report`."""
    return {argument: {"us": given} if argument == "without_reserve" else given}


BESIDE = ("baseline", "without_facilities", "without_diversion", "without_reserve")


@pytest.mark.parametrize("argument", ["since", *BESIDE])
@pytest.mark.parametrize("made", [comparison, backtest])
def test_what_belongs_to_a_run_is_refused_with_other_results(argument, made, tmp_path):
    with pytest.raises(ValueError, match=rf"{argument}: only for the result of monte_carlo"):
        ds.write_report(made(), tmp_path / "r.html", **as_argument(argument, textbook_run()))


@pytest.mark.parametrize("argument", ["since", *BESIDE])
def test_a_former_result_and_runs_beside_a_run_must_be_runs(argument, tmp_path):
    with pytest.raises(ValueError, match=rf"{argument}: expected the Dataset of diamondsim.monte_carlo"):
        ds.write_report(textbook_run(), tmp_path / "r.html", **as_argument(argument, backtest()))


@pytest.mark.parametrize("argument", BESIDE)
def test_runs_beside_a_run_must_measure_the_same(argument, tmp_path):
    other = textbook_run().assign_attrs(threshold=0.5, n_ticks=69)
    told = f"{argument}: expected 70 ticks, as in the run, found 69; expected a shortage above 0.05 of demand"
    with pytest.raises(ValueError, match=told):
        ds.write_report(textbook_run(), tmp_path / "r.html", **as_argument(argument, other))


@pytest.mark.parametrize("argument", BESIDE[1:])
def test_runs_without_something_must_pair_with_the_run(argument, tmp_path):
    def write(other):
        ds.write_report(textbook_run(8), tmp_path / "r.html", **as_argument(argument, other))

    with pytest.raises(
        ValueError, match=f"{argument}: expected at most the 8 replications of the run, found 32"
    ):
        write(textbook_run())
    with pytest.raises(ValueError, match=f"{argument}: expected the seed of the run, 1, found 2"):
        write(textbook_run(8).assign_attrs(seed=2))
    renamed = textbook_run(8).assign_coords(use=["v"])
    with pytest.raises(ValueError, match=f"{argument}: expected the uses of the run, u, found v"):
        write(renamed)


def test_a_run_without_a_reserve_names_one_of_the_run(tmp_path):
    with pytest.raises(
        ValueError, match="without_reserve: reserve: expected none, as there is none, found 'us'"
    ):
        ds.write_report(textbook_run(), tmp_path / "r.html", without_reserve={"us": textbook_run()})
    with pytest.raises(TypeError, match="without_reserve: expected a mapping"):
        ds.write_report(textbook_run(), tmp_path / "r.html", without_reserve="us")  # type: ignore[arg-type]


@pytest.mark.parametrize("module, package", [("altair", "altair"), ("vl_convert", "vl-convert-python")])
def test_a_missing_library_is_named_with_its_extra(module, package, tmp_path, monkeypatch):
    def absent(name):
        if name == module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name)

    monkeypatch.setattr("diamondsim.extras.import_module", absent)
    with pytest.raises(
        ModuleNotFoundError, match=rf"pip install '{package}.*the extra 'report' of diamondsim"
    ):
        ds.write_report(textbook_run(), tmp_path / "r.html")
    assert [*tmp_path.iterdir()] == []


def without(result, *names):
    kept = result.copy(deep=False)
    kept.attrs = {name: value for name, value in result.attrs.items() if name not in names}
    return kept


def refusal(check, result):
    """Return why a result is refused; empty if it is not."""
    try:
        check(result)
    except ValueError as error:
        return str(error)
    return ""


def needed_by(check, result):
    """Return the attributes of a result without which it is refused, each by a message that names it."""
    why = {name: refusal(check, without(result, name)) for name in result.attrs}
    needed = [name for name, text in why.items() if text]
    assert all(f"with the attribute '{name}', found none of that name" in why[name] for name in needed)
    return needed


@pytest.mark.parametrize(
    "made, expected",
    [(textbook_run, "scenario"), (textbook_comparison, "reference"), (backtest, "replications")],
)
def test_attributes_are_asked_for_if_and_only_if_a_page_needs_them(made, expected, tmp_path):
    pytest.importorskip("vl_convert", reason="an extra")
    needed = needed_by(require_reportable, made())
    assert expected in needed
    needless = made().attrs.keys() - needed
    ds.write_report(without(made(), *needless), tmp_path / "r.html")
    with pytest.raises(ValueError, match=f"with the attribute '{expected}'"):
        ds.write_report(without(made(), expected), tmp_path / "r.html")


def test_a_former_result_needs_fewer_attributes(tmp_path):
    pytest.importorskip("vl_convert", reason="an extra")
    needed = needed_by(require_former, textbook_run())
    assert {"scenario", "seed"} <= {*needed} < {*needed_by(require_reportable, textbook_run())}
    former = without(textbook_run(), *(textbook_run().attrs.keys() - needed))
    ds.write_report(textbook_run(), tmp_path / "r.html", since=former)
    with pytest.raises(ValueError, match="since: expected the result of monte_carlo with the attribute"):
        ds.write_report(textbook_run(), tmp_path / "r.html", since=without(former, "seed"))


def test_all_missing_attributes_are_named_and_those_of_a_compared_run_by_its_name():
    with pytest.raises(ValueError, match="with the attributes 'title', 'seed', found none of these names"):
        require_reportable(without(textbook_run(), "seed", "title"))
    tree = textbook_comparison().copy(deep=False)
    tree["less"].attrs = {}
    with pytest.raises(ValueError, match="'title' of less, 'as_of' of less"):
        require_reportable(tree)


PRICED = {"horizon.length": "20 weeks"}


def test_a_run_without_controls_and_facilities_has_what_a_report_needs():
    calm = ds.load_scenario("calm").override({"horizon.length": "10 weeks"})
    assert require_reportable(ds.monte_carlo(calm, replications=2, workers=1)) == "run"


@functools.cache
def full_run():
    """Return a run with prices, a plant and legal states."""
    return ds.monte_carlo(ds.load_scenario("priced-2027").override(PRICED), replications=4, workers=1)


def test_a_sentence_that_takes_several_lines_on_a_terminal_is_one_paragraph(tmp_path, monkeypatch):
    monkeypatch.setattr("diamondsim.html_report.vega_charts.static_svg", lambda _spec, key: key)
    text = ds.write_report(full_run(), tmp_path / "r.html").read_text(encoding="utf-8")
    section = text.partition('id="prices"')[2].partition("</section>")[0]
    paragraphs = re.findall(r"<p>(.*?)</p>", section, re.DOTALL)
    assert max(map(len, paragraphs)) > 200
    assert [each for each in paragraphs if not each.endswith(".")] == []


def needed_variables(check, result):
    """Return the variables without which a result is refused, each by a message that names it."""
    why = {str(name): refusal(check, result.drop_vars(name)) for name in result.variables}
    needed = [name for name, text in why.items() if text]
    assert all(re.search(rf"with the variables? .*'{name}'|no .*\b{name}\b", why[name]) for name in needed)
    return needed


@pytest.mark.parametrize("made", [textbook_run, full_run, backtest])
def test_variables_are_asked_for_and_a_page_needs_no_other(made, tmp_path, monkeypatch):
    monkeypatch.setattr("diamondsim.html_report.vega_charts.static_svg", lambda _spec, key: key)
    result = made()
    needed = needed_variables(require_reportable, result)
    assert 10 < len(needed) < len(result.variables)
    ds.write_report(result.drop_vars(result.variables.keys() - needed), tmp_path / "r.html")
    if made is not backtest:
        former = result.drop_vars(result.variables.keys() - needed_variables(require_former, result))
        ds.write_report(result, tmp_path / "r.html", since=former)


def test_variables_of_a_comparison_and_of_its_runs_are_asked_for_and_a_page_needs_no_other(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("diamondsim.html_report.vega_charts.static_svg", lambda _spec, key: key)
    runs = {name: node.to_dataset() for name, node in textbook_comparison().children.items()}
    root = textbook_comparison().to_dataset()

    def with_root(some):
        return xr.DataTree.from_dict({"/": some, **runs})

    def with_less(some):
        return xr.DataTree.from_dict({"/": root, **runs, "less": some})

    of_root = needed_variables(lambda some: require_reportable(with_root(some)), root)
    of_less = needed_variables(lambda some: require_reportable(with_less(some)), runs["less"])
    assert {"value", "difference"} < {*of_root}
    assert {"shortage", "demand"} < {*of_less}
    ds.write_report(with_root(root.drop_vars(root.variables.keys() - of_root)), tmp_path / "r.html")
    less = runs["less"]
    ds.write_report(with_less(less.drop_vars(less.variables.keys() - of_less)), tmp_path / "r.html")


def test_the_version_that_wrote_a_result_is_named_with_what_it_lacks(tmp_path):
    old = textbook_run().drop_vars(["volumes", "cover_band"]).assign_attrs(diamondsim_version="0.0.1")
    with pytest.raises(ValueError, match=r"'cover_band', 'volumes', found .* written by diamondsim 0\.0\.1"):
        ds.write_report(old, tmp_path / "r.html")


def test_a_scenario_that_is_not_read_any_more_is_said_to_be_that_of_the_result(tmp_path):
    old = textbook_run().assign_attrs(scenario="habits: {}")
    with pytest.raises(ds.ScenarioError, match="scenario of the result:1:1: habits"):
        ds.write_report(old, tmp_path / "r.html")
