"""Recording: which array of the model fills which field of the Ledger (model.md, eq. 47)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.batch_model import BatchModel
from diamondsim.engines.batch.memory_layout import MemoryLayout
from diamondsim.engines.batch.segments import SegmentSum
from diamondsim.ledger import Ledger

Writer = Callable[[FloatArray], object]


class Recorder:
    """Writes the state at the end of a tick into a Ledger.

    Every entry of a recorded field is written, in the order of the Plan; the arrays of the model are in the
    order of the memory layout.
    """

    def __init__(self, model: BatchModel, draws: Draws, memory_layout: MemoryLayout, ledger: Ledger) -> None:
        self._model, self._draws, self._memory_layout = model, draws, memory_layout
        self._ledger = ledger
        self._source = ledger.kept.get("source", np.arange(model.topology.n_sources))
        writers = self._node_writers() | self._lane_writers() | self._source_writers() | self._price_writers()
        self._jobs = [(array, writers[name]) for name, array in ledger.arrays.items()]

    def record(self, t: int) -> None:
        """Fill tick `t`."""
        for array, write in self._jobs:
            write(array[t])

    def _node_writers(self) -> dict[str, Writer]:
        state, draws, origin = self._model.state, self._draws, self._model.origin
        lost_share = 1.0 - draws.backorder_share
        buffer = np.empty_like(lost_share)

        backlog_lapses = bool(draws.backorder_lapse.any())

        def lost_sales() -> None:
            np.multiply(lost_share, state.shortage, out=buffer)
            if backlog_lapses:
                np.add(buffer, state.lapsed, out=buffer)

        def tracked() -> None:
            assert origin is not None
            origin.consumed(state, buffer)

        names = (
            *("demand", "used", "substituted", "from_reserve", "shortage", "forgone"),
            *("backlog", "stock", "order", "arrived"),
        )
        return {name: self._nodes(name, getattr(state, name)) for name in names} | {
            "lost_sales": _after(lost_sales, self._nodes("lost_sales", buffer)),
            "tracked": _after(tracked, self._nodes("tracked", buffer)),
        }

    def _nodes(self, name: str, values: FloatArray) -> Writer:
        """Return a writer of the rows that the Ledger keeps of a field of nodes, or of the sums it keeps."""
        ledger, row_of_node = self._ledger, self._memory_layout.row_of_node
        if name not in ledger.sums:
            return _rows(values, row_of_node[ledger.kept.get("node", slice(None))])
        groups = ledger.sums[name]
        rows = row_of_node[[node for group in groups for node in group]]
        group_of_row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        add = SegmentSum(rows, group_of_row, len(groups), len(values))

        def write(out: FloatArray) -> None:
            out[:] = add(values)

        return write

    def _lane_writers(self) -> dict[str, Writer]:
        model, rows = self._model, self._memory_layout.row_of_lane
        covered = self._memory_layout.lanes[model.topology.covered]
        writers = {
            "allocated": _rows(model.state.lanes_allocated, rows),
            "expected_fill_rate": _rows(model.state.expected_fill_rate, rows),
            "granted": _some(model.queues.granted, covered),
            "withdrawn": _some(model.queues.withdrawn, covered),
            "queue": _some(model.queues.pending, covered),
            "diverted": _some(model.diverted_flows.diverted, covered),
            "seized": _some(model.diverted_flows.seized, covered),
            "shipped": self._shipped,
            "relayed": lambda out: out.fill(0.0),
        }
        relays = model.diverted_flows.relays
        if relays is not None:
            writers["relayed"] = _some(relays.relayed, self._memory_layout.lanes[relays.lanes])
        if model.lane_pipeline is not None:
            writers["pipeline"] = _rows(model.lane_pipeline, rows)
        return writers

    def _source_writers(self) -> dict[str, Writer]:
        state, processors = self._model.state, self._model.topology.processors
        row_of_processor = {int(s): k for k, s in enumerate(processors)}
        picked = [(k, row_of_processor[int(s)]) for k, s in enumerate(self._source) if s in row_of_processor]
        rows, picked_processors = np.array(picked, dtype=np.int64).reshape(-1, 2).T

        def capacity(out: FloatArray) -> None:
            state.max_output.take(self._source, axis=0, out=out, mode="clip")
            out[rows] = state.processor_capacity[picked_processors]

        return {
            "capacity": capacity,
            "output": _rows(state.output, self._source),
            "finished_stock": _rows(state.finished_stock, self._source),
            "relay_drawdown": self._relay_drawdown(),
        }

    def _relay_drawdown(self) -> Writer:
        relays = self._model.diverted_flows.relays
        if relays is None:
            return lambda out: out.fill(0.0)
        buffer = np.empty_like(self._model.state.output)
        return _after(partial(relays.write_drawdown, buffer), _rows(buffer, self._source))

    def _price_writers(self) -> dict[str, Writer]:
        prices = self._model.prices
        if prices is None:
            ones = np.ones_like(self._model.state.expected_demand)
            return {"paid": self._nodes("paid", ones), "price": lambda out: out.fill(1.0)}
        buffer = np.empty_like(prices.quotes.contract_log_price)

        paid = _after(partial(prices.write_paid, buffer), self._nodes("paid", buffer))
        return {"paid": paid, "price": prices.write_prices}

    def _shipped(self, out: FloatArray) -> None:
        model, memory_layout = self._model, self._memory_layout
        model.state.lanes_allocated.take(memory_layout.row_of_lane, axis=0, out=out, mode="clip")
        if model.terms.active:
            out[memory_layout.lanes[model.topology.covered]] *= model.terms.free


def _rows(values: FloatArray, rows: IntArray) -> Writer:
    """Return a writer of the given rows."""

    def write(out: FloatArray) -> None:
        values.take(rows, axis=0, out=out, mode="clip")

    return write


def _after(prepare: Callable[[], object], write: Writer) -> Writer:
    """Return a writer that calls `prepare` first."""

    def prepare_and_write(out: FloatArray) -> None:
        prepare()
        write(out)

    return prepare_and_write


def _some(values: FloatArray, rows: IntArray) -> Writer:
    """Return a writer of values to some rows, and of 0 elsewhere."""

    def write(out: FloatArray) -> None:
        out.fill(0.0)
        out[rows] = values

    return write
