"""Builds the report of a run from its Datasets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from diamondsim.analysis import deciding_inputs
from diamondsim.plan.check import CheckReport
from diamondsim.reporting.baseline_differences import chance_differences
from diamondsim.reporting.diversion_effects import diversion_effects
from diamondsim.reporting.headline_uses import hit
from diamondsim.reporting.legal_state_rows import legal_state_rows
from diamondsim.reporting.margins import least_cover
from diamondsim.reporting.observed_rows import observed_report
from diamondsim.reporting.price_report import price_report
from diamondsim.reporting.quarter_report import quarter_report
from diamondsim.reporting.report import (
    BaselineChanges,
    Deciding,
    FacilityEffect,
    FacilityRow,
    OriginRow,
    Report,
    RunHead,
    Share,
)
from diamondsim.reporting.reserve_rows import reserve_uses, unmet
from diamondsim.reporting.use_rows import UseRow, onset_of, rows_of_uses
from diamondsim.results import Settings, proportion, ratio, weights_of
from diamondsim.scenario import Scenario


def build_report(
    scenario: Scenario,
    dataset: xr.Dataset,
    *,
    check: CheckReport,
    baseline: xr.Dataset | None = None,
    baseline_changes: BaselineChanges | None = None,
    without_facilities: xr.Dataset | None = None,
    without_diversion: xr.Dataset | None = None,
    without_reserve: Mapping[str, xr.Dataset] | None = None,
) -> Report:
    """Build the report of a run.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo`.
    check : CheckReport
        Of the scenario.
    baseline : xarray.Dataset, optional
        Of another scenario, with the same seed.
    baseline_changes : BaselineChanges, optional
        Which changes of single values the baseline shares.
    without_facilities, without_diversion : xarray.Dataset, optional
        Of the scenario with its facilities cancelled, and of that without diversion, with the same seed and
        no more replications.
    without_reserve : mapping of str to xarray.Dataset, optional
        By reserve, of the scenario without it, likewise.

    Returns
    -------
    Report
    """
    attrs = dataset.attrs
    regions = dict(zip(dataset["region"].values, dataset["region_name"].values, strict=True))
    origin = str(attrs["tracked_origin"])
    rows = rows_of_uses(dataset)
    return Report(
        head=RunHead.of(dataset),
        baseline_head=None if baseline is None else RunHead.of(baseline),
        baseline_changes=baseline_changes,
        threshold=float(attrs["threshold"]),
        window_days=_window_days(dataset),
        rows=rows,
        differences={} if baseline is None else chance_differences(dataset, baseline),
        baseline_rows={} if baseline is None else {(r.region, r.use): r for r in rows_of_uses(baseline)},
        facilities=tuple(_facilities(scenario, dataset)),
        effects=() if without_facilities is None else tuple(_effects(dataset, without_facilities)),
        diversion_effects=() if without_diversion is None else diversion_effects(dataset, without_diversion),
        deciding=_deciding(scenario, dataset, rows),
        tracked_origin=str(regions.get(origin, origin)),
        origins=tuple(_origins(dataset)),
        check=check,
        n_inputs=dataset.sizes.get("input", 0),
        prices=price_report(scenario, dataset, baseline),
        legal_states=legal_state_rows(scenario, dataset),
        quarters=quarter_report(dataset),
        observed=observed_report(dataset),
        loss_unknown=_loss_unknown(dataset),
        reserves=reserve_uses(scenario, dataset, without_reserve or {}),
        least_cover=least_cover(dataset),
    )


def _window_days(dataset: xr.Dataset) -> float:
    """Return the length of the window of the peak shortfall (docs/results.md, eq. R2)."""
    tick_days = float(dataset.attrs["tick_days"])
    ticks = Settings(window_days=float(dataset.attrs["window_days"])).window_ticks(tick_days)
    return min(ticks, dataset.sizes["time"]) * tick_days


def _loss_unknown(dataset: xr.Dataset) -> dict[str, str]:
    names = zip(dataset["use"].values, dataset["use_name"].values, strict=True)
    return {
        str(use): str(name) for use, name in names if dataset["economic_loss"].sel(use=use).isnull().all()
    }


def _facilities(scenario: Scenario, dataset: xr.Dataset) -> list[FacilityRow]:
    rows, weights = [], weights_of(dataset)
    for name, facility in scenario.facilities.items():
        ticks = dataset["first_output"].sel(facility=name).values
        onset = onset_of(ticks, dataset["time"].values, weights)
        not_supplied = [
            use.name or use_id
            for use_id, use in scenario.uses.items()
            if not set(use.grades) & set(facility.product_mix)
        ]
        missing = proportion(np.isnan(ticks), None, weights)
        rows.append(FacilityRow(name, onset, missing, tuple(not_supplied)))
    return rows


def _effects(dataset: xr.Dataset, without: xr.Dataset) -> list[FacilityEffect]:
    """Compare unmet demand, added over the uses that are counted in the unit of the first use.

    Where there are prices, what is given up because of them counts too.
    """
    paired = dataset.isel(replication=slice(0, without.sizes["replication"]))
    weights = weights_of(paired)
    same_unit = [str(unit) == str(dataset["unit"].values[0]) for unit in dataset["unit"].values]
    effects = []
    for r, name in enumerate(dataset["region_name"].values):
        with_it, without_it = (
            np.asarray(np.nansum(unmet(run).isel(region=r).values[:, same_unit], axis=1))
            for run in (paired, without)
        )
        if with_it.tobytes() != without_it.tobytes():
            needed = np.nansum(paired["demand"].isel(region=r).values[:, same_unit], axis=1)
            most = max(float(np.average(each, weights=weights)) for each in (with_it, without_it))
            demand = float(np.average(needed, weights=weights))
            share = most / demand if demand > 0 else 0.0
            effects.append(FacilityEffect(str(name), ratio(with_it, without_it, weights), share))
    return effects


def _deciding(scenario: Scenario, dataset: xr.Dataset, rows: tuple[UseRow, ...]) -> Deciding | None:
    # A buyer that is modelled on its own is what the scenario asks about. Otherwise the first use of the
    # table that is hit, not the one hit first: where nearly all replications are short, nothing decides.
    candidates = hit(rows)
    row = next((row for row in candidates if "/" in row.use), next(iter(candidates), None))
    if row is None:
        return None
    found = deciding_inputs(scenario, dataset=dataset, region=row.region, use=row.use)
    return Deciding(row.region, row.use, row.place, found)


def _origins(dataset: xr.Dataset) -> list[OriginRow]:
    if "tracked_share_band" not in dataset:
        return []
    rows = []
    for r, name in enumerate(dataset["region_name"].values):
        mean = dataset["tracked_share_mean"].isel(region=r).values
        band = dataset["tracked_share_band"].isel(region=r).sel(quantile=[0.05, 0.95]).values
        ends = [Share(float(mean[t]), float(band[t, 0]), float(band[t, 1])) for t in (0, -1)]
        if not np.isnan(mean[[0, -1]]).any():
            rows.append(OriginRow(str(name), *ends))
    return rows
