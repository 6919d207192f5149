"""Sleep cycles by Feinberg & Floyd 1979: the limits, what is unscored, and what always holds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.cycles import CYCLES, CycleCriteria
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.score.cycles import NO_REM, UNSCORED_BEFORE, UNSCORED_WITHIN, sleep_cycles

WORDS = {"W": Stage.W, "1": Stage.N1, "2": Stage.N2, "3": Stage.N3, "R": Stage.R}
WORDS["?"] = Stage.UNSCORED


def night(*parts, epoch_s=30.0):
    """Return the hypnogram of ("2", 15.0), ... : stage and minutes."""
    stages = [WORDS[word] for word, minutes in parts for _ in range(round(minutes * 60 / epoch_s))]
    return Hypnogram(np.array([int(stage) for stage in stages]), epoch_s=epoch_s)


def cycles(*parts, epoch_s=30.0, **changes):
    hypnogram = night(*parts, epoch_s=epoch_s)
    return sleep_cycles(hypnogram, (0.0, hypnogram.stop_s), **changes)


def minutes(found):
    return [(one.nrem_min, one.rem_min, one.wake_min) for one in found]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param([("2", 15), ("R", 5)], [(15, 5, 0)], id="15 min of NREM are enough"),
        pytest.param([("2", 14.5), ("R", 5)], [], id="14.5 min are not"),
        pytest.param([("1", 14.5), ("W", 0.5), ("R", 5)], [(14.5, 5, 0.5)], id="wake counts"),
        pytest.param([("W", 30), ("1", 14.5), ("R", 5)], [], id="wake before sleep does not"),
        pytest.param([("2", 14.5), ("W", 30)], [], id="nor does wake at the end of the night"),
        pytest.param([("2", 15), ("W", 30)], [(15, 0, 0)], id="it is no part of the last cycle"),
        pytest.param([("2", 60), ("R", 0.5)], [(60, 0.5, 0)], id="a short first REM period"),
        pytest.param(
            [("2", 60), ("R", 0.5), ("2", 60), ("R", 5)],
            [(60, 0.5, 0), (60, 5, 0)],
            id="a second REM period of 5 min",
        ),
        pytest.param(
            [("2", 60), ("R", 0.5), ("2", 60), ("R", 4.5), ("2", 20)],
            [(60, 0.5, 0), (80, 4.5, 0)],
            id="one of 4.5 min ends nothing",
        ),
        pytest.param(
            [("2", 60), ("R", 5), ("2", 14.5), ("R", 5)],
            [(74.5, 10, 0)],
            id="14.5 min of NREM do not part REM periods",
        ),
        pytest.param(
            [("2", 60), ("R", 5), ("2", 15), ("R", 5)],
            [(60, 5, 0), (15, 5, 0)],
            id="15 min do",
        ),
        pytest.param(
            [("2", 60), ("R", 5), ("W", 20), ("2", 15), ("R", 5)],
            [(60, 5, 20), (15, 5, 0)],
            id="wake after REM is still of that cycle",
        ),
        pytest.param(
            [("R", 10), ("2", 60), ("R", 1), ("2", 20)],
            [(60, 1, 0), (20, 0, 0)],
            id="REM at sleep onset is in no cycle",
        ),
        pytest.param([("3", 150), ("R", 5)], [(150, 5, 0)], id="a long NREM period is not split"),
        pytest.param([("W", 60)], [], id="no sleep"),
        pytest.param([("?", 60)], [], id="nothing scored"),
        pytest.param([], [], id="no epoch"),
    ],
)
def test_the_limits_of_the_periods(parts, found):
    assert minutes(cycles(*parts)) == found


@pytest.mark.parametrize(("rem_min", "n"), [(5.0, 2), (4.9, 1)])
def test_the_limits_do_not_depend_on_the_epochs(rem_min, n):
    parts = [("2", 20), ("R", 1), ("2", 20), ("R", rem_min), ("2", 20)]
    found = cycles(*parts, epoch_s=6.0)
    assert [one.rem_start_s is not None for one in found] == [True, n == 2, False][: len(found)]
    assert len(found) == n + 1


def test_a_cycle_says_where_its_rem_period_begins():
    first, second = cycles(("W", 10), ("2", 60), ("R", 10), ("2", 30), ("R", 20), ("W", 5))
    assert (first.start_s, first.rem_start_s, first.stop_s) == (600.0, 4200.0, 4800.0)
    assert (second.start_s, second.rem_start_s, second.stop_s) == (4800.0, 6600.0, 7800.0)
    assert [first.number, second.number] == [1, 2]
    assert first.incomplete == second.incomplete == ""


@pytest.mark.parametrize(
    ("parts", "incomplete"),
    [
        pytest.param([("2", 60), ("R", 5)], [""], id="complete"),
        pytest.param([("2", 60), ("R", 5), ("2", 40)], ["", NO_REM], id="ends in NREM"),
        pytest.param(
            [("2", 60), ("?", 0.5), ("2", 20), ("R", 5)], [UNSCORED_WITHIN], id="one epoch"
        ),
        pytest.param([("2", 60), ("R", 5), ("?", 40)], [UNSCORED_WITHIN], id="behind the last"),
        pytest.param([("?", 40), ("2", 60), ("R", 5)], [UNSCORED_BEFORE], id="before the first"),
        pytest.param(
            [("2", 60), ("R", 5), ("2", 40), ("?", 60)],
            ["", f"{NO_REM}; {UNSCORED_WITHIN}"],
            id="both",
        ),
        pytest.param([("2", 60), ("R", 5), ("W", 1), ("?", 40)], [""], id="after the last sleep"),
    ],
)
def test_unscored_time_is_never_bridged_in_silence(parts, incomplete):
    assert [one.incomplete for one in cycles(*parts)] == incomplete


@pytest.mark.parametrize("parts", [[("2", 10), ("?", 5), ("2", 10), ("R", 5)]])
def test_unscored_time_makes_no_nrem_period_long_enough(parts):
    assert cycles(*parts) == ()


def test_only_the_time_between_lights_off_and_on_counts():
    hypnogram = night(("2", 30), ("R", 10), ("2", 30), ("R", 10))
    (found,) = sleep_cycles(hypnogram, (2400.0, 4815.0))
    assert (found.start_s, found.stop_s) == (2400.0, 4800.0)
    assert len(sleep_cycles(hypnogram, (900.0, 2400.0))) == 1
    assert sleep_cycles(hypnogram, (915.0, 2400.0)) == ()


def test_the_limits_are_values():
    parts = [("2", 10), ("R", 2), ("2", 10), ("R", 2)]
    assert cycles(*parts) == ()
    loose = CycleCriteria(min_nrem_min=10, min_rem_min=2)
    assert len(cycles(*parts, criteria=loose)) == 2
    with pytest.raises(ValueError, match="first_rem_min"):
        CycleCriteria(first_rem_min=6)


stages = st.lists(
    st.tuples(st.sampled_from(sorted(WORDS)), st.integers(1, 40)), min_size=1, max_size=25
)


@given(stages)
def test_cycles_are_in_order_disjoint_and_hold_what_they_say(parts):
    hypnogram = night(*[(word, epochs / 2) for word, epochs in parts])
    found = sleep_cycles(hypnogram, (0.0, hypnogram.stop_s))
    for one, other in pairwise(found):
        assert one.stop_s == other.start_s
        assert one.rem_start_s is not None
    for one in found:
        whole = one.nrem_min + one.rem_min + one.wake_min + one.unscored_min
        assert whole == pytest.approx((one.stop_s - one.start_s) / 60)
        assert hypnogram.at(one.start_s) in (Stage.N1, Stage.N2, Stage.N3)
        assert one.nrem_min > 0
        if one.rem_start_s is not None:
            assert hypnogram.at(one.rem_start_s) == Stage.R
            assert one.rem_start_s - one.start_s >= 60 * CYCLES.min_nrem_min
        assert (one.unscored_min > 0) <= bool(one.incomplete)
