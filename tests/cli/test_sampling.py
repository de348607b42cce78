"""Quasi-random numbers from the command line."""

import pytest

from diamondsim.cli import main
from diamondsim.scenario import load_scenario

SOBOL = ("--set", "sampling.method=sobol")


def out_of(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main(words)
    out, err = capsys.readouterr()
    assert left.value.code == 0, err
    return out


def test_a_dump_carries_the_dimensions(capsys, tmp_path):
    file = tmp_path / "dumped.yaml"
    file.write_text(out_of(capsys, "dump", "reinstated-2027", *SOBOL), encoding="utf-8")
    found = load_scenario(file).sampling
    assert found.method == "sobol"
    assert sorted(found.dimensions.values()) == list(range(1, len(found.dimensions) + 1))
    assert "inventory_policy.any.cover" in found.dimensions
    assert out_of(capsys, "dump", str(file)) == file.read_text(encoding="utf-8")


def test_a_dump_without_a_sequence_carries_none(capsys):
    assert "dimensions" not in out_of(capsys, "dump", "reinstated-2027", "--set", "sampling.method=latin")


def test_a_table_takes_its_chance_from_the_groups_of_the_dataset():
    import diamondsim as ds
    from diamondsim.reporting.use_rows import rows_of_uses

    changes = {"horizon.length": "60 weeks", "sampling.method": "sobol"}
    dataset = ds.monte_carlo(
        load_scenario("us-ban-2027").override(changes), replications=256, seed=1, workers=1
    )
    between = [row for row in rows_of_uses(dataset) if 0 < row.chance.value < 1]
    assert between
    for row in between:
        here = dataset.sel(region=row.region, use=row.use)
        assert (row.chance.low, row.chance.high) == tuple(here["probability_of_shortage"].values[1:])
        assert (row.depth.low, row.depth.high) == tuple(here["peak_shortfall_cvar"].values[1:])


@pytest.mark.parametrize(
    "method, said",
    [
        ("random", "sampling of 20 replications. They"),
        ("sobol", "sampling of 20 replications on Sobol' sequences. They"),
        ("latin", "sampling of 20 replications in Latin hypercubes. They"),
    ],
)
def test_the_last_sentence_of_the_table_names_the_method(capsys, method, said):
    run = ("run", "us-ban-2027", "-q", "-n", "20", "--baseline", "none", "--set", "horizon.length=80 weeks")
    out = out_of(capsys, *run, "--set", f"sampling.method={method}")
    assert f"The intervals cover only the {said} are not the whole uncertainty" in " ".join(out.split())
