"""The runs beside the run of a page, and what makes them fit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import xarray as xr

from diamondsim.arguments import ArgumentError, require_mapping
from diamondsim.html_report.result_parts import require_parts
from diamondsim.plot.checked import of_kind, require_name
from diamondsim.reporting import require_same_measure, require_same_random_numbers


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The runs beside a run, with the same seed: all optional, and as for `build_report`."""

    baseline: xr.Dataset | None = None
    without_facilities: xr.Dataset | None = None
    without_diversion: xr.Dataset | None = None
    without_reserve: Mapping[str, xr.Dataset] | None = None

    def runs(self) -> Iterator[tuple[str, object]]:
        """Yield the runs that are given, each with the argument that gave it.

        Raises
        ------
        TypeError
            If the runs without a reserve are no mapping.
        """
        for name in ("baseline", "without_facilities", "without_diversion"):
            if getattr(self, name) is not None:
                yield name, getattr(self, name)
        if self.without_reserve is not None:
            require_mapping("without_reserve", self.without_reserve, "{'us': run_without_it}")
            yield from (("without_reserve", run) for run in self.without_reserve.values())


def require_beside(dataset: xr.Dataset, beside: Beside) -> None:
    """Check that the runs beside a run can be compared with it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    beside : Beside

    Raises
    ------
    ArgumentError
        If one is no run, or has another horizon or measure of a shortage; if the run without something has
        other random numbers, uses or regions than the run, or more replications; or a reserve is none of the
        run.
    TypeError
        If the runs without a reserve are no mapping.
    """
    for argument, given in beside.runs():
        try:
            run = of_kind(given, "run")
            require_parts(run, "run")
            require_same_measure(dataset, run)
            if argument != "baseline":
                _require_pairs(dataset, run)
        except (TypeError, ValueError) as error:
            raise ArgumentError(argument, str(error)) from None
    for name in beside.without_reserve or ():
        try:
            require_name("reserve", name, dataset["reserve"].values if "reserve" in dataset else ())
        except ValueError as error:
            raise ArgumentError("without_reserve", str(error)) from None


def _require_pairs(dataset: xr.Dataset, other: xr.Dataset) -> None:
    """Check that each replication of another run belongs to one of a run."""
    require_same_random_numbers(dataset, other)
    most, number = dataset.sizes["replication"], other.sizes["replication"]
    if number > most:
        raise ValueError(f"expected at most the {most:,} replications of the run, found {number:,}")
    for name in ("region", "use"):
        expected, found = (", ".join(map(str, run[name].values)) for run in (dataset, other))
        if expected != found:
            raise ValueError(f"expected the {name}s of the run, {expected}, found {found}")
