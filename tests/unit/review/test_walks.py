"""Random reviews: what is in memory is always what the journal on the disk makes of the base.

`PSGSCORE_LONG=1` walks ten thousand of them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from psgscore.errors import EditError
from psgscore.review.edits import Entry, Redo, Reopen, Sign, Undo
from psgscore.review.entries import entry_line, read_entry
from psgscore.review.journal import Journal
from psgscore.review.replay import Replay, apply
from tests.unit.review.journals import AT, BINDING, base, edits, entries, same


class Walk(RuleBasedStateMachine):
    """A review that is edited, closed, opened again, and cut off in the middle of a line."""

    def __init__(self, above):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=above))
        self.path = self.folder / "a.review.jsonl"
        self.torn = []

    @initialize(hypnogram=st.booleans())
    def begin(self, hypnogram):
        self.base = base(hypnogram=hypnogram)
        self.journal = Journal.open(self.path, BINDING)
        self.replay = Replay(self.base)
        self.lines = [self.path.read_bytes()]

    def try_it(self, edit):
        entry = Entry(self.replay.n + 1, AT, "A B", edit, "why")
        try:
            self.replay.check(edit)
        except EditError:
            return
        self.journal.append(entry)
        self.replay.step(entry)
        self.lines.append(entry_line(entry))

    @rule(edit=edits())
    def change(self, edit):
        self.try_it(edit)

    @rule()
    def undo(self):
        self.try_it(Undo())

    @rule()
    def redo(self):
        self.try_it(Redo())

    @rule()
    def sign(self):
        self.try_it(Sign("A B"))

    @precondition(lambda self: self.replay.state().signed)
    @rule()
    def reopen(self):
        self.try_it(Reopen())

    @rule()
    def load_again(self):
        self.journal.close()
        self.open_again([])

    @rule(edit=edits(), share=st.floats(0, 1))
    def lose_power(self, edit, share):
        self.journal.close()
        line = entry_line(Entry(self.replay.n + 1, AT, "A B", edit))
        begun = line[: 1 + int(share * (len(line) - 2))]
        with self.path.open("ab") as file:
            file.write(begun)
        self.torn.append(begun)
        self.open_again(["review.torn-line"])

    def open_again(self, found):
        before = self.replay.state()
        self.journal = Journal.open(self.path, BINDING)
        assert [one.code for one in self.journal.findings] == found
        self.replay = Replay(self.base)
        self.journal.follow(self.replay)
        assert same(self.replay.state(), before)

    @invariant()
    def the_disk_holds_every_line_and_no_other(self):
        assert self.path.read_bytes() == b"".join(self.lines)
        aside = [Path(f"{self.path}.torn-{k + 1}").read_bytes() for k in range(len(self.torn))]
        assert aside == self.torn

    def teardown(self):
        if self.path.exists():
            assert same(self.replay.state(), apply(self.journal.entries(), self.base))
            self.journal.close()
        shutil.rmtree(self.folder)


def test_what_is_in_memory_is_what_the_journal_makes_of_the_base(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # no power fails here
    run_state_machine_as_test(lambda: Walk(tmp_path), settings=settings(stateful_step_count=25))


def walked(start, made):
    """Follow what can be followed, every line of it written and read."""
    replay = Replay(start)
    for edit in made:
        (entry,) = entries(edit, first=replay.n + 1)
        try:
            replay.step(read_entry(entry_line(entry)))
        except EditError:
            continue
    return replay


STEPS = st.lists(edits() | st.sampled_from([Undo(), Redo(), Sign("A B"), Reopen()]), max_size=40)


@given(hypnogram=st.booleans(), made=STEPS)
def test_undoing_everything_gives_the_base_and_redoing_it_what_was(hypnogram, made):
    start = base(hypnogram=hypnogram)
    replay = walked(start, made)
    if replay.state().signed:
        replay.step(Entry(replay.n + 1, AT, "", Reopen()))
    before, undone = replay.state(), 0
    while replay.state().undo is not None:
        replay.step(Entry(replay.n + 1, AT, "", Undo()))
        undone += 1
    state, fresh = replay.state(), apply([], start)
    assert state.events == fresh.events
    assert (state.counts, state.signatures) == ({}, before.signatures)
    assert (state.hypnogram is None) == (start.hypnogram is None)
    if start.hypnogram is not None:
        assert state.hypnogram.stages.tolist() == start.hypnogram.stages.tolist()
        assert state.scorer.tolist() == start.scorer.tolist()
    for _ in range(undone):
        replay.step(Entry(replay.n + 1, AT, "", Redo()))
    assert same(replace(replay.state(), n=before.n), before)


@given(made=STEPS, edit=edits())
def test_what_is_refused_changes_nothing(made, edit):
    replay = walked(base(), made)
    before = replay.state()
    try:
        replay.step(Entry(replay.n + 1, AT, "", edit))
    except EditError:
        assert same(replay.state(), before)
    else:
        assert replay.n == before.n + 1
