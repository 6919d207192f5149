"""Agreement of events: counts, errors, what cannot be compared, consensus of scorers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.agree.consensus import event_consensus, majority_spans, stage_consensus
from psgscore.agree.events import ONSET, Hits, compare_events, spread, together
from psgscore.agree.kinds import comparable_kinds, events_of, kinds_in, legs_joined
from psgscore.agree.pairs import (
    ASLEEP,
    SCORED,
    HowToCompare,
    against_others,
    all_pairs,
    compare_pair,
    consensus,
)
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import Scoring, covered


def legs(*starts: float, kind: str = "LM:left", length_s: float = 2.0) -> Events:
    start = np.array(starts, float)
    return Events.of(kind, start, start + length_s)


def scoring(*tables: Events, stages: list[int] | None = None, **options) -> Scoring:
    events = Events.concat(tables)
    hypnogram = None if stages is None else Hypnogram(np.array(stages, np.int8))
    return Scoring(events=events, hypnogram=hypnogram, **{"covers": covered(events), **options})


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        pytest.param((8, 10, 16), (0.5, 0.8, 16 / 26), id="some"),
        pytest.param((0, 10, 0), (None, 0.0, 0.0), id="nothing found"),
        pytest.param((0, 0, 10), (0.0, None, 0.0), id="nothing there"),
        pytest.param((0, 0, 0), (None, None, None), id="nothing at all is no 0 of 0"),
    ],
)
def test_measures_and_when_they_are_unknown(hits, expected):
    found = Hits(n_hits=hits[0], n_reference=hits[1], n_other=hits[2])
    assert (found.precision, found.recall, found.f1) == expected


def test_counts_add_up():
    one, other = Hits(n_hits=1, n_reference=2, n_other=3), Hits(n_hits=1, n_reference=1, n_other=1)
    assert together([one, other]) == Hits(n_hits=2, n_reference=3, n_other=4)
    assert together([]).f1 is None


def test_errors_are_those_of_the_pairs():
    first = Events.of("LM:left", [0, 10, 20, 50], [2, 12, 22, 52])
    second = Events.of("LM:left", [0.1, 10.2, 20.3, 80], [2.1, 12.7, 22.0, 81])
    found = compare_events(first, second)
    assert found.hits == Hits(n_hits=3, n_reference=4, n_other=4)
    assert found.reference_alone.tolist() == [3]
    assert found.other_alone.tolist() == [3]
    error = found.onset_error
    assert (error.n, error.median_s, error.bias_s) == (3, 0.2, pytest.approx(0.2))
    assert error.iqr_s == pytest.approx(0.1)
    assert found.duration_error.median_s == 0.0
    assert found.duration_error.bias_s == pytest.approx((0 + 0.5 - 0.3) / 3)


def test_no_pairs_have_no_errors():
    assert spread(np.zeros(0)).iqr_s is None
    assert compare_events(legs(1.0), legs(100.0)).onset_error.median_s is None


def test_marks_without_length_are_paired_by_onset_alone():
    marks = Events.of("LM:left", [1.0], [1.0])
    assert compare_events(legs(1.2), marks).hits.n_hits == 0
    assert compare_events(legs(1.2), marks, by=ONSET).hits.n_hits == 1


@given(
    starts=st.lists(st.integers(0, 40), max_size=8, unique=True),
    others=st.lists(st.integers(0, 40), max_size=8, unique=True),
)
def test_f1_is_the_same_from_either_side(starts, others):
    one, other = legs(*sorted(starts)), legs(*sorted(others))
    forth, back = compare_events(one, other).hits, compare_events(other, one).hits
    assert forth.f1 == back.f1
    assert (forth.precision, forth.recall) == (back.recall, back.precision)


# What is compared at all.


def because(first: Scoring, second: Scoring, *kinds: str) -> dict[str, str]:
    found = comparable_kinds((first, second), ("A", "B"), kinds)
    return {one.kind: one.because for one in found}


def test_a_kind_that_one_side_did_not_score_is_not_compared():
    arousals = Events.of("arousal", [5.0], [9.0])
    told = because(scoring(legs(1.0), arousals), scoring(legs(1.0)))
    assert told["LM:left"] == ""
    assert told["arousal"] == "B: not known to have been looked for (arousal)"


def test_a_kind_that_was_looked_for_in_vain_is_compared():
    arousals = Events.of("arousal", [5.0], [9.0])
    looked = scoring(legs(1.0), covers=frozenset({"LM", "arousal"}))
    assert because(scoring(arousals), looked)["arousal"] == ""
    (found,) = [
        one
        for one in compare_pair(scoring(arousals), looked, ("A", "B")).kinds
        if one.kind == "arousal"
    ]
    assert (found.overlap.hits.recall, found.overlap.hits.precision) == (0.0, None)


def test_legs_of_which_one_scorer_does_not_say_the_side_are_not_compared():
    told = because(scoring(legs(1.0)), scoring(legs(1.0, kind="LM")))
    assert set(told) == {"LM:left", "LM"}
    assert all("of which leg" in reason for reason in told.values())
    joined = [legs_joined(scoring(legs(1.0))), legs_joined(scoring(legs(1.0, kind="LM")))]
    assert because(*joined) == {"LM": ""}


def test_an_unmarked_leg_beside_a_marked_one_is_not_known_to_be_quiet():
    both = scoring(legs(1.0), legs(5.0, kind="LM:right"))
    assert because(both, scoring(legs(1.0)))["LM:right"].startswith("B: not known")
    quiet = scoring(legs(1.0), covers=frozenset({"LM", "LM:right"}))
    assert because(both, quiet)["LM:right"] == ""
    assert because(both, scoring(covers=frozenset({"LM"}))) == {"LM:left": "", "LM:right": ""}


def test_marks_that_are_no_events_are_left_out():
    events = Events.of(
        [
            "imported:LM:left",
            "lights_off",
            "PLM:imported",
            "other:x",
            "apnea:mixed",
            "jerk:definite",
        ],
        [0.0] * 6,
        [1.0] * 6,
    )
    assert kinds_in(scoring(events)) == ["respiratory", "jerk"]


def test_what_something_else_explains_is_no_event():
    events = legs(1.0, 5.0).with_text("excluded_by", np.array(["", "artefact"]))
    assert len(events_of(scoring(events), "LM:left")) == 1


def test_arousals_of_a_program_stand_in_where_no_person_marked_any():
    program = Events.of("automatic_arousal", [5.0], [9.0])
    person = Events.of("arousal", [7.0], [9.0])
    assert len(events_of(scoring(program), "arousal")) == 1
    assert events_of(scoring(program, person), "arousal").start_s.tolist() == [7.0]


def test_movements_of_both_legs_at_once_are_one_when_legs_are_joined():
    both = legs_joined(scoring(legs(1.0, 20.0), legs(2.0, 40.0, kind="LM:right")))
    assert both.events.spans.tolist() == [[1, 4], [20, 22], [40, 42]]


# Parts of the night.


@pytest.mark.parametrize(
    ("within", "expected"), [("recording", (2, 4, 3)), (SCORED, (2, 3, 3)), (ASLEEP, (1, 2, 1))]
)
def test_events_are_judged_where_both_scored(within, expected):
    # Epochs: wake, N2, N2 against unscored; the last lies outside of both.
    first = scoring(legs(10, 40, 50, 100), stages=[0, 2, 2])
    second = scoring(legs(10.5, 20, 40.5), stages=[0, 2, -1])
    found = compare_pair(first, second, ("A", "B"), HowToCompare(within=within)).kinds[0]
    hits = found.overlap.hits
    assert (hits.n_hits, hits.n_reference, hits.n_other) == expected


def test_a_part_of_the_night_needs_stages():
    found = compare_pair(
        scoring(legs(1), stages=[2]), scoring(legs(1)), ("A", "B"), HowToCompare(within=ASLEEP)
    )
    assert found.kinds[0].because == "stages: B: no stages"


def test_a_pair_across_a_border_is_not_torn():
    first = scoring(legs(59.9), stages=[2, 2, 2])
    second = scoring(legs(60.1), stages=[2, 2, 0])
    found = compare_pair(first, second, ("A", "B"), HowToCompare(within=ASLEEP)).kinds[0]
    assert found.overlap.hits == Hits(n_hits=1, n_reference=1, n_other=1)


# Stages.


def test_epochs_of_other_lengths_are_compared_in_pieces_or_refused():
    long = Scoring(hypnogram=Hypnogram(np.array([0, 2], np.int8), 30.0))
    short = Scoring(hypnogram=Hypnogram(np.array([0, 0, 1, 2, 2, 2], np.int8), 10.0))
    found = compare_pair(long, short, ("A", "B"))
    assert found.stages.n_epochs == 6
    assert found.stages.accuracy == pytest.approx(5 / 6)
    assert found.stages_note == "epochs of 30 s are compared as pieces of 10 s"
    odd = Scoring(hypnogram=Hypnogram(np.array([0, 2], np.int8), 20.0))
    found = compare_pair(long, odd, ("A", "B"))
    assert found.stages is None
    assert "neither is a multiple" in found.stages_because
    shifted = Scoring(hypnogram=Hypnogram(np.array([0, 2], np.int8), 30.0, 7.0))
    assert "do not lie on one grid" in compare_pair(long, shifted, ("A", "B")).stages_because


def test_stages_that_never_meet_are_not_compared():
    found = compare_pair(scoring(stages=[0, -1]), scoring(stages=[-1, 2]), ("A", "B"))
    assert (found.stages, found.stages_because) == (None, "no epoch is scored by both")


# Several scorers.


@pytest.mark.parametrize(
    ("scorers", "expected"),
    [
        pytest.param([[(0, 4)], [(2, 6)], [(3, 8)]], [[2, 6]], id="two of three"),
        pytest.param([[(0, 4)], [(2, 6)]], [[2, 4]], id="both of two"),
        pytest.param([[(0, 4)], [(4, 6)], []], [], id="one of three is not most"),
        pytest.param([[(0, 2), (2, 4)], [(1, 4)], []], [[1, 4]], id="marks that touch are one"),
        pytest.param([[(0, 4), (1, 3)], [], []], [], id="a scorer counts once"),
        pytest.param([[(0, 4)], [(0, 2)], [(2, 4)]], [[0, 4]], id="handed over without a gap"),
        pytest.param([], [], id="nobody"),
    ],
)
def test_the_stretches_most_scorers_mark(scorers, expected):
    assert majority_spans([np.array(s, float).reshape(-1, 2) for s in scorers]).tolist() == expected


def test_the_consensus_of_equal_scorers_is_their_scoring():
    marks = legs(1, 10, 30)
    assert event_consensus([marks] * 3, "LM:left") == marks


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        pytest.param([2, 2, 3], 2, id="most"),
        pytest.param([1, 2, 3], -1, id="a tie is unscored"),
        pytest.param([2, -1, -1], -1, id="unscored by most"),
        pytest.param([2, -1], -1, id="a tie with unscored"),
        pytest.param([1, 1, 2, 3, 4], 1, id="most, though no majority"),
    ],
)
def test_the_stage_with_the_most_votes(votes, expected):
    nights = [Hypnogram(np.array([vote], np.int8)) for vote in votes]
    assert stage_consensus(nights).stages.tolist() == [expected]


def test_the_consensus_of_stages_reaches_over_all_scorings():
    early = Hypnogram(np.array([2, 2], np.int8), 30.0, -30.0)
    late = Hypnogram(np.array([2, 2], np.int8), 30.0, 0.0)
    found = stage_consensus([late, early, late])
    assert (found.start_s, found.stages.tolist()) == (-30.0, [-1, 2, 2])


def test_each_scorer_against_the_others():
    marks = [legs(1, 10, 20), legs(1, 10, 20), legs(1, 10)]
    found = against_others([scoring(one) for one in marks], ["A", "B", "C"])
    assert [one.other for one in found] == ["A", "B", "C"]
    # Others of A are B and C, who agree on two; of C are A and B, who agree on three.
    hits = [one.kinds[0].overlap.hits for one in found]
    assert hits[0] == Hits(n_hits=2, n_reference=2, n_other=3)
    assert hits[2] == Hits(n_hits=2, n_reference=3, n_other=2)
    assert against_others([scoring(marks[0])] * 2, ["A", "B"]) == ()


def test_all_pairs():
    found = all_pairs([scoring(legs(1))] * 3, ["A", "B", "C"])
    assert [(one.reference, one.other) for one in found] == [("A", "B"), ("A", "C"), ("B", "C")]


def test_a_consensus_takes_those_who_looked():
    blind = scoring(Events.of("arousal", [100.0], [104.0]))
    found = consensus([scoring(legs(1)), scoring(legs(1)), blind])
    assert kinds_in(found) == ["LM:left"]  # two of two; one arousal scorer alone is no consensus
    assert found.covers == {"LM:left"}
