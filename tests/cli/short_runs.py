"""A run of the command that takes a moment."""

from pathlib import Path

BAN = Path(__file__).resolve().parents[1] / "theory" / "exponential-ban.yaml"
CHANGES = ("horizon.length=60 days", "inventory_policy.u.opening=10 days", "inventory_policy.u.cover=10 days")
RUN = ("run", str(BAN), *(word for change in CHANGES for word in ("--set", change)), "--workers", "1")
