#!/usr/bin/env bash
# pycountry: a fuzzy search for the Republic of Korea finds North Korea alone.
#
# Expected. Tables of trade write "Republic of Korea" (USGS, most customs). `lookup` does not know that name, so
#   one turns to `search_fuzzy`. It should find South Korea, both Koreas with the South first, or nothing.
# What happens. It returns one entry, that of the Democratic People's Republic of Korea, without a message. The
#   search takes parts of words from names and official names; the official name of the North contains the text,
#   and the South is "Korea, Republic of", without an official name. "Korea" gives the North first. In the same
#   way "Niger" gives Nigeria first and "Hong Kong SAR" gives China alone.
# Version: pycountry 26.2.16.
# What it means here. After China, South Korea is the largest source of American imports of diamond powder (8 %
#   of those of 2021-24, USGS). They would come from a country under embargo. Take names from an exact table,
#   and list those that it does not have.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check pycountry==26.2.16
"$folder/venv/bin/python" - <<'PY'
import warnings

import pycountry

warnings.simplefilter("error")  # a warning would be a message


def found(name):
    """Return the letters of all entries that the search finds, best first."""
    return [entry.alpha_3 for entry in pycountry.countries.search_fuzzy(name)]


try:
    pycountry.countries.lookup("Republic of Korea")
except LookupError:
    print("lookup: Republic of Korea is not known")
else:
    raise SystemExit("lookup knows the name now")
for name, expected in (("Republic of Korea", ["PRK"]), ("Hong Kong SAR", ["CHN"])):
    print(f"search_fuzzy: {name} -> {found(name)}")
    assert found(name) == expected
for name, first, second in (("Korea", "PRK", "KOR"), ("Niger", "NGA", "NER")):
    print(f"search_fuzzy: {name} -> {found(name)}")
    assert found(name)[:2] == [first, second]
assert found("Korea, Republic of") == ["KOR"]
PY
echo "as described: the Republic of Korea is found in the North"
