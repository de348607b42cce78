from benchmarks.tables import origin, swing, tables
from tests.benchmarks.made import case, figures


def cells(table):
    return dict(zip(table.heads, table.rows[0], strict=True))


def test_a_phase_shows_time_spread_and_rate(tmp_path):
    draw = case("draw", ns_per_lane_tick=12.34, replications_per_second=1234.5, allocated_bytes=3 * 2**20)
    (table,) = tables(figures(tmp_path, draw))
    assert cells(table) == {
        "case": "draw",
        "lanes x ticks x replications": "calm: 3 x 5 x 7",
        "median": "1.02 s",
        "spread": "2.0 %",
        "rounds": "5",
        "ns/lane-tick": "12.3",
        "repl./s": "1,234",
        "allocated": "3.0 MiB",
    }


def test_what_was_not_measured_is_left_open(tmp_path):
    (table,) = tables(figures(tmp_path, case("load", seconds=(0.0123,))))
    shown = cells(table)
    assert (shown["median"], shown["ns/lane-tick"], shown["allocated"]) == ("12.3 ms", "-", "-")


def test_a_speed_up_is_shown_beside_the_time_to_start(tmp_path):
    two = case(
        "two processes",
        group="workers",
        seconds_of_one=3.0,
        speed_up_without_start=1.9,
        seconds_to_start_two=0.5,
    )
    (table,) = tables(figures(tmp_path, two))
    shown = cells(table)
    assert (shown["one"], shown["two"], shown["speed-up"]) == ("3.00 s", "1.02 s", "1.90")
    assert shown["start of two"] == "500 ms"


def test_each_kind_of_case_has_its_table_in_a_fixed_order(tmp_path):
    groups = ("others", "memory", "phases", "sizes")
    found = tables(figures(tmp_path, *(case(group=group) for group in groups)))
    assert [table.title for table in found] == ["Phases", "Sizes", "Memory", "others"]


def test_a_case_of_no_known_kind_tells_all_that_it_noted(tmp_path):
    (table,) = tables(figures(tmp_path, case(group=None, batch_over_fused=2.3456, kernel="numba")))
    assert table.title == "Beside others"
    assert cells(table)["besides"] == "batch_over_fused 2.35; kernel numba"


def test_a_table_reads_the_same_in_a_terminal_and_on_a_page(tmp_path):
    (table,) = tables(figures(tmp_path, case("draw"), case("event engine")))
    lines = table.text().splitlines()
    assert len({len(line) for line in lines[1:]}) == 1
    assert lines[2].startswith("draw          calm: 3 x 5 x 7")
    page = table.markdown().splitlines()
    assert page[0] == "**Phases**"
    assert {line.count("|") for line in page[2:]} == {len(table.heads) + 1}
    assert len(page) == 2 + 2 + 2


def test_the_origin_tells_machine_date_and_code(tmp_path):
    said = origin(figures(tmp_path, case()))
    assert said == (
        "Slide Rule, 2 cores, 8 GiB, Linux x86_64; CPython 3.11.7, numpy 2.4.6; 2026-11-22; "
        "commit 0123456789ab."
    )


def test_the_origin_tells_what_makes_figures_worthless(tmp_path):
    commit = {"id": "0123456789abcdef", "time": None, "dirty": True}
    said = origin(figures(tmp_path, case(), commit_info=commit, quick=True))
    assert "with uncommitted changes" in said
    assert said.endswith("A trial with `--quick`, not for publication.")


def test_the_swing_is_that_of_all_looks_at_the_yardstick(tmp_path):
    run = figures(tmp_path, case(yardstick=(0.02, 0.01)), case("draw", yardstick=(0.03, 0.02)))
    assert swing(run) == 3.0
    assert swing(figures(tmp_path)) is None


def test_an_analysis_is_shown_beside_a_plain_run(tmp_path):
    asked = case(
        "sensitivity",
        group="answers",
        seconds_of_run=2.0,
        seconds_of_call=3.0,
        runs=1.5,
        seconds_added=0.9,
        peak_bytes_of_run=2**30,
        peak_bytes=2**30 + 2**29,
        peak_ratio=1.5,
    )
    (table,) = tables(figures(tmp_path, asked))
    shown = cells(table)
    assert table.title == "Answers"
    assert (shown["a run"], shown["call"], shown["runs"], shown["added"]) == (
        "2.00 s",
        "3.00 s",
        "1.50",
        "900 ms",
    )
    assert (shown["memory of a run"], shown["of the call"], shown["ratio"]) == (
        "1,024.0 MiB",
        "1,536.0 MiB",
        "1.50",
    )
