"""The subcommand trade."""

import json
from pathlib import Path

import pytest

from diamondsim.cli import main

FILE = str(Path(__file__).parents[1] / "trade" / "files" / "comtrade_new.csv")


def call(*words: str, capsys) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(words)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_the_tables_and_the_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, out, _ = call("trade", FILE, "-o", "mine.yaml", capsys=capsys)
    assert code == 0
    assert "left out: re-exports, part of exports" in out
    assert "diamondsim run mine.yaml" in out
    assert call("check", "mine.yaml", capsys=capsys)[0] == 0


def test_a_file_is_not_replaced_without_force(tmp_path, capsys):
    target = tmp_path / "mine.yaml"
    target.write_text("precious", encoding="utf-8")
    code, _, err = call("trade", FILE, "-o", str(target), capsys=capsys)
    assert (code, target.read_text(encoding="utf-8")) == (2, "precious")
    assert "exists; --force replaces it" in err
    assert call("trade", FILE, "-o", str(target), "--force", capsys=capsys)[0] == 0
    assert target.read_text(encoding="utf-8").startswith("# Made by diamondsim")


def test_a_name_too_long_for_the_file_is_a_mistake_in_the_command(tmp_path, capsys):
    code, _, err = call("trade", FILE, "-o", str(tmp_path / ("a" * 400 + ".yaml")), capsys=capsys)
    assert code == 2
    assert "File name too long" in err


def test_json_holds_flows_fates_and_the_overlay(capsys):
    code, out, _ = call("trade", FILE, "--json", "--mirror", "exporter", capsys=capsys)
    document = json.loads(out)
    assert code == 0
    assert document["choices"]["mirror"] == "exporter"
    row = next(row for row in document["flows"] if (row["origin"], row["destination"]) == ("CN", "US"))
    assert (row["exporter_reported"], row["importer_reported"]) == (181e6, 183e6)
    assert sum(row["rows"] for row in document["rows"]) == 17
    assert document["overlay"].startswith("# Made by")


def test_a_mistake_in_a_file_is_one_message(tmp_path, capsys):
    file = tmp_path / "bad.csv"
    file.write_text("period,origin,destination,quantity,unit\n2024,CN,US,5,bags\n", encoding="utf-8")
    code, out, err = call("trade", str(file), capsys=capsys)
    assert (code, out) == (2, "")
    assert "bad.csv:2:5: unit: unknown unit 'bags'" in err
