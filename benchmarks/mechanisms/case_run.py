"""One case that has been run: its Dataset and, only where a measure asks for them, its paths and licences."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType

import numpy as np
import xarray as xr

import diamondsim as ds
from benchmarks.declared_runs.declarations import DeclarationError
from diamondsim.arrays import FloatArray
from diamondsim.errors import nearest
from diamondsim.scenario import Scenario
from diamondsim.simulation import admitted_flow

SEED = 0


class CaseRun:
    """A scenario with some replications; what is asked of it is computed once.

    Parameters
    ----------
    scenario : Scenario
    replications : int
    path_variables : iterable of str
        Variables that some measure reads from the paths.
    """

    def __init__(self, scenario: Scenario, replications: int, path_variables: Iterable[str] = ()) -> None:
        self.scenario = scenario
        self.replications = replications
        self._path_variables = [*path_variables]
        self._open = ExitStack()
        self._flows: dict[str, xr.DataArray] = {}

    def __enter__(self) -> CaseRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The Dataset of `monte_carlo`."""
        return ds.monte_carlo(self.scenario, replications=self.replications, seed=SEED, workers=1)

    @cached_property
    def paths(self) -> xr.Dataset:
        """The paths, in a folder that is removed with the run."""
        folder = self._open.enter_context(tempfile.TemporaryDirectory())
        written = ds.write_paths(
            self.scenario,
            folder,
            replications=self.replications,
            seed=SEED,
            variables=self._path_variables,
            dtype="float32",
            workers=1,
        )
        return self._open.enter_context(written)

    def licences(self, control: str) -> xr.DataArray:
        """Return what `admitted_flow` tells of a control."""
        if control not in self._flows:
            self._flows[control] = admitted_flow(
                self.scenario, control=control, replications=self.replications, seed=SEED
            )
        return self._flows[control]

    def of_use(self, name: str, use: str) -> FloatArray:
        """Return a metric (use, replication) of the uses that a selector names.

        Parameters
        ----------
        name : str
        use : str
            `US.polishing`; `US.any` is every use of a region that is counted in carats.
        """
        region, _, which = use.partition(".")
        chosen = self.dataset[name].sel(region=_known(region, self.dataset["region"].values))
        if which == "any":
            known = self.dataset["demand"].sel(region=region).notnull().all("replication")
            in_carats = known & (self.dataset["unit"] == "ct")
            chosen = chosen.isel(use=np.flatnonzero(in_carats.values))
        else:
            chosen = chosen.sel(use=[_known(which, self.dataset["use"].values)])
        return np.asarray(chosen.transpose("use", "replication").values, dtype=float)

    def at(self, name: str, date: dt.date) -> xr.DataArray:
        """Return a variable over time in the tick that contains a date."""
        return self.dataset[name].sel(time=np.datetime64(date, "ns"), method="ffill")

    @property
    def days_of_tick(self) -> float:
        """Days in a tick."""
        return float(self.dataset.attrs["tick_days"])

    @property
    def start(self) -> dt.date:
        """First day of the horizon."""
        first: dt.date = self.dataset["time"].values[0].astype("datetime64[D]").astype(dt.date)
        return first


def _known(label: str, labels: FloatArray) -> str:
    if label not in labels:
        close = nearest(label, [str(each) for each in labels])
        raise DeclarationError(f"a case has no {label!r}" + (f"; did you mean {close!r}?" if close else ""))
    return label
