"""What is given to a picture is checked, with one clear message."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.plot.checked import labels_of
from tests.html_report.small_pages import backtest, textbook_comparison
from tests.plot.small_results import small_run

RUN_PICTURES = [ds.plot.shortfall_fan, ds.plot.cover_fan, ds.plot.shortage_heat_map, ds.plot.control_timeline]


@pytest.mark.parametrize("draw", RUN_PICTURES)
def test_a_dataset_of_another_call_is_refused_with_the_right_call(draw):
    comparison = xr.Dataset({"difference": 1.0, "chance_best": 1.0})
    for given in (comparison, xr.DataTree(comparison)):
        with pytest.raises(ValueError, match=r"of diamondsim.monte_carlo, found that of diamondsim.compare"):
            draw(given)
    with pytest.raises(ValueError, match=r"found one with a, b and no probability_of_shortage$"):
        draw(xr.Dataset({"b": 1.0, "a": 1.0}))
    with pytest.raises(TypeError, match=r"expected the Dataset of diamondsim.monte_carlo, found list"):
        draw([1])


def test_names_that_a_run_does_not_have_are_refused_with_the_nearest():
    run = small_run()
    with pytest.raises(
        ValueError, match=r"use: expected one of .*, found 'polish'; did you mean 'polishing'"
    ):
        ds.plot.shortfall_fan(run, use="polish")
    with pytest.raises(ValueError, match=r"region: expected one of .*, found 'Mars'"):
        ds.plot.cover_fan(run, region="Mars")
    with pytest.raises(ValueError, match=r"control: expected one of .*, found 'cn_56'; did you mean 'cn_55'"):
        ds.plot.control_timeline(run, control="cn_56")
    with pytest.raises(ValueError, match=r"most: expected an integer of at least 1, found 0"):
        ds.plot.shortage_heat_map(run, most=0)
    with pytest.raises(
        ValueError, match=r"size: expected report or slide, found 'slides'; did you mean 'slide'"
    ):
        ds.plot.shortfall_fan(run, size="slides")
    not_axes: Any = "here"
    with pytest.raises(TypeError, match=r"ax: expected the Axes of matplotlib, found str"):
        ds.plot.shortfall_fan(run, ax=not_axes)


def test_a_run_without_what_a_picture_needs_is_refused():
    with pytest.raises(ValueError, match=r"with shortfall_band and shortfall_mean, found one without"):
        ds.plot.shortfall_fan(small_run().drop_vars(["shortfall_band", "shortfall_mean"]))


@pytest.mark.parametrize("draw", [*RUN_PICTURES, ds.plot.paired_differences, ds.plot.episode_bands])
def test_a_label_that_is_missing_is_named_with_the_version_that_wrote_the_file(draw):
    others = {ds.plot.paired_differences: textbook_comparison, ds.plot.episode_bands: backtest}
    made: Any = others.get(draw, small_run)()
    found = made.to_dataset() if isinstance(made, xr.DataTree) else made
    found = found.assign_attrs(diamondsim_version="0.0.1")
    # Without the labels of a dimension that nothing else has, the Dataset does not have it either.
    names = [name for name in labels_of(found) if name in labels_of(found.drop_vars(name))]
    assert len(names) > 3
    for name in names:
        with pytest.raises(ValueError, match=rf"with {name}, found one without, written by diamondsim 0.0.1"):
            draw(found.drop_vars(name))


def test_an_attribute_that_is_missing_is_named():
    found = textbook_comparison().to_dataset()
    del found.attrs["reference"], found.attrs["confidence"]
    with pytest.raises(ValueError, match="with the attribute reference and the attribute confidence, found"):
        ds.plot.paired_differences(found)


@pytest.mark.parametrize(
    "draw, name", [(ds.plot.facility_ramp, "tick_days"), (ds.plot.supply_origin, "tracked_origin")]
)
def test_a_run_that_lost_its_attributes_is_refused_with_those_that_a_picture_reads(draw, name):
    options: dict[str, Any] = {"region": "US"} if draw is ds.plot.supply_origin else {}
    with pytest.raises(ValueError, match=f"with the attribute {name}, found one without; xarray drops attr"):
        draw(small_run().drop_attrs(deep=False), **options)


def test_without_matplotlib_the_message_names_the_extra(monkeypatch):
    def absent(name, *_):
        raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")

    monkeypatch.setattr("diamondsim.extras.import_module", absent)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'matplotlib>=.*the extra 'plot'"):
        ds.plot.shortfall_fan(small_run())


def test_matplotlib_is_imported_for_types_alone_and_loaded_when_a_picture_is_drawn():
    for path in Path(ds.plot.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [name for node in tree.body if isinstance(node, ast.Import) for name in node.names]
        assert not [name.name for name in imported if name.name.startswith("matplotlib")]
        froms = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert not [node.module for node in froms if (node.module or "").startswith("matplotlib")]


def test_the_names_of_the_package_are_functions_with_the_same_last_arguments():
    for name in ds.plot.__all__:
        assert list(inspect.signature(getattr(ds.plot, name)).parameters)[-3:] == ["ax", "size", "head"]
