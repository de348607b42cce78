"""Numbers of a metric as a user gives them: plain, or with a unit."""

import math
import pickle
import re

import pytest

from diamondsim.arguments import ArgumentError
from diamondsim.units import number_in_unit, share_within


@pytest.mark.parametrize(
    "value, unit, number",
    [
        (0.2, "1", 0.2),
        ("20%", "1", 0.2),
        ("20 %", "1", 0.2),
        ("0.2", "1", 0.2),
        (3, "carat", 3.0),
        ("3", "carat", 3.0),
        ("3 Mct", "carat", 3e6),
        ("1 g", "ct", 5.0),
        ("2 kcm2", "cm2", 2000.0),
        ("45 days", "day", 45.0),
        ("3 weeks", "tick", 3.0),
        ("12", "tick", 12.0),
        ("2 MUSD", "USD", 2e6),
        ("0.2 USD/g", "USD/carat", 0.04),
        ("1e6", "USD per unit of the grade", 1e6),
    ],
)
def test_a_number_is_in_the_unit_of_the_metric(value, unit, number):
    assert number_in_unit("above", value, unit, tick_days=7) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "value, unit, why",
    [
        (
            "3 Mct",
            "tick",
            "expected a duration, found '3 Mct' (a quantity); allowed: a value such as '45 days', or a plain "
            "number of ticks",
        ),
        (
            "3 Mct",
            "day",
            "expected a duration, found '3 Mct' (a quantity); allowed: a value such as '45 days', or a plain "
            "number in days",
        ),
        (
            "1%",
            "carat",
            "expected a quantity, found '1%' (a fraction); allowed: a value such as '40 Mct', or a plain "
            "number in ct",
        ),
        ("45 days", "1", "expected a fraction, found '45 days' (a duration); allowed: a value such as '30%'"),
        ("2 cm2", "carat", "'2 cm2' counts cm2, but this grade is counted in ct"),
        ("3 Mctt", "carat", "unknown unit 'Mctt'; did you mean 'Mct'?"),
        ("1,5%", "1", "did you mean '1.5%'?"),
        (math.nan, "1", "expected a finite number, found nan"),
        (True, "1", "expected a finite number, found True"),
        (None, "1", "expected a finite number, found None"),
    ],
)
def test_what_is_no_number_of_the_metric_is_refused(value, unit, why):
    with pytest.raises(ArgumentError, match="^above: .*" + re.escape(why)) as caught:
        number_in_unit("above", value, unit)
    assert caught.value.argument == "above"


@pytest.mark.parametrize(
    "ends, taken", [("()", [0.5]), ("[)", [0, 0.5]), ("(]", [0.5, 1]), ("[]", [0, 0.5, 1])]
)
def test_the_ends_of_an_interval_belong_to_it_or_not(ends, taken):
    for share in (0, 0.5, 1):
        if share in taken:
            assert share_within("chance", f"{share}", 0, 1, ends) == share
        else:
            with pytest.raises(ArgumentError, match="chance: expected a share"):
                share_within("chance", share, 0, 1, ends)


@pytest.mark.parametrize(
    "value, why",
    [
        ("20", "above 0% and below 100%, found '20'; did you mean '20%'?"),
        (20, "above 0% and below 100%, found 20; did you mean 0.2?"),
        ("120%", "above 0% and below 100%, found '120%'$"),
        (-0.2, "above 0% and below 100%, found -0.2$"),
    ],
)
def test_a_percentage_without_its_sign_is_suggested_with_it(value, why):
    with pytest.raises(ArgumentError, match=re.escape(why).replace(r"\$", "$")):
        share_within("chance", value, 0, 1)


def test_an_argument_error_survives_pickling():
    error = pickle.loads(pickle.dumps(ArgumentError("best", "expected 1, found 2")))
    assert (str(error), error.argument, error.why) == (
        "best: expected 1, found 2",
        "best",
        "expected 1, found 2",
    )
