"""Words of every command that keeps its answer in a file, small enough to be executed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--seed", "3")
ONE = ("--workers", "1")
USE = ("--use", "home.u")
STOCK = ("--variant", "stock: inventory_policy.u.opening=60 days; inventory_policy.u.cover=60 days")
TENS = (
    *("--set", "horizon.length=100 days", "--set", "horizon.tick=10 days", "--set", "metrics.window=10 days"),
    *("-n", "8", "--survive", "60 days"),
)
DATED = (
    *("--set", "horizon.length=90 days", "--set", "controls.ban.start=none"),
    *("--set", "controls.ban.sojourn=null", "--set", "controls.ban.transitions=null"),
    *("--set", "controls.ban.timeline={2026-01-21: banned, 2026-03-02: none}", "-n", "8"),
)
COVER, OPENING = "inventory_policy.u.cover", "inventory_policy.u.opening"
EMPTY = ("--set", "inventory_policy.u={opening: 0 days, cover: 0 days}")
TWENTY_WEEKS = ("--set", "horizon.length=20 weeks")
STOCKS = ("--group", "stocks=inventory_policy.*.cover")
PAIR = (
    *("--pair", OPENING, COVER),
    *("--range", f"{OPENING}=1 day..90 days", "--range", f"{COVER}=1 day..9 days"),
)
WITH_FILE: dict[str, list[tuple[Path | str, ...]]] = {
    "run": [
        (BAN, *SHORT, "-n", "20", *ONE, "--baseline", "none"),
        (BAN, *SHORT, "-n", "20", "--baseline", BAN, "--engine", "batch"),
        (BAN, *SHORT, "--until", "home.u.shortage_mean 5 kct", "-n", "2048", "--store", "kept"),
        (BAN, *SHORT, "-n", "20", "--paths", "paths", "--path-variables", "demand,stock"),
    ],
    "compare": [(BAN, *SHORT, "-n", "20", *STOCK, *ONE)],
    "select": [(BAN, *SHORT, "-n", "40", *STOCK, *USE, "--indifference", "20%", "--best", "1")],
    "marginal": [(BAN, *SHORT, "-n", "20", "--step", "inventory_policy.u.opening=5 days")],
    "information": [(BAN, *SHORT, "-n", "40", *STOCK, *USE, "--cost", "stock=5 ct")],
    "sensitivity": [
        (BAN, *SHORT, "-n", "200", *USE, "--metric", "shortage"),
        ("run.nc", *USE, "--metric", "shortage"),
        ("lapse-2027", *TWENTY_WEEKS, "--use", "US.polishing", "--design", *STOCKS, "-n", "8"),
    ],
    "discover": [("run.nc", *USE, "--metric", "shortage", "--above", "4 kct", "--boxes", "1")],
    "flip": [
        (BAN, COVER, *SHORT, "-n", "8", *USE, "--threshold", "50%", "--from", "1 day", "--to", "90 days"),
        (BAN, *SHORT, "-n", "8", *USE, "--threshold", "50%", *PAIR, "--levels", "2"),
    ],
    "mixture": [("calm=40%", "rollover=60%", "--set", "horizon.length=10 weeks", "-n", "2", *ONE)],
    "independence": [(BAN, *SHORT, "--set", "tracked_origin=away", "-n", "8", "--area", "all=home,away")],
    "size-reserve": [
        (BAN, *TENS, *EMPTY, *USE, "--grade", "g", "--serves", "u", "--most", "20 kct", *ONE),
    ],
    "size-stock": [(BAN, "home.u", *TENS)],
    "worst-start": [
        (BAN, "ban", *USE, *DATED, "--from", "2026-01-06", "--to", "2026-03-27", "--points", "2"),
    ],
    "reverse-stress": [
        (BAN, *USE, *DATED, "--shock", "inventory_policy.u.opening=90 days..0 days"),
    ],
    "backtest": [("-n", "16")],
    "trace": [(BAN, *SHORT, "--replication", "2")],
}
"""Words of each command that keeps its answer in a file."""
