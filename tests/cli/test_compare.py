"""`diamondsim compare`: scenarios, variants, output, and mistakes."""

from __future__ import annotations

import json

import pytest
import xarray as xr

import diamondsim as ds
from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--workers", "1", "-n", "40")
STOCK = "stock: inventory_policy.u.opening=20 days; inventory_policy.u.cover=20 days"


def test_a_variant_lays_its_changes_on_the_first_scenario(call, tmp_path):
    target = tmp_path / "found.nc"
    words = ("compare", str(BAN), "--variant", STOCK, *SHORT, "--seed", "3", "-o", str(target))
    code, out, err = call(*words)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"DataTree: {target}"
    usual = ds.load_scenario(BAN).override(dict(change.split("=") for change in CHANGES))
    stock = usual.override({f"inventory_policy.u.{key}": "20 days" for key in ("opening", "cover")})
    wanted = ds.compare({"exponential-ban": usual, "stock": stock}, replications=40, seed=3, workers=1)
    with xr.open_datatree(target, engine="h5netcdf") as found:
        assert found.attrs.pop("command").startswith("diamondsim compare ")
        assert found.to_dataset().identical(wanted.to_dataset())


def test_tables_by_quarter_follow_if_asked_for(call):
    words = ("compare", str(BAN), "--variant", STOCK, *SHORT)
    assert "By quarter" in call(*words, "--quarters")[1]
    assert "By quarter" not in call(*words)[1]


def test_json_is_one_document(call):
    code, out, _ = call("compare", str(BAN), "--variant", STOCK, *SHORT, "--json")
    document = json.loads(out)
    assert code == 0
    assert [*document["scenarios"]] == ["exponential-ban", "stock"]
    assert document["dataset"] is None


def test_a_store_is_resumed(call, tmp_path):
    words = ("compare", str(BAN), "--variant", STOCK, *SHORT, "--store", str(tmp_path / "kept"))
    assert call(*words)[1] == call(*words)[1] != ""


@pytest.mark.parametrize(
    "variant, changes",
    [
        ("a: x.y=1; x.z='b; c'", ["x.y=1", "x.z='b; c'"]),
        ("a: x={b: 1; c: 2};y=[1; 2]", ["x={b: 1; c: 2}", "y=[1; 2]"]),
        ("a:x=1;", ["x=1"]),
    ],
)
def test_a_semicolon_in_quotes_or_brackets_separates_nothing(variant, changes):
    from diamondsim.cli.compare import _read_variants

    assert _read_variants([variant]) == [("a", changes)]


def test_a_map_may_be_given_in_a_variant(call):
    policy = "more: inventory_policy.u={opening: 20 days, cover: 20 days, lead: 0 days, max_order: none}"
    code, out, _ = call("compare", str(BAN), "--variant", policy, *SHORT)
    assert code == 0
    assert "   more" in out


def test_all_mistakes_in_scenarios_and_variants_come_at_once(call):
    words = ("compare", "reinstated-207", str(BAN), str(BAN), "calm")
    code, out, err = call(*words, "--set", "inventory_policy.u.cover=3 days")
    assert (code, out) == (2, "")
    assert "did you mean 'reinstated-2027'?" in err
    assert "expected each scenario once, found 'exponential-ban' again" in err
    assert "scenario 'calm': " in err
    misspelt = ("--variant", "a: inventory_policy.u.covr=3 days", "--variant", STOCK)
    code, _, err = call("compare", str(BAN), *misspelt, "--variant", "stock: horizon.length=5 weeks")
    assert code == 2
    assert "--variant a" in err
    assert "did you mean 'cover'?" in err
    assert "--variant: expected a name of its own for each variant, found 'stock' again" in err


def test_scenarios_that_cannot_be_compared_are_refused(call):
    code, _, err = call("compare", str(BAN), "--variant", "long: horizon.length=300 days", *SHORT)
    assert code == 2
    assert "horizon.length: scenario 'long': expected 60 days, as in 'exponential-ban', found 300 days" in err
    code, _, err = call("compare", str(BAN), *SHORT)
    assert code == 2
    assert "expected 2 or more scenarios to compare, found 1" in err


@pytest.mark.parametrize("wrong", ["stock", "stock:", ": a=1", "stock: a", "stock: a=1; b"])
def test_a_variant_that_cannot_be_read_is_shown_with_its_form(call, wrong):
    code, _, err = call("compare", str(BAN), "--variant", wrong, "--variant", "fine: a=1")
    assert code == 2
    assert f"--variant expects 'NAME: PATH=VALUE; PATH=VALUE', found {wrong!r}" in err


def test_a_warning_names_the_scenarios_that_it_concerns(call):
    lost = "lost: inventory_policy.any.cover=5 days"
    code, _, err = call("compare", str(BAN), "--variant", lost, *SHORT)
    assert code == 0
    assert all(line.startswith("warning: lost: ") for line in err.splitlines())
