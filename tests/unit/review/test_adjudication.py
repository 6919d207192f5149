"""What two scorers agree on, what is left to decide, and when it is decided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.agree.matching import match_by_overlap
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.model.restless_criteria import RESTLESS
from psgscore.model.scoring import Scoring
from psgscore.model.staging import AUTOMATIC, AUTOMATIC_STAGES
from psgscore.review.adjudicated_score import Record, adjudication_base, with_record
from psgscore.review.adjudication import dispute, scoring_sha256
from psgscore.review.binding import binding_of
from psgscore.review.decided import tally, undecided
from psgscore.review.differences import EVENT, KIND, STAGE
from psgscore.review.disagreements import disagreements
from psgscore.review.edits import Accept, Add, Dismiss, Move, Reject, Remove, Restage, Sign, Undo
from psgscore.review.journal import Journal
from psgscore.review.replay import apply
from psgscore.review.rescoring import Rescoring, base_of, restless_criteria
from psgscore.review_others import read_other
from psgscore.score.night import Context, score_events
from psgscore.score.precedence import with_precedence
from tests.unit.report_nights import nights
from tests.unit.review.journals import DURATION_S, entries
from tests.unit.review.two_scorers import COVERS, other, put, review_of, rows, scorers, taking

NIGHT = nights()["everything"]
WHOLE = Accept(0, DURATION_S)
A_LM, B_LM = ("LM:left", 10.0, 12.0), ("LM:left", 50.0, 52.0)


def texts(differences):
    return [one.text for one in differences]


# -- what both have ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "agreed", "said"),
    [
        pytest.param([A_LM], [A_LM], [A_LM], [], id="the same"),
        pytest.param(
            [("LM:left", 10, 12)],
            [("LM:left", 10.5, 13)],
            [("LM:left", 10.25, 12.5)],
            [],
            id="edges half way between",
        ),
        pytest.param([A_LM], [], [], ["only A: LM:left"], id="only the first"),
        pytest.param([], [B_LM], [], ["only B: LM:left"], id="only the second"),
        pytest.param(
            [("LM:left", 10, 12)],
            [("LM:left", 11.7, 14)],
            [],
            ["only A: LM:left", "only B: LM:left"],
            id="overlap too small to be one",
        ),
        pytest.param(
            [("LM:left", 10, 12)],
            [("LM:right", 10, 12)],
            [],
            ["only A: LM:left", "only B: LM:right"],
            id="two legs are two events",
        ),
        pytest.param(
            [("apnea:obstructive", 10, 30)],
            [("hypopnea", 12, 30)],
            [],
            ["A: apnea:obstructive, B: hypopnea"],
            id="one event by two names",
        ),
        pytest.param(
            [("automatic_arousal", 10, 14)],
            [("arousal", 10, 14)],
            [("arousal", 10, 14)],
            [],
            id="an arousal of a program counts as one once a person decides",
        ),
        pytest.param(
            [("arousal", 10, 14), ("automatic_arousal", 50, 54)],
            [("arousal", 10, 14)],
            [("arousal", 10, 14)],
            [],
            id="arousals of a program beside those of a person are none",
        ),
        pytest.param(
            [("LM:left", 10, 12), ("LM:left", 12, 14)],
            [("LM:left", 10, 14)],
            [("LM:left", 10, 13)],
            ["only A: LM:left"],
            id="two events against one: one pair, and one left",
        ),
    ],
)
def test_events_that_both_have_and_those_that_one_has(first, second, agreed, said):
    found = put(other("A", first), other("B", second))
    assert rows(found.events) == rows(other("", agreed).scoring.events)
    assert texts(found.differences) == said


@pytest.mark.parametrize(
    ("first", "second", "stages", "said"),
    [
        pytest.param([0, 2, 2], [0, 2, 2], [0, 2, 2], [], id="the same"),
        pytest.param([0, 2, 2], [0, 3, 2], [0, -1, 2], ["A: N2, B: N3"], id="not the same"),
        pytest.param([2, -1], [2, 1], [2, -1], ["A: unscored, B: N1"], id="one is missing"),
        pytest.param([-1, 2], [-1, 2], [-1, 2], [], id="both left it unscored"),
        pytest.param([2], [2, 4], [2, -1], ["A: unscored, B: R"], id="one goes on longer"),
    ],
)
def test_stages_that_both_gave(first, second, stages, said):
    found = put(other("A", stages=first), other("B", stages=second))
    assert found.hypnogram.stages.tolist() == stages
    assert texts(found.differences) == said
    assert [one.epoch for one in found.differences] == [
        k for k, stage in enumerate(stages) if stage == -1 and said
    ]


def test_epochs_of_other_lengths_and_starts():
    short = replace(other("B").scoring, hypnogram=Hypnogram(np.array([2, 2, 3] * 2, np.int8), 10.0))
    found = put(other("A", stages=[2, 2]), replace(other("B"), scoring=short))
    assert (found.hypnogram.epoch_s, found.hypnogram.stages.tolist()) == (10, [2, 2, -1] * 2)
    late = Scoring(hypnogram=Hypnogram(np.array([2, 2], np.int8), 30.0, 12.0))
    found = put(other("A", stages=[2, 2]), replace(other("B"), scoring=late))
    assert (found.hypnogram, found.differences) == (None, ())
    assert "begin 0 s into the recording, those of the other 12 s" in found.findings[0].message
    late = Scoring(hypnogram=Hypnogram(np.array([2, 2], np.int8), 30.0, 30.0))
    found = put(other("A", stages=[0, 2]), replace(other("B"), scoring=late))
    assert (found.hypnogram.start_s, found.hypnogram.stages.tolist()) == (0, [-1, 2, -1])
    found = put(replace(other("B"), scoring=late), other("A", stages=[0, 2]))
    assert (found.hypnogram.start_s, found.hypnogram.stages.tolist()) == (0, [-1, 2, -1])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param(
            {"events": [("arousal", 5, 9)], "covers": {"arousal", "LM"}},
            {"covers": {"LM"}},
            ["arousal is not put to adjudication", "1 of A, 0 of B", "B: not known"],
            id="one did not look for it",
        ),
        pytest.param(
            {"events": [("LM:left", 5, 9)], "covers": {"LM"}},
            {"events": [("LM", 5, 9)], "covers": {"LM"}},
            ["LM:left is not put", "of which leg"],
            id="one does not tell the legs",
        ),
        pytest.param(
            {"events": [("snore", 5, 9)]},
            {"events": [("snore", 5, 9)]},
            ["snore is not put", "a review cannot mark snore"],
            id="no review can mark it",
        ),
        pytest.param(
            {"stages": [2, 2]}, {}, ["stages are not put", "only A gave any"], id="no stages"
        ),
        pytest.param({"events": [("LM:left", 5, 5)]}, {}, ["1 event outside"], id="without length"),
        pytest.param(
            {"events": [("LM:left", 599, 601)]}, {}, ["1 event outside"], id="beyond the end"
        ),
    ],
)
def test_what_is_not_in_dispute_is_said(first, second, said):
    found = put(other("A", **first), other("B", **second))
    assert (len(found.events), found.differences, found.hypnogram) == (0, (), None)
    message = " ".join(one.message for one in found.findings)
    assert all(word in message for word in said), message


def test_lights_are_not_said_to_be_left_out():
    lights = [("lights_off", 5, 5), ("lights_on", 500, 500)]
    assert put(other("A", events=lights), other("B", events=lights)).findings == ()


def test_what_both_looked_for_is_covered_though_nothing_was_found():
    found = put(other("A"), other("B"))
    assert found.covers == COVERS
    legs_only = other("B", covers=frozenset({"LM"}))
    assert put(other("A"), legs_only).covers == COVERS - {"arousal", "respiratory"}


def test_other_movements_are_put_to_adjudication_as_well():
    both = [("ALMA", 10, 15), ("LM:left", 11, 12)]
    found = put(other("A", both), other("B", [*both, ("ALMA", 30, 40), ("LMM", 50, 60)]))
    assert rows(found.events) == rows(other("", both).scoring.events)
    assert texts(found.differences) == ["only B: ALMA"]
    # Nobody knows whether the first looked for those: they are left out, and it is said.
    assert "LMM is not put to adjudication" in found.findings[0].message


@settings(deadline=None)
@given(scorers("A"))
def test_a_scorer_agrees_with_themselves(one):
    found = put(one, replace(one, name="B"))
    assert rows(found.events) == rows(one.scoring.events)
    assert found.hypnogram.stages.tolist() == one.scoring.hypnogram.stages.tolist()
    assert found.differences == ()


@settings(deadline=None)
@given(scorers("A"), scorers("B"))
def test_which_of_the_two_comes_first_changes_nothing(one, two):
    require_the_same_turned(one, two)


def test_which_comes_first_changes_nothing_where_overlaps_are_as_large():
    # Two ways to pair them are as good, and the solver takes another one with the sides changed.
    spans = [(1, 5), (3, 7), (5, 9), (5, 6)], [(0, 4), (1, 3), (3, 9)]
    there = set(map(tuple, match_by_overlap(*spans).tolist()))
    back = {(row, column) for column, row in match_by_overlap(*spans[::-1]).tolist()}
    assert there != back
    one, two = (other("", [("LM:left", *span) for span in each], [2]) for each in spans)
    require_the_same_turned(one, two)


def require_the_same_turned(one, two):
    found, turned = put(one, two), put(two, one)
    assert found.events == turned.events
    assert found.hypnogram.stages.tolist() == turned.hypnogram.stages.tolist()
    assert found.covers == turned.covers

    def told(differences, order):
        return sorted(
            (one.start_s, one.stop_s, one.what, one.kind, str([one.claims[k] for k in order]))
            for one in differences
        )

    assert told(found.differences, (0, 1)) == told(turned.differences, (1, 0))


@settings(deadline=None)
@given(scorers("A"), scorers("B"))
def test_every_event_of_either_is_agreed_on_or_in_dispute_once(one, two):
    found = put(one, two)
    for who, scorer in enumerate((one, two)):
        claimed = [d.claims[who] for d in found.differences if d.what != STAGE and d.claims[who]]
        assert len(found.events) + len(claimed) == len(scorer.scoring.events)
    scored = one.scoring.hypnogram.stages == two.scoring.hypnogram.stages
    assert len([d for d in found.differences if d.what == STAGE]) == np.sum(~scored)


def test_measures_stay_where_nothing_differs():
    one = other("A", [A_LM, B_LM])
    events = replace(one.scoring.events, measures={"peak_uv": np.array([20.0, 30.0])})
    first = replace(one, scoring=replace(one.scoring, events=events))
    moved = replace(events, stop_s=np.array([12.0, 53.0]), channel=np.array(["L", ""]))
    second = replace(one, scoring=replace(one.scoring, events=moved))
    found = put(first, second)
    assert found.events.measures["peak_uv"].tolist() == pytest.approx([20, np.nan], nan_ok=True)
    assert found.events.channel.tolist() == ["L", ""]


# -- what a third person decides --------------------------------------------------------------

DISPUTED = put(
    other("A", [A_LM, ("apnea", 100, 120)], [2, 2, 0]),
    other("B", [B_LM, ("hypopnea", 100, 121)], [3, 2, -1]),
)
ALL = ["A: N2, B: N3", "only A: LM:left", "only B: LM:left", "A: W, B: unscored"]
ALL += ["A: apnea, B: hypopnea"]


@pytest.mark.parametrize(
    ("edits", "done"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([Restage(0, (3,))], "A: N2, B: N3", id="a stage"),
        pytest.param([Restage(0, (1,))], "A: N2, B: N3", id="a stage of one's own"),
        pytest.param([Restage(0, (-1,))], "A: N2, B: N3", id="unscored is a decision"),
        pytest.param([Restage(1, (3,))], "", id="a stage of another epoch"),
        pytest.param([Add(*A_LM[1:], "LM:left")], "only A: LM:left", id="taken over"),
        pytest.param([Add(10.5, 12.5, "LM:left")], "only A: LM:left", id="one that matches"),
        pytest.param([Add(11.8, 14, "LM:left")], "", id="one that does not"),
        pytest.param([Add(10, 12, "LM:right")], "", id="the other leg"),
        pytest.param([Add(10, 12, "arousal")], "", id="another kind"),
        pytest.param([Add(10, 12, "LM:left"), Remove("a1")], "", id="taken over and out again"),
        pytest.param([Add(10, 12, "LM:left"), Undo()], "", id="taken back"),
        pytest.param(
            [Add(10, 12, "LM:left"), Reject("a1")], "only A: LM:left", id="taken and rejected"
        ),
        pytest.param([Add(100, 121, "RERA")], "A: apnea, B: hypopnea", id="a name of one's own"),
        pytest.param([Dismiss(10, 12, "LM:left")], "only A: LM:left", id="dismissed"),
        pytest.param([Dismiss(10, 12, "LM:left"), Undo()], "", id="dismissed and taken back"),
        pytest.param([Dismiss(10, 12, "LM:right")], "", id="another one dismissed"),
        pytest.param(
            [Dismiss(100, 121, "respiratory")], "A: apnea, B: hypopnea", id="neither of two names"
        ),
        pytest.param([Accept(0, 30)], "A: N2, B: N3|only A: LM:left", id="accepted as it is"),
        pytest.param([Accept(0, 11)], "", id="accepted in part"),
    ],
)
def test_what_is_decided(edits, done):
    left = undecided(DISPUTED, review_of(DISPUTED, *edits))
    assert texts(DISPUTED.differences) == ALL
    assert set(ALL) - set(texts(left)) == set(filter(None, done.split("|")))


def test_an_event_taken_over_answers_its_own_claim_alone():
    near = [("LM:left", 10.0, 12.0), ("LM:left", 10.5, 12.5)]
    found = put(other("A", near), other("B"))
    one = found.differences[0]
    state = review_of(found, taking(one, 0))
    assert undecided(found, state) == found.differences[1:]
    both = review_of(found, Add(10.2, 12.2, "LM:left"))
    assert undecided(found, both) == ()


def test_an_agreed_event_answers_no_claim_until_it_is_moved():
    found = put(
        other("A", [("LM:left", 10, 12), ("LM:left", 12, 14)]), other("B", [("LM:left", 10, 14)])
    )
    assert len(undecided(found, review_of(found))) == 1
    assert undecided(found, review_of(found, Move("e0", 10, 14))) == ()


@settings(deadline=None)
@given(scorers("A"), scorers("B"), st.sampled_from([0, 1]))
def test_taking_over_everything_of_one_gives_what_they_have(one, two, who):
    found, scorer = put(one, two), (one, two)[who].scoring
    taken = [edit for edit in (taking(each, who) for each in found.differences) if edit]
    state = review_of(found, *taken)
    claims = [d.claims[who] for d in found.differences if d.what != STAGE and d.claims[who]]
    wanted = [*rows(found.events), *((c.kind, c.start_s, c.stop_s) for c in claims)]
    assert rows(state.for_rules()) == sorted(wanted)
    assert len(state.events) == len(scorer.events)
    assert sorted(state.events.kind.tolist()) == sorted(scorer.events.kind.tolist())
    assert state.hypnogram.stages.tolist() == scorer.hypnogram.stages.tolist()
    assert not [d for d in undecided(found, state) if d.claims[who]]


@settings(deadline=None)
@given(scorers("A"), scorers("B"))
def test_dismissing_everything_leaves_what_was_agreed_on(one, two):
    found = put(one, two)
    events = [each.dismissal for each in found.differences if each.what != STAGE]
    state = review_of(found, *events)
    assert rows(state.for_rules()) == rows(found.events)
    assert {each.what for each in undecided(found, state)} <= {STAGE}
    assert (state.edits, state.counts.get("dismissed", 0)) == (0, len(events))
    assert undecided(found, review_of(found, WHOLE)) == ()


@settings(deadline=None)
@given(scorers("A"), scorers("B"), st.data())
def test_what_was_decided_comes_back_when_it_is_taken_back(one, two, data):
    found = put(one, two)
    edits = [taking(each, 0) or taking(each, 1) for each in found.differences]
    some = data.draw(st.lists(st.sampled_from(edits), unique=True) if edits else st.just([]))
    state = review_of(found, *some, *[Undo()] * len(some))
    assert undecided(found, state) == found.differences


def test_the_tally():
    counted = tally(DISPUTED, review_of(DISPUTED))
    assert (counted.events, counted.epochs, counted.differences) == (0, 1, 5)
    assert (counted.open_events, counted.open_epochs, counted.undecided) == (3, 2, 5)
    assert counted.unscored_epochs == 0
    counted = tally(DISPUTED, review_of(DISPUTED, Restage(0, (-1,)), Add(10, 12, "LM:left")))
    assert (counted.open_events, counted.open_epochs, counted.unscored_epochs) == (2, 1, 1)
    kinds = {one.what for one in DISPUTED.differences}
    assert kinds == {EVENT, KIND, STAGE}


# -- what becomes of it -----------------------------------------------------------------------


def adjudicated(found):
    return adjudication_base(NIGHT, found, [("a.csv", "1" * 64), ("b.csv", "2" * 64)], ["x"])


@pytest.mark.parametrize("seed", range(5))
def test_the_numbers_are_those_of_the_same_events_scored_directly(seed):
    random = np.random.default_rng(seed)
    kept = [random.random(len(NIGHT.events)) < 0.8 for _ in range(2)]
    stages = [
        np.where(random.random(len(NIGHT.hypnogram)) < 0.9, NIGHT.hypnogram.stages, 1)
        for _ in range(2)
    ]
    first, second = (
        replace(
            other(name),
            scoring=Scoring(
                hypnogram=replace(NIGHT.hypnogram, stages=stages[k], probabilities=None),
                events=NIGHT.events.where(kept[k]),
                covers=COVERS,
            ),
        )
        for k, name in enumerate("AB")
    )
    found = dispute(first, second, NIGHT.duration_s)
    base = adjudicated(found)
    taken = [edit for edit in (taking(each, 0) for each in found.differences) if edit]
    state = apply(entries(*taken), base_of(base))
    live = Rescoring.of(base)(state)
    direct = score_events(
        state.for_rules(),
        state.hypnogram,
        rules=NIGHT.provenance.rules,
        context=Context(
            duration_s=NIGHT.duration_s,
            covers=found.covers,
            gaps=NIGHT.gaps,
            unreadable=NIGHT.unreadable,
        ),
    )
    assert live.rate("plm", NIGHT.provenance.rules[0].name, "sleep").count > 0
    assert live.rates == direct.rates
    assert live.statistics == direct.statistics
    assert live.sleep == direct.sleep


def test_the_base_holds_what_was_agreed_and_the_lights_and_no_more():
    base = adjudicated(DISPUTED)
    assert not set(base.events.kind.tolist()) - {"lights_off", "lights_on"}
    assert base.provenance.stage_source == "adjudicated from a.csv and b.csv"
    assert base.provenance.detection is None
    assert base.provenance.scoring_inputs[-2:] == (("a.csv", "1" * 64), ("b.csv", "2" * 64))
    assert base.sleep.arousals == 0
    assert not any(one.code.startswith("scoring.") for one in base.findings)


def test_a_signed_adjudication_says_how_it_was_decided():
    base = adjudicated(DISPUTED)
    state = review_of(DISPUTED, Restage(0, (-1,)), Add(10, 12, "LM:left"), Sign("C"))
    record = Record(names=("A", "B"), tally=tally(DISPUTED, state), staged=True)
    done = with_record(base, record)
    assert done.provenance.stage_source == (
        "adjudicated from A and B (1 epoch agreed, 2 of 5 differences decided)"
    )
    told = {one.code: one.message for one in done.findings}
    assert (
        "left undecided: 3 differences. For that 1 epoch unscored" in told["adjudication.undecided"]
    )
    assert "1 epoch to which" in told["adjudication.unscored"]
    whole = Record(names=("A", "B"), tally=tally(DISPUTED, review_of(DISPUTED, WHOLE)), staged=True)
    assert "adjudication.undecided" not in {one.code for one in with_record(base, whole).findings}


def test_stages_nobody_looked_at_stay_a_programs():
    span = np.array([[0.0, 60.0]])
    first = other("A", stages=[2, 2, 2], automatic_s=span)
    found = put(first, other("B", stages=[2, 2, 2], automatic_s=span / [[1, 2]]))
    assert found.scorer.tolist() == [AUTOMATIC, "given", "given"]
    done = with_record(
        adjudicated(found),
        Record(names=("A", "B"), tally=tally(found, review_of(found)), staged=True),
    )
    (finding,) = [one for one in done.findings if one.code == AUTOMATIC_STAGES]
    assert finding.message.startswith("1 epoch with")


def test_what_a_scoring_says_is_known_by_events_stages_and_what_was_sought():
    one = other("A", [A_LM], [2])
    others = [other("A", [B_LM], [2]), other("A", [A_LM], [3]), other("A", [A_LM])]
    others.append(other("A", [A_LM], [2], covers=frozenset({"LM"})))
    digests = {scoring_sha256(each.scoring) for each in (one, *others)}
    assert len(digests) == 5
    assert scoring_sha256(other("B", [A_LM], [2]).scoring) == scoring_sha256(one.scoring)


# -- reading the others -----------------------------------------------------------------------


def test_the_base_is_scored_as_the_recording_was():
    own = replace(MOVEMENTS, restless=replace(RESTLESS, longest_interval_s=60.0))
    used = replace(NIGHT, movements=None, provenance=replace(NIGHT.provenance, movements=own))
    assert restless_criteria(used) == own.restless != RESTLESS
    gap = np.array([[30.0, 40.0]])
    base = adjudication_base(replace(NIGHT, gaps=gap), DISPUTED, [], [])
    assert base.gaps.tolist() == gap.tolist()


def test_stages_of_a_journal_nobody_looked_at_are_known(tmp_path):
    n = len(NIGHT.hypnogram)
    score = replace(NIGHT, scorer=np.full(n, AUTOMATIC))
    path = tmp_path / "a.review.jsonl"
    journal = Journal.open(path, binding_of(score))
    for entry in entries(Accept(0, 60), Restage(3, (2,)), Sign("A")):
        journal.append(entry)
    journal.close()
    found = read_other(path, "A", None, score)
    end_s = NIGHT.hypnogram.stop_s
    assert found.automatic_s.tolist() == [[60.0, 90.0], [120.0, end_s]]
    assert found.findings == ()


def test_what_another_movement_explains_is_no_difference_from_a_second_scorer():
    events = Events.of(["ALMA", "LM:left"], [10, 11], [15, 12], channel="L")
    state = review_of(replace(DISPUTED, events=events))
    here = Scoring(events=with_precedence(state.events), covers=COVERS)
    assert disagreements(state, here, Scoring(events=events, covers=COVERS)) == ()
