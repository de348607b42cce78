"""Fans of a run: what they draw is in the Dataset, and what is absent is said."""

from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from tests.plot.small_results import line, outside, row_names, small_run, texts


def polygon(axes, at=0):
    """Return the largest and least values along one of the bands."""
    return axes.collections[at].get_paths()[0].vertices[:, 1]


@pytest.mark.parametrize("draw,name", [(ds.plot.shortfall_fan, "shortfall"), (ds.plot.cover_fan, "cover")])
def test_one_use_has_its_median_its_mean_and_two_bands(draw, name):
    run = small_run()
    ax = draw(run, region="US", use="machining")
    band = run[f"{name}_band"].sel(region="US", use="machining")
    mean = run[f"{name}_mean"].sel(region="US", use="machining")
    np.testing.assert_array_equal(line(ax, "median"), band.sel(quantile=0.5))
    np.testing.assert_array_equal(line(ax, "mean"), mean)
    for at, levels in enumerate([(0.05, 0.95), (0.25, 0.75)]):
        edges = polygon(ax, at)
        assert edges.max() == band.sel(quantile=levels[1]).max()
        assert edges.min() == band.sel(quantile=levels[0]).min()
    assert "Machining and chip tools, United States" in texts(ax)


def test_rows_have_the_uses_that_are_most_often_short_and_one_scale():
    run = small_run()
    ax: Any = ds.plot.shortfall_fan(run, most=3)
    chance = run["probability_of_shortage"].sel(bound="estimate").stack(place=("region", "use"))
    chance = chance.where((run["demand"] > 0).any("replication").stack(place=("region", "use")), drop=True)
    largest = sorted(chance.values, reverse=True)[:3]
    names = row_names(ax)
    assert len(names) == 3
    shown = [
        float(chance.sel(place=(region, use)))
        for region, use in chance["place"].values.tolist()
        if any(
            str(run["use_name"].sel(use=use).item()).partition(" (")[0] in name
            and str(run["region_name"].sel(region=region).item()).partition(" (")[0] in name
            for name in names
        )
    ]
    assert sorted(shown, reverse=True) == largest
    compared = "smaller" if largest[-1] > sorted(chance.values)[-4] else "no larger"
    assert f"{chance.size - 3} uses with {compared} chances of a shortage are not shown." in texts(ax)
    # The top row begins at 2, and 0.86 of the height of a row is the scale.
    scale = max(line(ax, "mean", row).max() - (2 - row) for row in range(3))
    assert 0 < scale <= 0.86


def test_the_fan_of_one_replication_does_not_speak_of_bands():
    run = ds.monte_carlo(ds.load_scenario("calm").override({"horizon.length": "20 weeks"}), replications=1)
    for picture in (ds.plot.shortfall_fan, ds.plot.cover_fan):
        found = texts(picture(run, region="US"))
        assert "Line: the only replication, so that there are no bands." in found
        assert "Bands" not in found


def test_uses_that_are_left_out_are_not_called_smaller_where_they_are_equal():
    run = ds.monte_carlo(ds.load_scenario("calm").override({"horizon.length": "20 weeks"}), replications=2)
    assert float(run["probability_of_shortage"].sel(bound="estimate").max()) == 0
    found = texts(ds.plot.shortfall_fan(run, region="US", most=2))
    assert " uses with no larger chances of a shortage are not shown." in found
    one_less = len(row_names(ds.plot.shortfall_fan(run, region="US", most=99))) - 1
    found = texts(ds.plot.shortfall_fan(run, region="US", most=one_less))
    assert " 1 use with no larger chances of a shortage is not shown." in found


def test_the_picture_says_scenario_replications_as_of_date_and_legal_state():
    run = small_run()
    found = texts(ds.plot.shortfall_fan(run, region="US"))
    assert str(run.attrs["title"]) in found
    assert "16 replications, seed 1; as of 2026-11-28" in found
    assert "Legal state: Announced by both sides, notice not seen: 55 suspended (A) until" in found
    assert "Changed: horizon.length=18 months" in found
    assert "Bands: 25 to 75 % (dark) and 5 to 95 % (light) of replications" in found


def test_uses_with_assumed_volumes_are_marked():
    run = small_run()
    found = row_names(ds.plot.cover_fan(run, region="US"))
    assert "Munitions and radar, grit *" in found
    assert "Polishing" in found
    assert "* The volumes of this use are assumed." in texts(ds.plot.cover_fan(run, region="US"))
    assert "assumed." not in texts(ds.plot.cover_fan(run, region="US", use="polishing")).replace(
        "Assumed:", ""
    )


def test_nothing_short_is_said():
    run = small_run()
    run["shortfall_band"][:] = 0.0
    run["shortfall_mean"][:] = 0.0
    assert "No use is short in any replication." in texts(ds.plot.shortfall_fan(run, region="US"))


def test_a_use_without_demand_is_an_empty_picture_that_says_so():
    run = small_run()
    empty = [use for use in run["use"].values if not float(run["demand"].sel(region="US", use=use).sum())]
    ax: Any = ds.plot.shortfall_fan(run, region="US", use=empty[0])
    assert "Nothing to show" in texts(ax)
    assert "Without demand, and not shown: 1 of 1 uses." in texts(ax)


def test_missing_weeks_are_gaps_and_said():
    run = small_run()
    run["cover_band"][5:9] = np.nan
    ax: Any = ds.plot.cover_fan(run, region="US", use="polishing")
    assert np.isnan(line(ax, "median")[5:9]).all()
    assert "Gaps: weeks without demand." in texts(ax)


@pytest.mark.parametrize("size", ["report", "slide"])
def test_twenty_long_names_over_thirty_years_stay_inside_the_figure(size):
    run = small_run()
    run = run.isel(use=np.arange(20) % run.sizes["use"])
    run["use"] = [f"use{number}" for number in range(20)]
    run["use_name"] = (
        "use",
        [f"Very long name of use number {number} with many words" for number in range(20)],
    )
    run["demand"] = run["demand"].copy(data=np.ones(run["demand"].shape))
    run["probability_of_shortage"] = run["probability_of_shortage"].fillna(0.0)
    run["time"] = run["time"].values[0] + np.arange(run.sizes["time"]) * np.timedelta64(140, "D")
    ax: Any = ds.plot.shortfall_fan(run, region="US", most=20, size=size)
    assert len(row_names(ax)) == 20
    assert outside(ax) == []


def test_a_given_axes_is_drawn_on_and_pyplot_left_alone():
    import matplotlib as mpl
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    before = dict(mpl.rcParams)
    left, right = Figure(figsize=(12, 5), layout="constrained").subplots(1, 2)
    assert ds.plot.shortfall_fan(small_run(), region="US", ax=right) is right
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before
    assert not left.lines
    assert not left.texts
    assert any("16 replications" in text.get_text() for text in right.texts)
    assert ds.plot.shortfall_fan(small_run(), region="US", ax=left, head=False).texts != right.texts
    assert not any("16 replications" in text.get_text() for text in left.texts)
