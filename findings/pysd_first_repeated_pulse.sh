#!/usr/bin/env bash
# PySD: the first of several pulses is lost with a time step of 0.1, and with others that have no exact binary form.
#
# Expected. PULSE(12, 1, 1) of XMILE 1.0 delivers 12 at time 1 and then every 1 unit of time, PULSE(12, 1) once at
#   time 1. PySD runs models of Stella and Vensim; by the reference of its function pulse, a pulse lasts from start +
#   n x interval, included, to start + n x interval + width. A stock that collects the pulses holds 12 for each,
#   whatever the time step.
# What happens. The time is a sum of steps, and ten times 0.1 are 0.9999999999999999. A single pulse and the later ones
#   of a series are found with a tolerance of 1e-6. The first of a series is compared without one: the time is not
#   yet 1, and one step later the pulse is over. The table that PySD returns shows that time as 1.0. With a step of
#   0.1 a series from month 1 loses a pulse, with 0.05 or 0.01 one from month 3, with 1/30 both. There is no
#   message. PULSE TRAIN of Vensim goes the same way.
# Version: PySD 3.14.3 (numpy 2.4.6, pandas 3.0.6, xarray 2026.9.0).
# What it means here. Shipments that arrive each quarter, licences granted in rounds and yearly purchases for a
#   stockpile are pulses. Of the five below four arrive, and the one that is missing is the first, just after a ban
#   begins. With a step of 0.125 it is there, so that the difference looks like an error of integration. Take steps
#   of 1/2, 1/4 or 1/8.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    pysd==3.14.3 numpy==2.4.6 pandas==3.0.6 xarray==2026.9.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version
from pathlib import Path

import pysd

warnings.simplefilter("ignore")
print("PySD", version("pysd"))
MODEL = """<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>none</vendor><product version="1">none</product><name>pulses</name></header>
<sim_specs method="Euler" time_units="Months"><start>0</start><stop>6</stop><dt>{step!r}</dt></sim_specs>
<model><variables>
<stock name="series"><eqn>0</eqn><inflow>arrivals</inflow></stock>
<flow name="arrivals"><eqn>PULSE(12, {first}, 1)</eqn></flow>
<stock name="single"><eqn>0</eqn><inflow>arrival</inflow></stock>
<flow name="arrival"><eqn>PULSE(12, {first})</eqn></flow>
</variables></model></xmile>"""
lost = {}
for step in (0.25, 0.125, 0.1, 0.05, 0.01, 1 / 30):
    for first in (1, 2, 3):
        Path("pulses.xmile").write_text(MODEL.format(step=step, first=first), encoding="utf-8")
        table = pysd.read_xmile("pulses.xmile").run()
        pulses = table["series"].iloc[-1] / 12
        lost[round(step, 3), first] = round(6 - first - pulses, 6)
        assert abs(table["single"].iloc[-1] - 12) < 1e-9
        print(f"step {step:.4g}, from month {first}: {pulses:.0f} pulses of {6 - first}; a single one arrives")
        if (step, first) == (0.1, 1):
            row = table.iloc[10]
            assert row.name == 1.0 and row["arrival"] == 120 and row["arrivals"] == 0
            print(f"  month {row.name}: {row['arrival']} a month of the single one, {row['arrivals']} of the series")
assert [place for place, missing in lost.items() if missing] == [
    (0.1, 1), (0.05, 3), (0.01, 3), (0.033, 1), (0.033, 3)
]
assert set(lost.values()) == {0, 1}
PY
echo "as described: the first of repeated pulses is lost for steps such as 0.1"
