"""One finished block of replications as the bytes of a file, which prove themselves.

The file is an .npz, so that `numpy.load` reads it; its last 64 characters are the SHA-256 of all that stands
before them. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
Identity: TypeAlias = Mapping[str, str | int]
"""What a block belongs to, and which replications it holds."""

_IDENTITY = "identity"
_DIGEST_CHARS = 64
_COMMENT = b"sha256:"
_SAME_FOR_ALL = (1980, 1, 1, 0, 0, 0)  # so that the same block is the same file


class DamagedError(Exception):
    """A file that does not hold what was written; the text says how that shows."""


def pack(arrays: Arrays, identity: Identity) -> bytes:
    """Return a block as the content of a file.

    Parameters
    ----------
    arrays : mapping of str to array
        Of numbers.
    identity : mapping
        To be asked for when it is read.
    """
    held = {_IDENTITY: np.frombuffer(_text(identity), dtype=np.uint8), **arrays}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = _COMMENT + b"0" * _DIGEST_CHARS  # at the very end of the file
        for name, array in held.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _SAME_FOR_ALL)
            archive.writestr(entry, member.getbuffer(), zipfile.ZIP_DEFLATED, compresslevel=1)
    said = buffer.getbuffer()[:-_DIGEST_CHARS]
    return bytes(said) + hashlib.sha256(said).hexdigest().encode()


def unpack(content: bytes, identity: Identity) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a block.

    Parameters
    ----------
    content : bytes
        Of a file that `pack` made.
    identity : mapping
        What it must be.

    Raises
    ------
    DamagedError
        Where not every byte is as it was written, or the block is another one.
    """
    said = memoryview(content)[:-_DIGEST_CHARS]
    if hashlib.sha256(said).hexdigest().encode() != content[-_DIGEST_CHARS:]:
        raise DamagedError("its checksum does not fit")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if arrays.pop(_IDENTITY).tobytes() != _text(identity):
        raise DamagedError("it is that of another run or of other replications")
    return arrays


def _text(identity: Identity) -> bytes:
    return json.dumps(dict(identity), sort_keys=True).encode()
