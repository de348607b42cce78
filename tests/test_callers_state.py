"""What belongs to the caller's process is neither changed nor does it change results.

numpy's error state, warning filters, states of random generators, the locale, the folder, signal handlers.
"""

from __future__ import annotations

import datetime as dt
import decimal
import locale
import os
import pickle
import random
import signal
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.reporting import build_report
from tests.conditioning.licensed import licensed
from tests.simulation.small import short_ban

TRADE = Path(__file__).parent / "trade" / "files" / "usgs_2026.csv"
LICENCES = ds.Observation(
    month=dt.date(2026, 6, 1),
    measure="licences",
    control="desk",
    destination="home",
    quantity=12,
    decided=40,
    unit="",
    error=0.0,
    source="invented",
)


def run(_folder: Path) -> xr.Dataset:
    return ds.monte_carlo(short_ban(), replications=64, seed=1, workers=1)


def priced_run(_folder: Path) -> xr.Dataset:
    scenario = ds.load_scenario("priced-2027").override({"horizon.length": "12 weeks"})
    return ds.monte_carlo(scenario, replications=4, seed=1, workers=1)


def trace(_folder: Path) -> xr.Dataset:
    return ds.simulate(short_ban(), seed=1, replication=3).dataset


def paths(folder: Path) -> xr.Dataset:
    ds.write_paths(short_ban(), folder / "paths", replications=8, seed=1, workers=1)
    ds.paths_to_zarr(folder / "paths", folder / "paths.zarr")
    return ds.open_paths(folder / "paths").load()


def gain(_folder: Path) -> xr.Dataset:
    return ds.sampling_gain(short_ban(), replications=1024, seeds=1)


def forecasts(_folder: Path) -> xr.Dataset:
    return ds.backtest(replications=64)


def trade(_folder: Path) -> xr.Dataset:
    return ds.read_trade(TRADE, base="baseline-2026")


def conditioned(_folder: Path) -> xr.Dataset:
    return ds.condition(ds.monte_carlo(licensed("beta(4 2)"), replications=1024, workers=1), [LICENCES])


def past(_folder: Path) -> xr.Dataset:
    return ds.episodes()


def home_supply(_folder: Path) -> xr.Dataset:
    return ds.independence(ds.load_scenario("lapse-2027"), replications=4)


def decisive(_folder: Path) -> xr.Dataset:
    return ds.sensitivity(
        ds.monte_carlo(licensed("beta(4 2)"), replications=256, seed=1, workers=1), region="home", use="u"
    )


def mixed(_folder: Path) -> xr.Dataset:
    runs = {
        name: ds.monte_carlo(short_ban(**{"inventory_policy.u.cover": name}), replications=64, workers=1)
        for name in ("10 days", "20 days")
    }
    return ds.mixture(runs, {"10 days": 0.5, "20 days": 0.5})


CALLS: tuple[Callable[[Path], xr.Dataset], ...] = (
    run,
    priced_run,
    trace,
    paths,
    gain,
    forecasts,
    conditioned,
    trade,
    past,
    home_supply,
    decisive,
    mixed,
)


def state() -> dict[str, object]:
    """Return what a call could change and the caller would notice."""
    return {
        "numpy error state": np.geterr(),
        "numpy error call": np.geterrcall(),
        "numpy print options": {**np.get_printoptions()},
        "numpy random state": pickle.dumps(np.random.get_state()),  # noqa: NPY002 - of the caller
        "random state": random.getstate(),
        "warning filters": [*warnings.filters],
        "warning functions": (warnings.formatwarning, warnings.showwarning),
        "decimal context": str(decimal.getcontext()),
        "locale": locale.setlocale(locale.LC_ALL),
        "folder": Path.cwd(),
        "environment": {**os.environ},
        "signal handlers": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "options of xarray": xr.get_options(),
    }


@pytest.mark.parametrize("call", CALLS)
def test_a_call_leaves_the_callers_state_alone_and_does_not_depend_on_it(call, tmp_path):
    (tmp_path / "usual").mkdir()
    (tmp_path / "strict").mkdir()
    expected = call(tmp_path / "usual")
    with (
        warnings.catch_warnings(),
        np.errstate(all="raise"),
        np.printoptions(precision=2),
        decimal.localcontext(prec=5),
        xr.set_options(keep_attrs=False, arithmetic_join="exact"),
    ):
        warnings.simplefilter("error")
        before = state()
        found = call(tmp_path / "strict")
        after = state()
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {}
    xr.testing.assert_identical(found, expected)


def test_a_dataset_that_is_given_to_a_call_is_only_read():
    scenario = licensed("beta(4 2)").override({"legal_states": {"L": {"desk": "in effect"}}})
    dataset = ds.monte_carlo(scenario, replications=1024, seed=1, workers=1)
    expected = dataset.copy(deep=True)
    for variable in dataset.variables.values():
        if variable.dtype.kind == "f":
            variable.values.flags.writeable = False
    ds.deciding_inputs(scenario, dataset=dataset, region="home", use="u")
    ds.condition(dataset, [LICENCES])
    build_report(scenario, dataset, check=ds.check(scenario), baseline=dataset, without_diversion=dataset)
    xr.testing.assert_identical(dataset, expected)
