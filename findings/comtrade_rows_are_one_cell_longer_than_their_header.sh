#!/usr/bin/env bash
# UN Comtrade with pandas: every column of a file from the website holds the values of the next one.
#
# Expected. `read_csv` of a file that the website of UN Comtrade offers (TradeData_....csv) gives each value under
#   its heading, or says that rows and heading do not fit.
# What happens. Each row of such a file ends with a comma, so that it has 48 cells under 47 headings. pandas takes
#   the first cell for an index and moves all others one column to the left, without a message: `primaryValue`
#   is the flag of estimation, `netWgt` says whether it is estimated, and the value of trade stands under
#   `fobvalue`. The sum of the values of two flows of 29 and 6 million dollars is 4. `index_col=False` reads
#   the file as it is meant.
# Version: pandas 2.3.3; the layout of files downloaded in 2025 and 2026.
# What it means here. Shares of sellers, unit values and the balance of a grade rest on these columns; the file
#   of one importer looks whole, and its figures are small whole numbers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check pandas==2.3.3
"$folder/venv/bin/python" - <<'PY'
import io
import warnings

import pandas as pd

HEADINGS = """typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc flowCode
flowDesc partnerCode partnerISO partnerDesc partner2Code partner2ISO partner2Desc classificationCode
classificationSearchCode isOriginalClassification cmdCode cmdDesc aggrLevel isLeaf customsCode customsDesc mosCode
motCode motDesc qtyUnitCode qtyUnitAbbr qty isQtyEstimated altQtyUnitCode altQtyUnitAbbr altQty isAltQtyEstimated
netWgt isNetWgtEstimated grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue legacyEstimationFlag isReported
isAggregate""".split()
ROW = (
    '"C","A","20240101","2024","52","2024","842","USA","USA","M","Import","{code}","{iso}","{name}","0","W00",'
    '"World","H6","HS","true","710510","Dust and powder of diamonds","6","true","C00","TOTAL CPC","0","0",'
    '"TOTAL MOT","13","carat","{carat}","false","-1","N/A","0","false","{kg}","false","0","false","{usd}",,'
    '"{usd}","{flag}","true","false",\n'
)
rows = (
    {"code": 156, "iso": "CHN", "name": "China", "carat": 183_000_000, "kg": 36_600, "usd": 29_000_000, "flag": 0},
    {"code": 410, "iso": "KOR", "name": "Rep. of Korea", "carat": 19_000_000, "kg": 3_800, "usd": 6_000_000, "flag": 4},
)
text = ",".join(HEADINGS) + "\n" + "".join(ROW.format(**row) for row in rows)
assert len(HEADINGS) == 47

with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    shifted = pd.read_csv(io.StringIO(text))
print("messages:", len(heard))
print(shifted[["reporterISO", "partnerISO", "netWgt", "fobvalue", "primaryValue"]].to_string(index=False))
assert not heard
assert shifted["primaryValue"].tolist() == [0, 4]
assert shifted["fobvalue"].tolist() == [29_000_000, 6_000_000]
assert shifted["netWgt"].tolist() == [False, False]
assert shifted["partnerISO"].tolist() == ["China", "Rep. of Korea"]

meant = pd.read_csv(io.StringIO(text), index_col=False)
assert meant["primaryValue"].tolist() == [29_000_000, 6_000_000]
print("sum of primaryValue:", shifted["primaryValue"].sum(), "instead of", meant["primaryValue"].sum())
PY
echo "as described: the columns of a file from the website of UN Comtrade are moved by one"
