#!/usr/bin/env bash
# UN Comtrade: its numeric codes of five large traders are not those of ISO 3166 and M49.
#
# Expected. Rows of Comtrade have numeric codes of reporter and partner: China 156, Korea 410, Japan 392. They
#   look like M49 codes, which ISO 3166 uses too, so a join by number, or a library that converts numeric codes,
#   should name every country.
# What happens. Comtrade's areas are customs territories. The United States with Puerto Rico and the Virgin
#   Islands are 842 (M49: 840), France with Monaco 251 (250), Switzerland with Liechtenstein 757 (756), Norway
#   with Svalbard 579 (578), India since 1975 699 (356). Taiwan is inside 490, "Other Asia, nes". Neither
#   library knows one of them: country_converter says "not found", pycountry None.
# Version: country_converter 1.3 with pandas 2.3.3, pycountry 24.6.1; codes of the list of partner areas that
#   UN Comtrade publishes for its interface (partnerAreas.json).
# What it means here. After a join by number the United States, the largest buyer outside Asia and the subject
#   of most export bans, are gone from a table of Chinese exports, and with an inner join in silence. Join by the
#   ISO letters that newer files carry, or map these codes by hand, and check that used and left-out rows add up.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    country_converter==1.3 pandas==2.3.3 pycountry==24.6.1
"$folder/venv/bin/python" - <<'PY'
import logging

import country_converter
import pycountry

logging.disable(logging.CRITICAL)  # it logs each code that it does not find
AREAS = {842: "USA", 251: "FRA", 757: "CHE", 579: "NOR", 699: "IND", 490: "TWN"}
SAME = {156: "CHN", 410: "KOR", 392: "JPN", 276: "DEU", 344: "HKG"}

for code, letters in SAME.items():
    assert country_converter.convert(code, src="UNnumeric", to="ISO3") == letters
    assert pycountry.countries.get(numeric=f"{code:03}").alpha_3 == letters
print("found by both:", *SAME.values())
for code, letters in AREAS.items():
    found = country_converter.convert(code, src="UNnumeric", to="ISO3")
    entry = pycountry.countries.get(numeric=f"{code:03}")
    print(f"{code}, {letters} in Comtrade: country_converter {found!r}, pycountry {entry}")
    assert found == "not found" and entry is None
PY
echo "as described: five traders and Taiwan have codes of their own in Comtrade"
