from diamondsim.plan.check import check
from diamondsim.reporting.check_tables import check_renderable
from tests.plan.small_scenarios import small_scenario

FAB = {
    "name": "Fab 2, 3 nm",
    "confidence": "low",
    "uses": ["home.polishing"],
    "points": {"2027-01-01": "tri(1.1 1.2 1.3)", "2026-06-01": "1"},
}


def test_a_driver_is_reported_with_its_label_confidence_and_factors_by_date():
    (row,) = check(small_scenario({"drivers.fab": FAB})).drivers
    assert (row.driver, row.name, row.confidence, row.uses) == (
        "fab",
        "Fab 2, 3 nm",
        "low",
        ("home.polishing",),
    )
    assert [(point.date, round(point.mean, 9)) for point in row.points] == [
        ("2026-06-01", 1),
        ("2027-01-01", 1.2),
    ]


def test_of_an_uncertain_factor_the_distribution_stands_beside_its_mean_and_of_a_certain_one_nothing():
    skewed = {**FAB, "points": {"2026-06-01": "1", "2027-01-01": "tri(1 2 6)"}}
    (row,) = check(small_scenario({"drivers.fab": skewed})).drivers
    assert [(point.mean, point.distribution) for point in row.points] == [(1, None), (3, "tri(1 2 6)")]


def test_a_driver_without_a_label_is_called_by_its_id_and_its_confidence_is_open():
    plain = {key: FAB[key] for key in ("uses", "points")}
    (row,) = check(small_scenario({"drivers.fab": plain})).drivers
    assert (row.name, row.confidence) == ("fab", None)


def test_the_label_and_the_confidence_are_printed(capsys):
    from rich.console import Console

    Console(width=160).print(check_renderable(check(small_scenario({"drivers.fab": FAB}))))
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Fab 2"))
    assert line.split("  ")[0] == "Fab 2, 3 nm"
    assert "low" in line


def test_the_mean_of_an_uncertain_factor_is_never_printed_without_its_distribution(capsys):
    from rich.console import Console

    skewed = {**FAB, "points": {"2026-06-01": "1", "2027-01-01": "tri(1 2 6)"}}
    Console(width=160).print(check_renderable(check(small_scenario({"drivers.fab": skewed}))))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    first = next(place for place, line in enumerate(lines) if line.startswith("Fab 2"))
    assert lines[first].endswith("2026-06-01: 1")
    assert lines[first + 1] == "2027-01-01: tri(1 2 6), mean 3"


def test_without_drivers_nothing_is_said_of_them(capsys):
    from rich.console import Console

    Console(width=160).print(check_renderable(check(small_scenario())))
    assert "What moves demand" not in capsys.readouterr().out
