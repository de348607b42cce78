#!/usr/bin/env bash
# pint: a quantity per quarter is a pure number, and kt/yr is an acceleration.
#
# Expected. Trade statistics and company reports give quantities for a quarter of a year and in kt (thousand
#   tonnes). Where a unit is not known in that sense, an error is better than another dimension: `qtr` and
#   `mesh` are refused.
# What happens. `quarter` is the imperial mass of 28 pounds, so `120 Mct/quarter`, carats for a quarter of a
#   year, is a mass divided by a mass: it reduces to the number 1,890 without a word. `kt` is the knot, though
#   `t` is the tonne, `k` is the prefix for a thousand and `kct`, `Mt` and `Gt` are read with their prefixes:
#   `60 kt/yr` is an acceleration. UDUNITS agrees with pint about `kt` and refuses `quarter`.
# Version: pint 0.25.2, cf-units 3.3.1.
# What it means here. A reader of a table that converts each number by its unit text gets no error for either.
#   The first is worse: a number without a dimension passes through sums of shares and ratios. Spell the
#   quantities out: `120 Mct / (3 * month)`, `60 ktonne/yr`.
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

print("pint", version("pint"), "cf-units", version("cf-units"))
registry = pint.UnitRegistry()

output = registry("120 Mct/quarter")
print("120 Mct/quarter has the dimension", output.dimensionality, "and is", f"{output.to('').magnitude:,.0f}")
assert output.dimensionless and 1889 < output.to("").magnitude < 1891
assert abs(registry("quarter").to("pound").magnitude - 28) < 1e-9

for text, dimension in (("60 Mt/yr", "[mass] / [time]"), ("60 kt/yr", "[length] / [time] ** 2")):
    found = str(registry(text).dimensionality)
    print(f"{text} has the dimension {found}")
    assert found == dimension
right = registry("60 ktonne/yr").to("Mct/year")
print("60 ktonne/yr is", f"{right:,.0f}")
assert round(right.magnitude) == 300_000

for symbol in ("qtr", "mesh"):
    try:
        registry(symbol)
    except pint.UndefinedUnitError as error:
        print(f"{symbol}: {error}")
    else:
        raise SystemExit(f"{symbol} is a unit now")

assert cf_units.Unit("kt").is_convertible("m s-1") and not cf_units.Unit("kt").is_convertible("kg")
try:
    cf_units.Unit("quarter")
except ValueError as error:
    print(f"cf-units, quarter: {error}")
else:
    raise SystemExit("cf-units knows quarter now")
PY
echo "as described: per quarter is a number, kt/yr an acceleration"
