"""Dates, and texts in other notations."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.errors import NotationError
from diamondsim.scenario.dates import possible_dates, read_date

NOTATIONS = [
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y-%m-%dT00:00",
]


@given(date=st.dates())
def test_a_date_reads_back(date):
    assert read_date(date.isoformat()) == date


@pytest.mark.parametrize("notation", NOTATIONS)
@given(date=st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_date_in_another_notation_is_refused_with_the_date(notation, date):
    with pytest.raises(NotationError) as caught:
        read_date(date.strftime(notation))
    assert caught.value.suggestion == date.isoformat()


@pytest.mark.parametrize(
    "text, said",
    [
        ("1/10/2027", "'1/10/2027' is not a date; allowed: '2027-10-01' or '2027-01-10'"),
        ("13/1/2027", "'13/1/2027' is not a date; did you mean '2027-01-13'?"),
        ("1/13/2027", "'1/13/2027' is not a date; did you mean '2027-01-13'?"),
        ("2027-3", "'2027-3' is not a date; did you mean '2027-03-01'?"),
        ("March 2027", "'March 2027' is not a date; did you mean '2027-03-01'?"),
        ("31.2.2027", "'31.2.2027' is not a date; allowed: a date like 2027-03-03"),
        ("2027", "'2027' is not a date; allowed: a date like 2027-03-03"),
        ("soon", "'soon' is not a date; allowed: a date like 2027-03-03"),
        ("2027-02-30", "'2027-02-30' is not a date: day is out of range for month"),
        (None, "'None' is not a date; allowed: a date like 2027-03-03"),
    ],
)
def test_a_text_that_is_no_date_is_refused_with_what_it_may_mean(text, said):
    with pytest.raises(NotationError) as caught:
        read_date(text)
    assert str(caught.value) == said


@given(text=st.text("0123456789./- JanFebMarch,T:", max_size=30))
def test_any_text_may_mean_at_most_two_dates(text):
    assert len(possible_dates(text)) <= 2
