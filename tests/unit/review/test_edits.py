"""What a journal of edits makes of its base."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.errors import EditError
from psgscore.model.events import EXCLUDED_BY
from psgscore.review.edits import (
    Accept,
    Add,
    Dismiss,
    Entry,
    Move,
    Redo,
    Reject,
    Relabel,
    Remove,
    Reopen,
    Restage,
    Restore,
    Sign,
    Undo,
)
from psgscore.review.replay import Replay, apply
from psgscore.review.state import MADE, REVIEW_ID, REVIEWER
from tests.unit.review.journals import AT, DURATION_S, base, entries, same


def ids(state):
    return state.events.text(REVIEW_ID).tolist()


def test_nothing_done_is_the_base():
    start = base()
    state = apply([], start)
    assert ids(state) == ["e0", "e1", "e2", "e3", "e4"]
    assert state.hypnogram is start.hypnogram
    assert (state.standing, state.edits, state.revision) == ("automatic", 0, 1)


@pytest.mark.parametrize(
    ("edit", "left", "counts"),
    [
        pytest.param(Add(1, 2, "LM:left", "L"), "a1 e0 e1 e2 e3 e4", {"added": 1}, id="add"),
        pytest.param(Remove("e1"), "e0 e2 e3 e4", {"removed": 1}, id="remove"),
        pytest.param(Move("e0", 300, 303), "e1 e2 e3 e4 e0", {"moved": 1}, id="move"),
        pytest.param(Reject("e1"), "e0 e1 e2 e3 e4", {"rejected": 1}, id="reject keeps it"),
        pytest.param(
            Relabel("e0", "LM:right", "R"), "e0 e1 e2 e3 e4", {"relabelled": 1}, id="relabel"
        ),
        pytest.param(Restage(2, (0, 0)), "e0 e1 e2 e3 e4", {"restaged_epochs": 2}, id="restage"),
        pytest.param(Accept(0, 30), "e0 e1 e2 e3 e4", {"accepted": 1}, id="accept"),
        pytest.param(Dismiss(1, 2, "LM"), "e0 e1 e2 e3 e4", {"dismissed": 1}, id="dismiss"),
    ],
)
def test_an_edit_and_its_undo(edit, left, counts):
    start = base()
    done = apply(entries(edit), start)
    assert ids(done) == left.split()
    assert done.counts == counts
    undone = apply(entries(edit, Undo()), start)
    assert undone.events == apply([], start).events
    assert undone.hypnogram.stages.tolist() == start.hypnogram.stages.tolist()
    assert undone.counts == {}
    assert undone.accepted_s.size == 0
    assert not undone.dismissed
    again = apply(entries(edit, Undo(), Redo()), start)
    assert again.events == done.events
    assert again.counts == done.counts
    assert again.dismissed == done.dismissed


def test_a_rejected_movement_is_kept_and_counts_for_nothing():
    state = apply(entries(Reject("e1", "a cough")), base())
    assert "e1" not in state.for_rules().text(REVIEW_ID).tolist()
    assert state.rejected().text(EXCLUDED_BY).tolist() == ["rejected in review: a cough"]
    without = apply(entries(Reject("e1")), base())
    assert without.rejected().text(EXCLUDED_BY).tolist() == ["rejected in review"]
    assert "e1" in apply(entries(Reject("e1"), Restore("e1")), base()).for_rules().text(REVIEW_ID)


def test_what_was_moved_has_no_measures():
    state = apply(entries(Move("e0", 6, 8), Relabel("e2", "LM:right", "R")), base())
    peaks = dict(zip(ids(state), state.events.measures["peak_uv"].tolist(), strict=True))
    assert np.isnan([peaks["e0"], peaks["e2"]]).all()
    assert peaks["e1"] == 30.0
    assert dict(zip(ids(state), state.events.text(MADE), strict=True))["e0"] == "moved"


def test_a_movement_that_only_precedence_excluded_is_judged_anew():
    start = base()
    words = ["large movement", "before lights off", "", "", ""]
    start = type(start)(
        events=start.events.with_text(EXCLUDED_BY, np.array(words)),
        hypnogram=None,
        scorer=None,
        duration_s=DURATION_S,
    )
    rules = apply(entries(Remove("e4")), start).for_rules()
    assert rules.text(EXCLUDED_BY).tolist() == ["", "before lights off", "", ""]


def test_staging_a_night_without_stages():
    start = base(hypnogram=False)
    state = apply(entries(Restage(0, (0, 1))), start)
    assert state.hypnogram.stages.tolist() == [0, 1] + [-1] * 18
    assert state.scorer.tolist() == [REVIEWER] * 2 + [""] * 18
    assert apply(entries(Restage(0, (0,)), Undo()), start).hypnogram is None


def test_signing_and_revisions():
    sign, start = Sign("Dr A"), base()
    signed = apply(entries(Remove("e0"), Accept(0, 30), sign), start)
    assert (signed.standing, signed.signed, signed.revision) == ("reviewed", True, 1)
    assert (signed.signatures[0].by, signed.signatures[0].at) == ("Dr A", AT)
    assert signed.edits == 1  # accepting changes nothing
    draft = apply(entries(Remove("e0"), sign, Reopen()), start)
    assert (draft.standing, draft.revision) == ("draft", 2)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([Undo()], id="nothing to undo"),
        pytest.param([Redo()], id="nothing to redo"),
        pytest.param([Remove("e0"), Undo(), Remove("e1"), Redo()], id="redo after another edit"),
        pytest.param([Remove("e9")], id="no such event"),
        pytest.param([Remove("e0"), Move("e0", 1, 2)], id="removed already"),
        pytest.param([Reject("e0"), Reject("e0")], id="rejected already"),
        pytest.param([Restore("e0")], id="nothing to restore"),
        pytest.param([Add(5, 5, "LM:left")], id="no length"),
        pytest.param([Add(-1, 5, "LM:left")], id="before the recording"),
        pytest.param([Add(599, 601, "LM:left")], id="after the recording"),
        pytest.param([Add(float("nan"), 5, "LM:left")], id="no time"),
        pytest.param([Restage(19, (0, 0))], id="epochs past the end"),
        pytest.param([Restage(0, ())], id="no epochs"),
        pytest.param([Restage(0, (5,))], id="no stage"),
        pytest.param([Reopen()], id="not signed"),
        pytest.param([Sign(" ")], id="no name"),
        pytest.param([Sign("A"), Remove("e0")], id="signed"),
        pytest.param([Sign("A"), Undo()], id="undo after signing"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(edits):
    replay = Replay(base())
    *before, last = entries(*edits)
    for entry in before:
        replay.step(entry)
    state = replay.state()
    with pytest.raises(EditError):
        replay.step(last)
    assert same(replay.state(), state)


def test_entries_follow_each_other():
    with pytest.raises(EditError, match="entry 3 follows entry 0"):
        apply([Entry(3, AT, "", Accept(0, 1))], base())
