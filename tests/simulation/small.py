"""A scenario of which 1,024 replications take a moment, and what can be done to files."""

from __future__ import annotations

from pathlib import Path

from diamondsim.scenario import Scenario, load_scenario

THEORY = Path(__file__).resolve().parents[1] / "theory"


def short_ban(**changes: str) -> Scenario:
    """A ban of random length on one buyer, for 60 ticks."""
    usual = {
        "horizon.length": "60 days",
        "inventory_policy.u.opening": "10 days",
        "inventory_policy.u.cover": "10 days",
        "controls.ban.sojourn.banned": "exponential(20 days)",
    }
    return load_scenario(THEORY / "exponential-ban.yaml").override({**usual, **changes})


def flip(file: Path, place: int) -> None:
    """Flip one bit of the byte at a place; negative places count from the end."""
    content = bytearray(file.read_bytes())
    content[place] ^= 0x10
    file.write_bytes(content)


def blocks(folder: Path) -> list[Path]:
    """The files of finished blocks in a store."""
    return sorted(folder.glob("*/*.npz"))
