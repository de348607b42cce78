"""Keeps the compiled kernel on disk: one process of a machine compiles it, later ones load it.

Owns where it is kept. A folder belongs to one content of the source files, one version of numba and one kind
of processor, so that a change of any of them compiles anew. Importing this module does not load numba.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diamondsim.engines.compiled.former_kernels import note_use, remove_unused

_HERE = Path(__file__).resolve().parent
_PACKAGE = _HERE.parents[1]
_SOURCES = (_HERE, _PACKAGE / "constants.py", _PACKAGE / "plan" / "structure")
_INDEX = "*.nbi"
"""Pattern of the files in which numba lists what it has compiled."""


def kernel_folder() -> Path:
    """Return the folder of the kernel as it would be compiled now: below `NUMBA_CACHE_DIR`, if that is set.

    Raises
    ------
    ImportError
        If numba is not installed, or cannot be loaded.
    """
    from llvmlite import binding  # type: ignore[import-untyped]  # noqa: PLC0415 - not installed everywhere

    features = sorted(name for name, is_there in binding.get_host_cpu_features().items() if is_there)
    of_kernel = hashlib.sha256(" ".join([binding.get_host_cpu_name(), *features]).encode())
    of_kernel.update(f"{importlib.metadata.version('numba')} {sys.version} {_HERE}".encode())
    of_kernel.update(os.environ.get("NUMBA_OPT", "").encode())
    for source in _SOURCES:
        for file in [source] if source.suffix else sorted(source.rglob("*.py")):
            # numba compiles anew where the time of the file has changed.
            of_kernel.update(f"{file.name} {file.stat().st_mtime_ns}\n".encode() + file.read_bytes())
    return _user_folder() / "diamondsim" / of_kernel.hexdigest()[:16]


def _user_folder() -> Path:
    """Return where programs of this user keep what they can make again."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir())
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def is_kept() -> bool:
    """Return whether the kernel is on disk, compiled for this processor."""
    try:
        return any(kernel_folder().rglob(_INDEX))
    except (ImportError, OSError, RuntimeError):
        return False


def can_be_kept() -> bool:
    """Return whether a kernel that is compiled now can be written to disk, for later processes."""
    if os.environ.get("NUMBA_OPT") == "0":  # numba keeps nothing that it has not optimised
        return False
    try:
        folder = kernel_folder()
        there = next(each for each in (folder, *folder.parents) if each.exists())
        return there.is_dir() and os.access(there, os.W_OK)
    except (ImportError, OSError, RuntimeError):  # an OSError also where a name is too long
        return False


def load_kernel(on_compile: Callable[[], object] = lambda: None) -> None:
    """Load the kernel from disk, or compile and keep it; only the first call in a process does anything.

    Parameters
    ----------
    on_compile : callable, optional
        Called before the kernel is compiled, which takes about half a minute.

    Raises
    ------
    ImportError
        If numba is not installed, or cannot be loaded.
    """
    import numba  # noqa: PLC0415 - takes half a second

    from diamondsim.engines.compiled.kernel_ticks import simulate_vector  # noqa: PLC0415 - loads numba

    if simulate_vector.signatures:
        return
    folder, arguments = kernel_folder(), (numba.int64,) * 6
    config: Any = numba.config  # its attributes are made when it is imported
    is_new = not is_kept()
    if is_new:
        on_compile()
    before = config.CACHE_DIR
    try:
        with contextlib.suppress(OSError):  # a folder that cannot be written to
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        note_use(folder)
        if os.access(folder, os.W_OK):
            config.CACHE_DIR = str(folder)
            simulate_vector.enable_caching()
    finally:
        config.CACHE_DIR = before
    try:
        with warnings.catch_warnings():
            # Without optimisation (`NUMBA_OPT`) numba cannot keep the kernel, and says so.
            warnings.simplefilter("ignore", numba.NumbaWarning)
            simulate_vector.compile(arguments)
    except Exception:  # noqa: BLE001 - a damaged file may fail in any way while it is read
        # What was compiled is there, though it could not be kept; what could not be read is removed.
        if not simulate_vector.signatures:
            shutil.rmtree(folder, ignore_errors=True)
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            simulate_vector.compile(arguments)
    if is_new:
        remove_unused(folder)
