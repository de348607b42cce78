"""Single rows of UN Comtrade, as its interface writes them: which quantity is taken, and what is left out."""

import csv

import numpy as np
import pytest

from diamondsim.errors import ScenarioError
from diamondsim.trade import read_trade
from tests.trade.made import FILES, flow


def comtrade(folder, **cells: str):
    """Write a row with the columns of Comtrade's interface: imports of the United States from China."""
    with (FILES / "comtrade_interface.csv").open(encoding="utf-8") as usual_file:
        usual = next(csv.DictReader(usual_file))
    columns = [f"atl{name[3:]}" if "atl" in cells and name.startswith("alt") else name for name in usual]
    row = usual | {name: text for name, text in cells.items() if name != "atl"}
    file = folder / "interface.csv"
    file.write_text(f"{','.join(columns)}\n{','.join(row.values())}\n", encoding="utf-8")
    return file


QUANTITIES = {
    "carats": ({}, 5e6),
    "grams": ({"qtyUnitCode": "15", "qtyUnitAbbr": "g", "qty": "2000000"}, 10e6),
    "thousands of kilograms": ({"qtyUnitCode": "21", "qtyUnitAbbr": "1000 KG", "qty": "3"}, 15e6),
    "pieces, and so the weight": ({"qtyUnitCode": "5", "qtyUnitAbbr": "u", "qty": "8"}, 5e6),
    "carats as the other quantity": (
        {"qtyUnitCode": "5", "qtyUnitAbbr": "u", "altQtyUnitCode": "13", "altQty": "7000000"},
        7e6,
    ),
    "carats as the other quantity, misspelt": (
        {"atl": "yes", "qtyUnitCode": "5", "qtyUnitAbbr": "u", "altQtyUnitCode": "13", "altQty": "7000000"},
        7e6,
    ),
    "carats imputed, the weight measured": ({"isQtyEstimated": "True", "netWgt": "900"}, 4.5e6),
    "carats zero, the weight measured": ({"qty": "0", "netWgt": "900"}, 4.5e6),
}


@pytest.mark.parametrize("cells, ct", QUANTITIES.values(), ids=QUANTITIES)
def test_the_best_quantity_of_comtrade_is_taken(tmp_path, cells, ct):
    assert flow(read_trade(comtrade(tmp_path, **cells)), "CN", "US") == ct


LEFT_OUT = {
    "all goods": ({"cmdCode": "TOTAL"}, "1 rows: code TOTAL is not asked for"),
    "a chapter": ({"cmdCode": "71"}, "1 rows: code 71 is not asked for"),
    "an export for processing": ({"flowCode": "XOP"}, "flow 'XOP' is none of imports"),
    "another classification": (
        {"classificationCode": "S4"},
        "classification S4 is not the Harmonized System",
    ),
    "no quantity": ({"qty": "0", "netWgt": "0"}, "1 rows: a value and no quantity"),
    "pieces alone": ({"qtyUnitCode": "5", "qtyUnitAbbr": "u", "netWgt": ""}, "quantity only in 'u'"),
}


@pytest.mark.parametrize("cells, message", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_row_of_comtrade_that_is_left_out_says_why(tmp_path, cells, message):
    with pytest.raises(ScenarioError) as raised:
        read_trade(comtrade(tmp_path, **cells))
    assert message in str(raised.value)


def test_a_quantity_that_contradicts_the_weight_is_doubted(tmp_path):
    data = read_trade(comtrade(tmp_path, qty="1000000"))  # 5,000 times too little would be kilograms
    assert flow(data, "CN", "US") == 1e6
    assert "interface.csv:2: the quantity is 1,000,000 ct, the weight 5,000,000 ct" in data.attrs["warnings"]
    assert "the weight" not in read_trade(comtrade(tmp_path)).attrs["warnings"]


OLD_HEADINGS = (FILES / "comtrade_old.csv").read_text(encoding="utf-8").splitlines()[0]


def test_old_headings_over_the_codes_of_the_new_interface_are_read(tmp_path):
    """Later downloads of the old website: flow 0 with X, M and RX, the world as second partner, C00, kg."""
    parts = "0,World,W00,C00,All CPCs,0,All MOTs"
    rest = f",{parts},710510,Dust and powder of diamonds,8,kg,{{kg}},-1,N/A,,{{kg}},,9,,9,0"
    rows = [
        ("M,842,USA,USA,156,China,CHN", 36_000),
        ("X,842,USA,USA,392,Japan,JPN", 2_000),
        ("RX,842,USA,USA,392,Japan,JPN", 500),
        ("M,842,USA,USA,0,World,W00", 47_800),
    ]
    lines = [f"H6,2023,2023,2023,6,1,0,{ends}{rest.format(kg=kg)}" for ends, kg in rows]
    file = tmp_path / "old.csv"
    file.write_text("\n".join([OLD_HEADINGS, *lines]) + "\n", encoding="utf-8")
    data = read_trade(file)
    assert flow(data, "CN", "US") == 36_000 * 5_000
    assert flow(data, "US", "JP") == 2_000 * 5_000
    parted = read_trade(file, re_exports="subtract")
    assert flow(parted, "US", "JP") == 1_500 * 5_000


def test_cells_in_quotes_and_a_comma_at_the_end_of_each_row_are_read(tmp_path):
    """As the new website writes them: one cell more than headings, flags in small letters, none as `,,`."""
    with (FILES / "comtrade_new.csv").open(encoding="utf-8") as file:
        headings = next(csv.reader(file))
    headings = [heading[0].lower() + heading[1:] for heading in headings]
    usual = dict.fromkeys(headings, "") | {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": "2024",
        "period": "2024",
        "reporterCode": "842",
        "flowCode": "M",
        "partnerCode": "156",
        "partner2Code": "0",
        "classificationCode": "H6",
        "cmdCode": "710510",
        "customsCode": "C00",
        "motCode": "0",
        "qtyUnitCode": "-1",
        "qtyUnitAbbr": "N/A",
        "isQtyEstimated": "false",
        "altQtyUnitCode": "-1",
        "altQtyUnitAbbr": "N/A",
        "netWgt": "36600",
        "isNetWgtEstimated": "false",
        "primaryValue": "29000000",
        "isReported": "true",
        "isAggregate": "false",
    }
    imputed = usual | {"partnerCode": "410", "netWgt": "3800", "isNetWgtEstimated": "true"}
    rows = (",".join(f'"{cell}"' if cell else "" for cell in row.values()) + "," for row in (usual, imputed))
    website = tmp_path / "TradeData.csv"
    website.write_text("\n".join([",".join(headings), *rows]) + "\n", encoding="utf-8")
    data = read_trade(website)
    assert flow(data, "CN", "US") == 36_600 * 5_000
    assert np.isnan(flow(data, "KR", "US"))
