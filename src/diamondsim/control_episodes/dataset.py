"""Every reported figure of earlier controls as one labelled Dataset (docs/episodes.md)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.control_episodes.tables import (
    KG_PER_UNIT,
    Point,
    month_number,
    month_text,
    read_bases,
    read_episodes,
    read_points,
)

CONVENTIONS = "CF-1.11"
_FLOAT = {"dtype": "float64", "_FillValue": np.nan}


def episodes() -> xr.Dataset:
    """Return exports after earlier Chinese export controls: each figure with its source.

    Returns
    -------
    xarray.Dataset
        One row a figure (`point`), with the episodes (`episode`) and their normal months (`base`):

        - `quantity` (point): kilograms over the months from `begin` to before `end`; NaN for a ratio;
        - `ratio` (point): a ratio, where only that was reported, to what `measure` names; else NaN;
        - by `point` also `point_episode`, `destination`, `reported_unit`, `alternative` (0, or the number of
          a figure that disagrees with another one), `status`, `confidence`, `source`, `note`;
        - by `episode`: `announced`, `in_force`, `month_1`, `law`, `controlled` and more;
        - by `base`: `base_quantity`, kilograms a month before the control; NaN if it is the mean of the
          months from `base_begin` to before `base_end`.

        A month without a row was not found. It is never 0: a 0 was reported as such.

    Examples
    --------
    >>> import diamondsim as ds
    >>> import numpy as np
    >>> data = ds.episodes()
    >>> gallium = data.sel(point=(data.point_episode == "gallium") & (data.destination == "all"))
    >>> july = gallium.sel(point=gallium.begin == np.datetime64("2024-07-01"))
    >>> july.quantity.values, july.confidence.values  # two sources disagree
    (array([11523.,  9007.]), array(['H', 'L'], dtype='<U1'))
    """
    data = xr.Dataset(
        _points(read_points()),
        _episode_coordinates(),
        {
            "title": "Exports after earlier Chinese export controls",
            "Conventions": CONVENTIONS,
            "institution": "diamondsim contributors",
            "source": "Chinese customs through UN Comtrade, USGS and trade press; see the variable source",
            "comment": "A missing month was not found; a zero was reported as zero.",
            "diamondsim_version": __version__,
        },
    )
    data = data.assign_coords(_base_coordinates())
    coordinates = [name for name in data.data_vars if name not in ("quantity", "ratio")]
    return data.set_coords(coordinates)


def text(dim: str, values: Iterable[str], long_name: str) -> xr.Variable:
    """Return texts as a variable with its name."""
    return xr.Variable(dim, np.array(list(values), dtype=np.str_), {"long_name": long_name})


def day_coordinate(dim: str, values: Iterable[str], long_name: str) -> xr.Variable:
    """Return dates or months, which stand for their first day, as a variable."""
    days = np.array(list(values), dtype="datetime64[D]").astype("datetime64[ns]")
    encoding = {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian", "dtype": "int64"}
    return xr.Variable(dim, days, {"long_name": long_name}, encoding)


def _points(points: tuple[Point, ...]) -> dict[str, xr.Variable]:
    kg = np.array([point.kg for point in points])
    ratio = np.array([point.quantity if point.unit == "1" else np.nan for point in points])
    after = [month_text(month_number(point.last_month) + 1) for point in points]
    texts = {
        "point_episode": ("episode that the figure belongs to", [p.episode for p in points]),
        "destination": ("where the goods went", [p.destination for p in points]),
        "measure": ("quantity, or what the ratio is to", [p.measure for p in points]),
        "reported_unit": ("unit in the source", [p.unit for p in points]),
        "status": ("reported, derived or estimate", [p.status for p in points]),
        "confidence": ("H high, M medium, L low", [p.confidence for p in points]),
        "source": ("where the figure was read", [p.source for p in points]),
        "note": ("remark", [p.note for p in points]),
    }
    quantity = {"long_name": "mass exported in the months of the point", "units": "kg"}
    compared = {"long_name": "exports over those that measure names", "units": "1"}
    alternative = {"long_name": "0, or the number of a figure that disagrees with another one", "units": "1"}
    return {
        "quantity": xr.Variable("point", kg, quantity, _FLOAT),
        "ratio": xr.Variable("point", ratio, compared, _FLOAT),
        **{name: text("point", values, long_name) for name, (long_name, values) in texts.items()},
        "begin": day_coordinate("point", [p.first_month for p in points], "first day"),
        "end": day_coordinate("point", after, "day after the last one"),
        "alternative": xr.Variable("point", np.array([p.alternative for p in points], np.int8), alternative),
    }


def _episode_coordinates() -> dict[str, xr.Variable]:
    rows = read_episodes()
    texts = {
        "episode": "one kind of goods under one control",
        "name": "goods",
        "control": "control, which several episodes may share",
        "law": "announcement of the ministry of commerce",
        "customs_code": "code that the quantities are of",
        "controlled": "what of these goods is controlled",
        "source": "where the row was read",
        "confidence": "H high, M medium, L low",
        "note": "remark",
    }
    days = {
        "announced": "day of the announcement",
        "in_force": "first day in force",
        "first_month": "month 1 of the control",
    }
    own = {"source", "confidence", "note", "name"}
    return {
        **{
            f"episode_{name}" if name in own else name: text(
                "episode", [getattr(row, name) for row in rows], long_name
            )
            for name, long_name in texts.items()
        },
        **{
            "month_1" if name == "first_month" else name: day_coordinate(
                "episode", [getattr(row, name) for row in rows], long_name
            )
            for name, long_name in days.items()
        },
    }


def _base_coordinates() -> dict[str, xr.Variable]:
    rows = read_bases()
    monthly = {"long_name": "mass of a normal month; NaN if it is the mean of the points", "units": "kg"}
    alternative = {"long_name": "0, or the number of a base that disagrees with another one", "units": "1"}
    after = [month_text(month_number(row.normal_to) + 1) for row in rows]
    texts = {
        "episode": "episode",
        "destination": "destination; * for each of the episode",
        "status": "reported or derived",
        "confidence": "H high, M medium, L low",
        "source": "where the base was read, or how it was derived",
        "note": "remark",
    }
    return {
        **{
            f"base_{name}": text("base", [getattr(row, name) for row in rows], long_name)
            for name, long_name in texts.items()
        },
        "base_begin": day_coordinate("base", [row.normal_from for row in rows], "first normal day"),
        "base_end": day_coordinate("base", after, "day after the last normal one"),
        "base_alternative": xr.Variable(
            "base", np.array([row.alternative for row in rows], np.int8), alternative
        ),
        "base_quantity": xr.Variable(
            "base", np.array([row.quantity * KG_PER_UNIT[row.unit] for row in rows]), monthly, _FLOAT
        ),
    }
