"""Small files of trade statistics for the tests."""

from pathlib import Path

import xarray as xr

FILES = Path(__file__).parent / "files"


def plain(folder: Path, *rows: str, columns: str = "period,origin,destination,quantity,unit") -> Path:
    """Write a file in the plain layout and return its path."""
    file = folder / f"plain{len(list(folder.glob('plain*')))}.csv"
    file.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return file


def flow(data: xr.Dataset, origin: str, destination: str, name: str = "reported") -> float:
    """Return one flow of a Dataset of `read_trade`."""
    return float(data[name].sel(origin=origin, destination=destination))
