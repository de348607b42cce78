"""All measures, by name."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.mechanisms import path_measures, summary_measures
from benchmarks.mechanisms.measure import Measure

MEASURES: Mapping[str, Measure] = {
    name: found
    for module in (summary_measures, path_measures)
    for name, found in vars(module).items()
    if isinstance(found, Measure)
}
