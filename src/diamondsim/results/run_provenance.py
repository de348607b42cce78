"""The provenance of a result: the attributes from which it can be reproduced."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diamondsim._version import __version__
from diamondsim.plan import DIMENSIONS, Plan, with_dimensions
from diamondsim.scenario import Scenario

IDENTITY = (
    *("title", "diamondsim_version", "seed", "as_of", "legal_state", "legal_state_outdated", "changes"),
    *("scenario_hash", "sampling"),
)
"""The attributes of a run that every result made from it keeps."""


@dataclass(frozen=True)
class Provenance:
    """What identifies a run.

    Attributes
    ----------
    title, scenario, scenario_hash
        Title, resolved text and hash of the scenario.
    as_of, legal_state
        Evidence cut-off date and the legal state assumed.
    seed : int
        Seed of all random numbers.
    outdated
        Why the legal state may no longer apply; None if nothing suggests it.
    changes
        What was changed since the scenario was read from files, as ``path=value``.
    """

    title: str
    scenario: str
    scenario_hash: str
    as_of: dt.date | None
    legal_state: str | None
    seed: int
    outdated: str | None = None
    changes: tuple[str, ...] = ()

    def identity(self) -> dict[str, str | int]:
        """Return the attributes that say which scenario a result is of, as each of `IDENTITY` names one."""
        return {
            "title": self.title,
            "diamondsim_version": __version__,
            "seed": self.seed,
            "as_of": "not given" if self.as_of is None else self.as_of.isoformat(),
            "legal_state": self.legal_state or "not given",
            "legal_state_outdated": self.outdated or "",
            "changes": "\n".join(self.changes),
            "scenario_hash": self.scenario_hash,
        }

    def attrs(self, plan: Plan) -> dict[str, str | int | float]:
        """Return the attributes of a Dataset."""
        return {
            **self.identity(),
            "scenario": self.scenario,
            "sampling": plan.sampling.method,
            **_dimensions(plan),
            "tick_days": plan.tick_days,
            "n_ticks": plan.n_ticks,
        }


def provenance_of(scenario: Scenario, seed: int) -> Provenance:
    """Return what identifies the run of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int

    Returns
    -------
    Provenance
        Of the scenario with the quasi-random dimension of each of its names, if it has dimensions.
    """
    scenario = with_dimensions(scenario)
    return Provenance(
        title=scenario.title or "untitled",
        scenario=scenario.dump(),
        scenario_hash=scenario.hash,
        as_of=scenario.as_of,
        legal_state=scenario.legal_state,
        seed=seed,
        outdated=scenario.outdated,
        # Dimensions have attributes of their own.
        changes=tuple(text for text in scenario.changes if not text.startswith(f"{DIMENSIONS}=")),
    )


def identity_of(scenario: Scenario, seed: int) -> dict[str, str | int]:
    """Return the attributes in `IDENTITY` of a result that is made from a scenario."""
    return {**provenance_of(scenario, seed).identity(), "sampling": scenario.sampling.method}


def identity_in(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return those of `IDENTITY` that the attributes of a run have."""
    return {name: attrs[name] for name in IDENTITY if name in attrs}


def _dimensions(plan: Plan) -> dict[str, str | int]:
    """Return the attributes with the quasi-random dimension of each name, if there are dimensions."""
    sampling = plan.sampling
    if sampling.method != "sobol":
        return {}
    return {"sampling_dimensions": json.dumps({**sampling.dimensions}), "sampling_plain": sampling.plain}
