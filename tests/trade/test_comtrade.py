"""Single rows of UN Comtrade, as its interface writes them: which quantity is taken, and what is left out."""

import csv

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
