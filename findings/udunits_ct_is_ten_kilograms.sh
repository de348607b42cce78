#!/usr/bin/env bash
# UDUNITS: `ct`, the symbol of the carat, is read as a centitonne, 50,000 times as much.
#
# Expected. The trade and the standards of gemmology abbreviate the metric carat (0.2 g) as `ct`; UDUNITS knows
#   the carat by name. pint, the other units library of Python, reads `ct` as a carat, and `Mct` as a million.
#   A symbol that UDUNITS does not list should be refused, as `kct`, `Mct` and `karat` are.
# What happens. UDUNITS has no symbol for the carat, but `t` is the tonne and `c` the prefix for a hundredth, so
#   that `ct` is a valid unit: 10 kg. Nothing is raised. The two libraries differ by a factor of 50,000 on one
#   attribute of one file, and `kct` is an error beside `ct`, which is none.
# Version: cf-units 3.3.1, pint 0.25.2.
# What it means here. CF asks for units that UDUNITS can read, so a tool for NetCDF that converts them (cf-units,
#   Iris, NCO, the checkers of the convention) turns 120 million ct a year into 1.2 million tonnes instead of 24.
#   A quantity of diamond in a NetCDF or Zarr file needs `carat` in its `units`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    cf-units==3.3.1 pint==0.25.2 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import cf_units
import pint

print("cf-units", version("cf-units"), "pint", version("pint"))
registry = pint.UnitRegistry()
for symbol in ("carat", "ct"):
    cf = cf_units.Unit(symbol).convert(1.0, "kg")
    by_pint = registry(symbol).to("kg").magnitude
    print(f"1 {symbol:5} is {cf:g} kg to UDUNITS and {by_pint:g} kg to pint")
assert abs(cf_units.Unit("carat").convert(1.0, "kg") - 2e-4) < 1e-12
assert abs(cf_units.Unit("ct").convert(1.0, "kg") - 10.0) < 1e-9
assert abs(registry("ct").to("kg").magnitude - 2e-4) < 1e-12
factor = cf_units.Unit("ct").convert(1.0, "carat")
print(f"1 ct in UDUNITS is {factor:,.0f} carat")
assert round(factor) == 50_000

demand = 120e6
tonnes = cf_units.Unit("ct year-1").convert(demand, "tonne year-1")
by_pint = (demand * registry("ct/year")).to("tonne/year").magnitude
print(f"120 million ct a year: {tonnes:,.0f} tonnes to UDUNITS, {by_pint:,.0f} to pint")
assert round(tonnes) == 1_200_000 and round(by_pint) == 24

for symbol in ("kct", "Mct", "karat"):
    try:
        cf_units.Unit(symbol)
    except ValueError as error:
        print(f"{symbol}: {error}")
    else:
        raise SystemExit(f"{symbol} is a unit now")
PY
echo "as described: ct is 10 kg to UDUNITS and 0.2 g to pint"
