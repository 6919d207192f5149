"""Numbers and times as they are printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.report.texts import clock, clock_ticks, long_minutes, number


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (float("nan"), "-"), (0.0, "0.0"), (15.04, "15.0")]
)
def test_unknown_is_a_dash_and_zero_is_zero(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, "-"),
        (0.0, "0.0 min"),
        (59.94, "59.9 min"),
        (59.96, "1 h 00 min"),
        (405.5, "6 h 45.5 min"),
        (425.0, "7 h 05 min"),
    ],
)
def test_minutes(minutes, text):
    assert long_minutes(minutes) == text


@pytest.mark.parametrize(
    ("start", "time_s", "seconds", "text"),
    [
        pytest.param("22:30:00", 5400.0, False, "00:00", id="past midnight"),
        pytest.param("22:30:00", 59.9, False, "22:30", id="minutes are not rounded up"),
        pytest.param("22:30:31", 29.4, True, "22:31:00", id="seconds are rounded"),
        pytest.param("", 5400.0, False, "+1:30", id="no clock"),
        pytest.param("", 90000.0, True, "+25:00:00", id="no clock, longer than a day"),
    ],
)
def test_clock(start, time_s, seconds, text):
    assert clock(start, time_s, seconds=seconds) == text


def test_the_axis_is_marked_on_full_hours():
    assert clock_ticks("22:30:00", 8 * 3600.0)[:2] == [(1800.0, "23:00"), (5400.0, "00:00")]
    assert clock_ticks("", 3 * 3600.0)[0] == (0.0, "+0:00")


@given(
    origin=st.integers(0, 86_399),
    duration_s=st.floats(0, 4 * 86_400),
)
def test_an_axis_has_few_marks_and_none_outside(origin, duration_s):
    start = f"{origin // 3600:02d}:{origin // 60 % 60:02d}:{origin % 60:02d}"
    ticks = clock_ticks(start, duration_s)
    assert len(ticks) <= 26
    assert all(0 <= time <= duration_s for time, _ in ticks)
    assert len({time for time, _ in ticks}) == len(ticks)
