#!/usr/bin/env bash
# PySD: ALLOCATE AVAILABLE hands out six times what there is if the quantities are small numbers.
#
# Expected. ALLOCATE AVAILABLE of Vensim shares a short supply among uses by priority. By its page in PySD, the supply
#   is "the total supply available to fulfill all requests", so that the shares add up to the supply or, where there
#   is enough, to the requests. The page warns that they may differ from those of Vensim "close to the boundaries of
#   the defined priority profiles". They are quantities: in another unit they are the same numbers times a factor.
# What happens. PySD finds the priority at which the shares add up with a least-squares routine, and does not check
#   that they do. One of its tolerances is an absolute one, 1e-8 of the gradient, so that for small numbers it stops
#   where it starts. Requests for 30, 20 and 10 kg are met as they should be in g, kg and t, within 30 % in 100 t, and
#   not at all in kt: they get 36.8 kg together, whether there are 6, 24 or 45. All kinds of profiles are affected.
#   With triangular ones of different widths it also happens in a suitable unit: below all requests, 60 kg, are
#   met from 36. There is no message.
# Version: PySD 3.14.3 (numpy 2.4.6, scipy 1.17.1, pandas 3.0.6, xarray 2026.9.0).
# What it means here. Sharing what is left after a ban on exports is the task of the function. In a model in kt a
#   by-product metal or a diamond powder has such numbers: 6 kg are 6e-6 kt. The shortage is gone, and with it the
#   result. Choose a unit in which quantities are above 1, and compare the sum of the shares with the supply.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    pysd==3.14.3 numpy==2.4.6 scipy==1.17.1 pandas==3.0.6 xarray==2026.9.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pysd

warnings.simplefilter("ignore")
print("PySD", version("pysd"), "scipy", version("scipy"))
USES = ("tools", "wafers", "windows")
MODEL = """{{UTF-8}}
use: tools, wafers, windows ~~|
profile: ptype, ppriority, pwidth, pextra ~~|
request[use] = {requests} ~~|
priority[use, profile] = {rows} ~~|
supply = {supply!r} ~~|
share[use] = ALLOCATE AVAILABLE(request[use], priority[use,ptype], supply) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 1 ~~|
SAVEPER = TIME STEP ~~|
TIME STEP = 1 ~~|
"""


def shares(kind, supply, profiles, unit=1.0):
    """Share a supply in kg among requests for 30, 20 and 10 kg in a model whose unit is so many kg."""
    text = MODEL.format(
        requests=", ".join(repr(request / unit) for request in (30, 20, 10)),
        rows="".join(f"{kind},{middle},{width},0;" for middle, width in profiles),
        supply=supply / unit,
    )
    Path("sharing.mdl").write_text(text, encoding="utf-8")
    row = pysd.read_vensim("sharing.mdl").run().iloc[0]
    return np.array([row[f"share[{use}]"] * unit for use in USES])


ranked = ((3, 1), (2, 1), (1, 1))
totals = {}
for name, unit in (("g", 1e-3), ("kg", 1.0), ("t", 1e3), ("100 t", 1e5), ("kt", 1e6)):
    for supply in (6, 24, 45):
        found = shares(3, supply, ranked, unit)  # 3: normal profiles
        totals[name, supply] = found.sum()
        print(f"normal, in {name}: of {supply} kg get {found.round(2)}, together {found.sum():.2f}")
        if name in ("g", "kg", "t"):
            assert abs(found.sum() - supply) < 0.001 * supply
assert 1.2 < totals["100 t", 6] / 6 < 1.3
assert all(abs(totals["kt", supply] - 36.83) < 0.01 for supply in (6, 24, 45))

for kind, name in ((1, "rectangular"), (2, "triangular"), (4, "exponential")):
    right, small = shares(kind, 6, ranked).sum(), shares(kind, 6, ranked, unit=1e6).sum()
    print(f"{name}: of 6 kg are shared {right:.2f} in kg, {small:.2f} in kt")
    assert abs(right - 6) < 0.01 and small > 14

found = shares(2, 36, ((1, 1), (1, 2), (2, 2)))
print(f"triangular of widths 1, 2 and 2, in kg: of 36 kg get {found.round(2)}, together {found.sum():.2f}")
assert np.allclose(found, [30, 20, 10])
PY
echo "as described: 36.8 kg are shared where there are 6"
