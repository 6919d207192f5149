"""A person's stages always win; automatic ones fill only what is missing, and only if asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import StagingResult
from psgscore.staging.merge import merge_stages

STAGE_LISTS = st.lists(st.integers(-1, 4), min_size=1, max_size=30)
STARTS = st.sampled_from([-90.0, -30.0, 0.0, 30.0, 300.0, 2000.0, 10.0, 15.0, 16.5, -7.25])


def night(*stages: int, start_s: float = 0.0, epoch_s: float = 30.0) -> Hypnogram:
    return Hypnogram(np.array(stages, np.int8), epoch_s, start_s)


def automatic(*stages: int, start_s: float = 0.0, probabilities: bool = True) -> StagingResult:
    values = np.array(stages, np.int8)
    rows = np.full((values.size, 5), 0.1)
    rows[np.arange(values.size), np.maximum(values, 0)] = 0.6
    rows[values < 0] = np.nan
    given_rows = rows if probabilities else None
    return StagingResult(
        hypnogram=Hypnogram(values, 30.0, start_s, given_rows),
        confidence=np.where(values < 0, np.nan, 0.6),
        reasons=np.where(values < 0, "flat", ""),
        backend="test",
        channels=(),
        review=(),
        findings=(),
    )


def test_only_missing_epochs_are_filled():
    merged = merge_stages(night(0, -1, 2), automatic(4, 4, 4, 4, -1), fill=True)
    assert merged.hypnogram.stages.tolist() == [0, 4, 2, 4, -1]
    assert merged.scorer.tolist() == ["given", "automatic", "given", "automatic", ""]
    known = ~np.isnan(merged.hypnogram.probabilities).any(axis=1)
    assert known.tolist() == [False, True, False, True, False]


def test_epochs_before_and_after_the_human_ones_are_filled():
    merged = merge_stages(night(2, 2, start_s=60.0), automatic(0, 1, 4, 4, 3), fill=True)
    assert merged.hypnogram.stages.tolist() == [0, 1, 2, 2, 3]
    assert merged.hypnogram.start_s == 0.0


@pytest.mark.parametrize(
    ("start_s", "stages", "begin_s"),
    [
        pytest.param(10.0, [2, 1, 3], 10.0, id="10 s late: the epoch before has no midpoint left"),
        pytest.param(20.0, [0, 2, 3], -10.0, id="20 s late: one epoch of room before"),
        pytest.param(-10.0, [2, 1, 3], -10.0, id="10 s early"),
        pytest.param(15.0, [0, 2, 3], -15.0, id="half an epoch: a midpoint on an edge is later"),
    ],
)
def test_grids_that_differ_are_filled_at_the_midpoint_on_the_human_grid(start_s, stages, begin_s):
    merged = merge_stages(night(2, start_s=start_s), automatic(0, 1, 3), fill=True)
    assert merged.hypnogram.stages.tolist() == stages
    assert merged.hypnogram.start_s == begin_s


def test_human_epochs_of_another_length_are_refused_when_they_are_to_be_filled():
    human = night(0, 2, epoch_s=20.0)
    with pytest.raises(ValueError, match=r"last 20 s, automatic ones 30 s"):
        merge_stages(human, automatic(0, 1), fill=True)
    assert merge_stages(human, automatic(0, 1), fill=False).hypnogram is human


def test_without_a_person_there_is_nothing_unless_it_is_asked_for():
    nothing = merge_stages(None, automatic(0, 2), fill=False)
    assert nothing.hypnogram is None
    assert nothing.scorer.size == 0
    machine = automatic(0, -1)
    filled = merge_stages(None, machine, fill=True)
    assert filled.hypnogram is machine.hypnogram
    assert filled.scorer.tolist() == ["automatic", ""]


def test_nothing_filled_leaves_no_probabilities():
    merged = merge_stages(night(0, 2), automatic(4, 4), fill=True)
    assert merged.hypnogram.probabilities is None
    bare = merge_stages(night(0, -1), automatic(4, 4, probabilities=False), fill=True)
    assert bare.hypnogram.stages.tolist() == [0, 4]
    assert bare.hypnogram.probabilities is None


@given(STAGE_LISTS, STAGE_LISTS, STARTS, STARTS, st.booleans())
def test_human_epochs_never_change(mine, theirs, my_start_s, their_start_s, fill):
    human = night(*mine, start_s=my_start_s)
    merged = merge_stages(human, automatic(*theirs, start_s=their_start_s), fill=fill)
    middles = human.start_s + (np.arange(len(human)) + 0.5) * 30.0
    scored = human.stages != Stage.UNSCORED
    assert merged.hypnogram.at(middles)[scored].tolist() == human.stages[scored].tolist()
    assert (merged.scorer == "given").sum() == scored.sum()
    assert ((merged.scorer == "") == (merged.hypnogram.stages == Stage.UNSCORED)).all()
    offset = (merged.hypnogram.start_s - human.start_s) / 30.0
    assert offset == round(offset)


@given(STAGE_LISTS, STAGE_LISTS, STARTS)
def test_without_fill_nothing_is_added(mine, theirs, start_s):
    human = night(*mine)
    merged = merge_stages(human, automatic(*theirs, start_s=start_s), fill=False)
    assert merged.hypnogram is human
    assert "automatic" not in merged.scorer


@given(STAGE_LISTS, STAGE_LISTS, STARTS)
def test_filling_twice_is_filling_once(mine, theirs, start_s):
    machine = automatic(*theirs, start_s=start_s)
    once = merge_stages(night(*mine), machine, fill=True).hypnogram
    twice = merge_stages(once, machine, fill=True).hypnogram
    assert twice.start_s == once.start_s
    assert twice.stages.tolist() == once.stages.tolist()


@given(STAGE_LISTS, STAGE_LISTS, st.integers(-5, 40))
def test_on_one_grid_every_automatic_epoch_is_used_or_outvoted(mine, theirs, shift):
    machine = automatic(*theirs, start_s=30.0 * shift)
    human = night(*mine)
    merged = merge_stages(human, machine, fill=True).hypnogram
    middles = machine.hypnogram.start_s + (np.arange(len(theirs)) + 0.5) * 30.0
    scored = human.at(middles)
    expected = np.where(scored == Stage.UNSCORED, theirs, scored)
    assert merged.at(middles).tolist() == expected.tolist()
