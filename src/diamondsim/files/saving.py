"""The public call `save`: a result as a file, in the format that its name asks for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from diamondsim.files.file_formats import check_file
from diamondsim.files.result_tables import Result, ResultTables, require_result
from diamondsim.files.table_files import CSV, PARQUET, write_table_files
from diamondsim.files.workbook import write_workbook
from diamondsim.files.zarr_folder import write_zarr
from diamondsim.results import write_netcdf
from diamondsim.simulation import Trace


def save(
    result: Result,
    path: str | os.PathLike[str],
    *,
    tables: Sequence[str] | None = None,
) -> Path:
    """Write a result to a file in the format that its name asks for.

    ``.nc`` (NetCDF) and ``.zarr`` hold the Dataset with everything in it; of a trace they have no events.
    ``.csv``, ``.parquet`` and ``.xlsx`` hold its tidy tables (`tables`): a workbook in one sheet each, the
    others in one file each, the main table under the name that is given and the others beside it as
    ``NAME-TABLE.csv``. All of them also have the tables `provenance` and `columns`. The files are written
    under other names first, so that a full disk or an interruption leaves existing ones unchanged.

    Parameters
    ----------
    result : xarray.Dataset, xarray.DataTree or Trace
        From any call of this package.
    path : path
        Existing files are replaced, a Zarr store is not.
    tables : sequence of str, optional
        Names of tables, the main one first; only for ``.csv``, ``.parquet`` and ``.xlsx``. By default a
        Parquet file has all, and the others have those without a row for each replication, if there are any.

    Returns
    -------
    pathlib.Path
        The file, or the folder of a Zarr store.

    Raises
    ------
    ValueError
        If the name ends in none of these suffixes; if a table does not exist, or has more rows than a sheet
        can hold; if the result has no table.
    ImportError
        If the library for the format is not installed (the extras `zarr`, `parquet` and `excel`).
    TypeError
        If `result` is none of these.
    OSError
        If the folder is missing or not writable, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = ds.save(ds.monte_carlo(calm, replications=8), f"{folder}/calm.csv", tables=["uses"])
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['calm-columns.csv', 'calm-provenance.csv', 'calm-scenario.yaml', 'calm.csv']
    """
    found = ResultTables(require_result(result))
    target = Path(path)
    file_format = check_file(target)
    if file_format.suffix in (".nc", ".zarr"):
        if tables is not None:
            raise ValueError(f"tables: {file_format.suffix} holds the whole result; leave tables out")
        whole = result.dataset if isinstance(result, Trace) else result
        return write_netcdf(whole, target) if file_format.suffix == ".nc" else write_zarr(whole, target)
    names, left_out = _chosen(found, tables, all_of_them=file_format.suffix == ".parquet")
    if file_format.suffix == ".xlsx":
        return write_workbook(result, found, names, left_out, target)
    kind = CSV if file_format.suffix == ".csv" else PARQUET
    return write_table_files(result, found, names, left_out, target, kind)


def _chosen(
    found: ResultTables, asked: Sequence[str] | None, *, all_of_them: bool
) -> tuple[list[str], list[str]]:
    """Return the tables to write, the main one first, and those that are left out unasked.

    Raises
    ------
    ValueError
        If there is no table, or none of a name.
    """
    if asked is not None:
        names = [asked] if isinstance(asked, str) else [*dict.fromkeys(asked)]
        problems = []
        for name in names:
            if name not in found:
                try:
                    found[name]
                except KeyError as error:
                    problems.append(str(error.args[0]))
        if problems or not names:
            raise ValueError(
                "; ".join(f"tables: {problem}" for problem in problems) or "tables: none is named"
            )
        return names, []
    names = [*found]
    if not names:
        raise ValueError("the result has no table: it holds no variable")
    short = [name for name in names if "_by_replication" not in name]
    left_out = [] if all_of_them or not short else [name for name in names if name not in short]
    kept = [name for name in names if name not in left_out]
    first = found.main if found.main in kept else kept[0]
    return [first, *(name for name in kept if name != first)], left_out
