"""The finished blocks of one run in a folder: one file for each, complete or absent.

Owns the names and the format of the files. A file is an .npz archive, readable by `numpy.load`, whose last 64
characters are the SHA-256 of all bytes before them. Reading one never executes any of its content.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.results import atomic_write

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
Identity: TypeAlias = Mapping[str, str | int]
"""The run that a block belongs to, and the replications that it holds."""

_NAME = re.compile(r"(\d{8})-(\d{8})\.npz")
_IDENTITY = "identity"
_DIGEST_CHARS = 64
_COMMENT = b"sha256:"
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # equal blocks make equal files


class StoreWarning(UserWarning):
    """A file of a store is damaged and computed again, or the folder of a store cannot be locked."""


class DamagedError(Exception):
    """A file does not hold what was written; the text says how that was detected."""


@dataclass(frozen=True)
class BlockStore:
    """The folder with the blocks of one run; it can be sent to the processes that compute them.

    Attributes
    ----------
    folder : pathlib.Path
    run : str
        Key of scenario, seed and code, which every block must carry.
    """

    folder: Path
    run: str

    def file(self, first: int, count: int) -> Path:
        """Return the path for the replications [first, first + count)."""
        return self.folder / f"{first:08d}-{first + count:08d}.npz"

    def write(self, first: int, count: int, arrays: Arrays) -> None:
        """Write a block.

        Raises
        ------
        OSError
            If the disk is full or the folder is gone; blocks written before are unchanged.
        """
        content = pack(arrays, self._identity(first, count))
        try:
            atomic_write(self.file(first, count), content)
        except OSError as error:
            why = error.strerror or str(error)
            raise OSError(error.errno, f"cannot keep a finished block in '{self.folder}': {why}") from error

    def read(self, first: int, count: int) -> dict[str, npt.NDArray[Any]] | None:
        """Return a block, or None if it is absent or, with a `StoreWarning`, if it is damaged.

        Raises
        ------
        OSError
            If the file exists but cannot be read.
        """
        file = self.file(first, count)
        try:
            return unpack(file.read_bytes(), self._identity(first, count))
        except FileNotFoundError:
            return None
        except DamagedError as damage:
            warnings.warn(
                f"'{file}' is damaged ({damage}): its replications are computed again",
                StoreWarning,
                stacklevel=2,
            )
            return None

    def finished(self) -> int:
        """Return the number of replications in the folder, damaged or not."""
        names = (_NAME.fullmatch(file.name) for file in self.folder.glob("*.npz"))
        blocks = sorted((int(name[1]), int(name[2])) for name in names if name)
        return sum({first: end - first for first, end in blocks}.values())

    def _identity(self, first: int, count: int) -> dict[str, str | int]:
        return {"run": self.run, "first": first, "count": count}


def pack(arrays: Arrays, identity: Identity) -> bytes:
    """Return a block as the content of a file.

    Parameters
    ----------
    arrays : mapping of str to array
        Numeric arrays.
    identity : mapping
        Required again by `unpack`.
    """
    held = {_IDENTITY: np.frombuffer(_text(identity), dtype=np.uint8), **arrays}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = _COMMENT + b"0" * _DIGEST_CHARS  # at the very end of the file
        for name, array in held.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _FIXED_DATE)
            archive.writestr(entry, member.getbuffer(), zipfile.ZIP_DEFLATED, compresslevel=1)
    content = buffer.getbuffer()[:-_DIGEST_CHARS]
    return bytes(content) + hashlib.sha256(content).hexdigest().encode()


def unpack(content: bytes, identity: Identity) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a block.

    Parameters
    ----------
    content : bytes
        Content of a file made by `pack`.
    identity : mapping
        Identity that the block must have.

    Raises
    ------
    DamagedError
        If a byte differs from what was written, or the block has another identity.
    """
    body = memoryview(content)[:-_DIGEST_CHARS]
    if hashlib.sha256(body).hexdigest().encode() != content[-_DIGEST_CHARS:]:
        raise DamagedError("its checksum does not match")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if arrays.pop(_IDENTITY).tobytes() != _text(identity):
        raise DamagedError("it belongs to another run or to other replications")
    return arrays


def _text(identity: Identity) -> bytes:
    return json.dumps(dict(identity), sort_keys=True).encode()
