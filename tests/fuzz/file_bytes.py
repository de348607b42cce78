"""Byte mutants: files with bytes changed, and files made of what YAML allows and a scenario does not."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from diamondsim.errors import ScenarioError
from diamondsim.scenario import read_scenario
from diamondsim.scenario.shipped import shipped_files
from tests.fuzz.worlds import RUNNABLE, world

_BYTES = (
    *(b"\x00", b"\xff", b"\xc3", b"\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"\xc2\x85"),
    *(
        b"\x1b[31m",
        b"\x7f",
        b"\t",
        b"\r",
        b"\r\n",
        b"\n",
        b" ",
        b"#",
        b":",
        b": ",
        b"- ",
        b"? ",
        b"!",
        b"&a ",
    ),
    *(
        b"*a",
        b"|",
        b">",
        b"'",
        b'"',
        b"%",
        b"@",
        b"`",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"---\n",
        b"...\n",
        b"<<: ",
    ),
    *(b"!!python/object/apply:os.getcwd []", b"!!int ", b"!!binary ", b"!!set ", b"\\", b"\\uD800", b"\\x00"),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"~",
        b"0",
        b"-",
        b"e",
        b"e999",
        b".",
        b"\xe2\x82\xac",
        b"\xf0\x9f\x98\x80",
    ),
)


def byte_mutant(number: int) -> bytes:
    """Return the bytes of a file; the same for a number at any time."""
    rng = Random(f"bytes {number}")
    data = _source(rng)
    if rng.random() < 0.15:
        return rng.choice(_WHOLE)(data, rng)
    for _ in range(rng.choices([1, 2, 4, 16, 100], weights=[8, 5, 3, 1, 1])[0]):
        data = rng.choice(_CHANGES)(data, rng)
    return data


def _source(rng: Random) -> bytes:
    if rng.random() < 0.5:
        return shipped_files()[rng.choice(RUNNABLE)].read_bytes()
    if rng.random() < 0.3:
        return shipped_files()["market"].read_bytes().replace(b"component: true\n", b"")
    while True:
        try:
            return read_scenario(world(rng)).dump().encode()
        except ScenarioError:  # shipped files side by side that do not fit together
            continue


def _place(data: bytes, rng: Random) -> int:
    return rng.randint(0, len(data))


def _flip(data: bytes, rng: Random) -> bytes:
    if not data:
        return data
    i = rng.randrange(len(data))
    return data[:i] + bytes([data[i] ^ (1 << rng.randrange(8))]) + data[i + 1 :]


def _insert(data: bytes, rng: Random) -> bytes:
    i = _place(data, rng)
    return data[:i] + rng.choice(_BYTES) + data[i:]


def _random(data: bytes, rng: Random) -> bytes:
    i = _place(data, rng)
    return data[:i] + rng.randbytes(rng.randint(1, 4)) + data[i:]


def _delete(data: bytes, rng: Random) -> bytes:
    i = _place(data, rng)
    return data[:i] + data[i + rng.choice([1, 1, 2, 5, 40]) :]


def _digit(data: bytes, rng: Random) -> bytes:
    digits = [i for i, byte in enumerate(data) if byte in b"0123456789"]
    if not digits:
        return data
    i = rng.choice(digits)
    return data[:i] + rng.choice([b"9", b"0", b"00", b"1e9", b"-1", b""]) + data[i + 1 :]


def _delete_line(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[rng.randrange(len(lines) + 1) :][:1]
    return b"".join(lines)


def _repeat_line(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
    return b"".join(lines)


def _indent(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    i = rng.randrange(len(lines))
    lines[i] = rng.choice([b" ", b"  ", b"\t"]) + lines[i]
    return b"".join(lines)


def _truncate(data: bytes, rng: Random) -> bytes:
    return data[: _place(data, rng)]


_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_flip, _insert, _insert, _random, _delete, _digit, _digit, _delete_line, _repeat_line, _indent),
)


def _nested(data: bytes, rng: Random) -> bytes:
    return (
        data
        + b"\nx: "
        + rng.choice([b"[", b"{a: ", b"- ", b"[[", b"? "]) * rng.choice([10, 30, 1000, 50_000])
    )


def _anchored(_data: bytes, rng: Random) -> bytes:
    lines = ["title: &a laugh", "a0: &b0 [*a, *a]"]
    lines += [f"a{i}: &b{i} [*b{i - 1}, *b{i - 1}, *b{i - 1}]" for i in range(1, rng.choice([2, 30]))]
    return "\n".join(lines).encode()


def _coded(data: bytes, rng: Random) -> bytes:
    return data.decode().encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7"]))


def _of_another_system(data: bytes, rng: Random) -> bytes:
    return data.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\r", b"\x85", b"\n\n"]))


def _noise(_data: bytes, rng: Random) -> bytes:
    return rng.randbytes(rng.choice([0, 1, 10, 1000, 2**20 + 1]))


def _special(_data: bytes, rng: Random) -> bytes:
    texts = (
        b"",
        b"\n",
        b"#",
        b"null",
        b"[]",
        b"{}",
        b"1",
        b"---",
        b"--- {}\n--- {}",
        b"%YAML 9.9\n---\na: 1",
    )
    return rng.choice(texts) + rng.choice([b"", b"\n", b"\x00"])


def _long_line(data: bytes, rng: Random) -> bytes:
    return rng.choice([b"title: ", b"", b"a", b"'"]) + b"x" * rng.choice([1_000, 100_000]) + b": " + data


_WHOLE: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_truncate, _truncate, _nested, _anchored, _coded, _of_another_system, _noise, _special, _long_line),
)
