"""Files on disk that are either complete or absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PART_SUFFIX = ".part"
"""Suffix of the name of a file while it is being written; such a name starts with a dot."""


def atomic_write(target: Path, content: bytes | memoryview) -> None:
    """Write a file under a temporary name and rename it once it is on the disk.

    Parameters
    ----------
    target : pathlib.Path
        An existing file is replaced.
    content : bytes

    Raises
    ------
    OSError
        If the folder is missing or not writable, or the disk is full; an existing file is then unchanged.
    """
    with atomic_file(target) as file:
        file.write(content)


@contextmanager
def atomic_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file for writing and reading; rename it to its final name once it is on the disk.

    Parameters
    ----------
    target : pathlib.Path
        An existing file is replaced at the end; it is unchanged if an exception is raised.

    Raises
    ------
    OSError
        As for `atomic_write`.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}{PART_SUFFIX}")
    try:
        with part.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
