#!/usr/bin/env bash
# country_converter: China including Hong Kong is read as Hong Kong alone.
#
# Expected. USGS counts imports of industrial diamond from China with those from Hong Kong and says so in the name
#   of the row. A converter of country names should find China, both, or nothing.
# What happens. Such a name is Hong Kong: the patterns for China exclude names that contain Hong Kong, and those
#   for Hong Kong match anywhere in a text. There is no message. Names with two countries elsewhere give a list
#   of both, such as "Switzerland-Liechtenstein".
# Version: country_converter 1.3 with pandas 2.3.3.
# What it means here. 77 % of American imports of diamond powder of 2021-24 come from China (with Hong Kong). They
#   would be Hong Kong's, and an export control of China would seem to touch nobody.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check country_converter==1.3 pandas==2.3.3
"$folder/venv/bin/python" - <<'PY'
import io
import logging

import country_converter

heard = io.StringIO()
logging.basicConfig(stream=heard, level=logging.DEBUG, force=True)

names = ("China, including Hong Kong", "China (including Hong Kong)", "China incl. Hong Kong")
for name in names:
    found = country_converter.convert(name, to="ISO3")
    print(f"{name} -> {found}")
    assert found == "HKG"
print("messages:", heard.getvalue() or "none")
assert not heard.getvalue()

two = country_converter.convert("Switzerland-Liechtenstein", to="ISO3")
print("Switzerland-Liechtenstein ->", two)
assert sorted(two) == ["CHE", "LIE"]
assert country_converter.convert("China", to="ISO3") == "CHN"
PY
echo "as described: China including Hong Kong is Hong Kong"
