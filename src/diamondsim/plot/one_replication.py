"""One replication in a picture: the states of controls, what was short, and the events that mattered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.engines.event import EventKind
from diamondsim.plot.canvas import canvas, date_axis, tint
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.palette import BLUE, INK, MUTED, PLUM, STATE_COLOURS, VERMILION
from diamondsim.plot.texts import control_labels, place_names, subtitle
from diamondsim.simulation import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = 0.84
_NAMED = (
    EventKind.MILESTONE,
    EventKind.NO_OUTPUT,
    EventKind.QUALIFIED,
    EventKind.CRACKDOWN,
    EventKind.RESERVE_OPENS,
    EventKind.RESERVE_EMPTY,
    EventKind.OUTAGE_BEGINS,
    EventKind.RELAPSE_BEGINS,
    EventKind.HALF_PASSES,
)
"""Events that are named in the picture; states of controls and shortages are drawn."""
_MOST_EVENTS = 9


def replication_timeline(
    trace: Trace,
    *,
    region: str | None = None,
    most: int = 6,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw one replication: the state of each control, the shortage of each use, and the main events.

    Parameters
    ----------
    trace : Trace
        Of `simulate`.
    region : str, optional
        Only uses of this region.
    most : int
        Largest number of uses: those with the largest share of demand unmet.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    size : str
        Of a new figure: ``report`` (16 cm wide) or ``slide`` (16:9).
    head : bool
        Whether to write title, subtitle and notes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ModuleNotFoundError
        Without matplotlib (the extra ``plot``).
    TypeError, ValueError
        If `trace` is of another call, or there is no such region.

    Examples
    --------
    >>> import diamondsim as ds
    >>> ax = ds.plot.replication_timeline(ds.simulate(ds.load_scenario("calm")), region="US")
    >>> ax.figure.texts[0].get_text()  # the title
    'One replication, week by week'
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"expected the Trace of diamondsim.simulate, found {type(trace).__name__}")
    found = dataset_of(trace.dataset, "trace")
    if most < 1:
        raise ValueError(f"most: expected an integer of at least 1, found {most!r}")
    shares = _unmet(found, region)
    known = sorted(
        ((float(np.nanmean(share)), place) for place, share in shares.items()), key=lambda each: -each[0]
    )
    places = [place for mean, place in known if mean > 0][:most]
    labels = place_names(found, [*shares])
    controls = [str(name) for name in found["control"].values]
    events = _events(trace)
    rows = len(places) + len(controls) + (2 if events else 0)
    drawn = canvas(ax, size=size, head=head, rows=rows)
    axes = drawn.axes
    times = found["time"].values
    base, ticks = rows - 1, []
    named = control_labels(found)
    for control in controls:
        _draw_states(axes, found["control_state"].sel(control=control), times, base)
        ticks.append((base + _ROOM / 2, drawn.row_name(named[control])))
        base -= 1
    if events:
        base -= 1
        _draw_events(axes, events, times, base)
        ticks.append((base + 1.0, "Events"))
        base -= 1
    for place in places:
        where, name = labels[place]
        axes.fill_between(
            times,
            base,
            base + _ROOM * shares[place],
            color=tint(VERMILION, 0.75),
            linewidth=0,
            label=".".join(place),
            step="post",
        )
        axes.axhline(base, color=MUTED, linewidth=0.6)
        ticks.append((base + _ROOM / 2, drawn.row_name(name if region is not None else f"{name}, {where}")))
        base -= 1
    axes.set_yticks([height for height, _ in ticks], [label for _, label in ticks])
    axes.set_ylim(-0.1, max(rows, 1))
    axes.set_xlim(times[0], times[-1])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    date_axis(axes)
    if controls:
        drawn.notes.append("Controls: licensing is blue, banned red, announced plum; in grey nothing binds.")
    if places:
        drawn.notes.append(
            "Red: share of the demand of a use unmet in its week, worst grade; a full row is 100 %."
        )
    else:
        drawn.notes.append("No use is short in this replication.")
    if dropped := len([mean for mean, _ in known if mean > 0]) - len(places):
        drawn.notes.append(f"{dropped} uses that are less short are not shown.")
    if len(trace.events) > len(events):
        drawn.notes.append(f"{len(trace.events) - len(events)} other events: print the trace.")
    return drawn.finish("One replication, week by week", subtitle(found))


def _unmet(found: xr.Dataset, region: str | None) -> dict[tuple[str, str], Any]:
    """Return the share of demand that is unmet in each tick, of the worst grade, by region and use."""
    uses = found["node_kind"].values == "use"
    regions = found["node_region"].values
    if region is not None:
        region = require_name("region", region, dict.fromkeys(regions[uses].tolist()))
        uses &= regions == region
    shares: dict[tuple[str, str], Any] = {}
    for node in np.flatnonzero(uses):
        demand, short = (found[name].values[:, node] for name in ("demand", "shortage"))
        share = np.divide(short, demand, out=np.zeros_like(short), where=demand > 0)
        place = str(regions[node]), str(found["node_use"].values[node])
        shares[place] = np.maximum(shares.get(place, 0.0), share)
    return shares


def _events(trace: Trace) -> list[tuple[int, str]]:
    """Return the tick and the words of the events that are named, each kind of an entity once."""
    found: list[tuple[int, str]] = []
    seen: set[tuple[str, str]] = set()
    for event in trace.events:
        if event.kind in _NAMED and (event.kind, event.entity + event.why) not in seen:
            seen.add((event.kind, event.entity + event.why))
            words = event.why if event.kind in (EventKind.MILESTONE, EventKind.NO_OUTPUT) else str(event.kind)
            found.append((event.tick, f"{event.entity.partition(':')[0]}: {words}"))
    unique = list(dict(reversed([(words, tick) for tick, words in found])).items())
    return sorted(((tick, words) for words, tick in unique))[:_MOST_EVENTS]


def _draw_states(axes: Any, states: xr.DataArray, times: Any, base: float) -> None:
    names = dict(pair.split("=") for pair in str(states.attrs["states"]).split())
    values = states.values
    starts = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    ends = [*starts[1:], len(times) - 1]
    span = (times[-1] - times[0]).astype(float) or 1.0
    for begin, end in zip(starts, ends, strict=True):
        name = names[str(int(values[begin]))]
        colour = STATE_COLOURS[name]
        axes.fill_between(times[[begin, end]], base, base + _ROOM, color=colour, linewidth=0, label=name)
        if (times[end] - times[begin]).astype(float) / span > 0.09:
            middle = times[begin] + (times[end] - times[begin]) / 2
            ink = INK if name in ("none", "suspended") else "white"
            axes.text(middle, base + _ROOM / 2, name, ha="center", va="center", fontsize="x-small", color=ink)


def _draw_events(axes: Any, events: list[tuple[int, str]], times: Any, base: float) -> None:
    """Write events on three lines in turn, those of the second half to the left of their mark."""
    for number, (tick, words) in enumerate(events):
        height = base + 1.7 - 0.75 * (number % 3)
        late = tick > 0.55 * len(times)
        axes.plot(
            times[tick : tick + 1], [height], "o", color=PLUM, markersize=3.5, label="event", clip_on=False
        )
        shown = words if len(words) <= 40 else f"{words[:38].rstrip()} …"
        axes.annotate(
            shown,
            (times[tick], height),
            (-5 if late else 5, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            fontsize="x-small",
            color=BLUE,
        )
