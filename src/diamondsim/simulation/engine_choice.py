"""Which engine simulates: the one that is asked for, that of the store, or the faster one for a long run.

Owns the rule of `auto`. The choice depends on the run and on what is compiled on this machine, never on the
number of processes: those give the same bits.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from diamondsim.engines import ENGINES
from diamondsim.engines.compiled import can_be_kept, is_kept, load_kernel
from diamondsim.errors import EngineError, StoreError, nearest
from diamondsim.extras import not_installed
from diamondsim.plan import compile_plan

if TYPE_CHECKING:
    from diamondsim.simulation.run_folder import RunFolder
    from diamondsim.simulation.runner import RunSpec

AUTO = "auto"
ENGINE_NAMES = (AUTO, "batch", "compiled")
"""What can be asked for; the event engine takes one replication at a time (`simulate`)."""

SAVED_SECONDS = 28e-9
"""What the compiled engine saves for each lane, tick and replication, about four fifths of the time."""
LEAST_SAVED_SECONDS = 2.0
"""What a run has to save: loading the engine takes about a second."""
LEAST_SAVED_TO_COMPILE = 40.0
"""What a run has to save if the engine has to be compiled first, which takes 17 to 20 s of one processor."""

_asked: ContextVar[str] = ContextVar("engine", default=AUTO)
_decided: ContextVar[str] = ContextVar("decided", default=AUTO)
_on_compile: ContextVar[Callable[[], object]] = ContextVar("on_compile", default=lambda: None)


class EngineWarning(UserWarning):
    """numba is installed but cannot be used, so that the batch engine simulates."""


@contextlib.contextmanager
def use_engine(name: str, *, on_compile: Callable[[], object] | None = None) -> Iterator[None]:
    """Choose the engine of all calls in a `with` block that simulate many replications.

    Engines agree to 1e-9, not in the last digits. For the same bits on every machine name one of them.

    Parameters
    ----------
    name : {"auto", "batch", "compiled"}
        `auto`, the default of all calls: the engine of the store, if one is continued, else `compiled` if
        the run is long enough to gain from it, and `batch` in all other cases, also with an executor. A run
        has to be longer where the engine has not been compiled on this machine yet. Asking for `compiled`
        compiles it where need be.
    on_compile : callable, optional
        Called before the compiled engine is compiled, which takes about half a minute, once on a machine.

    Raises
    ------
    ValueError
        If there is no such engine.
    ImportError
        If `compiled` is asked for and numba is not installed.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> with ds.use_engine("batch"):
    ...     found = ds.compare({"calm": calm, "same": calm}, replications=4)
    """
    _require_engine(name)
    asked = _asked.set(name)
    noted = _on_compile.set(on_compile or _on_compile.get())
    try:
        yield
    finally:
        _asked.reset(asked)
        _on_compile.reset(noted)


@contextlib.contextmanager
def decide_engine(specs: Sequence[RunSpec], store: RunFolder | None = None) -> Iterator[None]:
    """Let `auto` choose once for all calls in a `with` block, except where a folder keeps another engine.

    Parameters
    ----------
    specs : sequence of RunSpec
        For which it chooses.
    store : RunFolder, optional
        Of these runs.

    Raises
    ------
    ImportError, StoreError
        As for `with_engine`.
    """
    decided = _decided.set(with_engine(specs, store, is_elsewhere=False)[0].engine)
    try:
        yield
    finally:
        _decided.reset(decided)


def _require_engine(name: str) -> None:
    if name not in ENGINE_NAMES:
        close = nearest(str(name), ENGINE_NAMES)
        hint = f"; did you mean {close!r}?" if close else ""
        raise ValueError(f"engine: expected one of {', '.join(ENGINE_NAMES)}, found {name!r}{hint}")
    if name == "compiled" and ENGINES["compiled"].missing:
        raise ImportError(not_installed('engine "compiled" needs', "numba", "fast"))


def with_engine(specs: Sequence[RunSpec], store: RunFolder | None, *, is_elsewhere: bool) -> list[RunSpec]:
    """Return runs with the engine that simulates them, which is loaded and, if need be, compiled.

    Parameters
    ----------
    specs : sequence of RunSpec
    store : RunFolder or None
        Its engine is that of the run which it keeps.
    is_elsewhere : bool
        Whether an executor of the caller computes, perhaps where numba is not installed.

    Raises
    ------
    ImportError
        If the compiled engine is asked for and numba cannot be used.
    StoreError
        If none is asked for, and that of the folder cannot be used.
    """
    name = _asked.get()
    if name == AUTO:
        name = _engine_of(store)
        name = _decided.get() if name == AUTO else name
    elif name == "compiled":
        _require_engine(name)
        _load_or_refuse()
    if name == AUTO:
        name = "compiled" if not is_elsewhere and _gains(specs) and _loads() else "batch"
    return [replace(spec, engine=name) for spec in specs]


def _engine_of(store: RunFolder | None) -> str:
    """Return the engine of the run in a folder, which is ready to simulate; `auto` if there is no run yet.

    Raises
    ------
    StoreError
        If this version does not have the engine, or numba cannot be used.
    """
    name = None if store is None else store.engine
    if store is None or name is None:
        return AUTO
    keeps = f"'{store.folder}' keeps a run of the engine {name!r}"
    if name not in ENGINE_NAMES or name == AUTO:
        raise StoreError(f"{keeps}, which this version does not have: name another folder")
    try:
        if name == "compiled":
            _require_engine(name)
            _load_or_refuse()
    except ImportError as error:
        raise StoreError(f"{keeps}: {error}") from error
    return name


def _load_or_refuse() -> None:
    try:
        load_kernel(_on_compile.get())
    except Exception as error:
        raise EngineError(
            f'engine "compiled" needs numba, which is installed but fails: {type(error).__name__}: {error}'
        ) from error


def _gains(specs: Sequence[RunSpec]) -> bool:
    """Return whether the compiled engine is faster, for scenarios about as large as the first."""
    if ENGINES["compiled"].missing:
        return False
    replications = sum(spec.replications for spec in specs)
    plan = compile_plan(specs[0].scenario)
    saved = SAVED_SECONDS * replications * plan.n_lanes * plan.n_ticks
    if saved < LEAST_SAVED_SECONDS:
        return False
    # What cannot be kept would be compiled anew by each worker and each later run.
    return is_kept() or (saved >= LEAST_SAVED_TO_COMPILE and can_be_kept())


def _loads() -> bool:
    """Load the compiled engine; warn where it is installed but broken."""
    try:
        load_kernel(_on_compile.get())
    except Exception as error:  # noqa: BLE001 - a broken installation may fail in any way
        warnings.warn(
            f"numba cannot be used, so that the batch engine simulates: {type(error).__name__}: {error}",
            EngineWarning,
            stacklevel=2,
        )
        return False
    return True
