"""What a signed review gives, and that scoring anew changes nothing that nobody touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from psgscore import simulate_night
from psgscore.io.edf_write import write_edf
from psgscore.io.outputs import write_score
from psgscore.io.plain_values import plain
from psgscore.io.score_json import score_json
from psgscore.io.score_read import score_from_json
from psgscore.model.events import EXCLUDED_BY
from psgscore.model.hypnogram import Stage
from psgscore.model.staging import AUTOMATIC
from psgscore.opening import open_recording
from psgscore.pipeline import score_recording
from psgscore.report.alerts import automatic_stages
from psgscore.report.association_section import association_section, was_scored
from psgscore.report.method import method_section
from psgscore.report.texts import lights_s
from psgscore.rescore import rescore_events
from psgscore.review.edits import Accept, Add, Reject, Remove, Restage, Sign
from psgscore.review.replay import apply
from psgscore.review.rescoring import (
    Rescoring,
    base_of,
    base_sha256,
    blinded,
    covers_of_score,
)
from psgscore.review.state import REVIEW_ID
from psgscore.reviewed import reviewed_score
from psgscore.score.recount import recount
from tests.unit.report_nights import nights
from tests.unit.review.journals import entries

NIGHTS = nights()
LEGS = ("rates", "statistics", "legs", "sleep", "not_scored", "histograms", "findings")


def told(score, *names):
    return {name: plain(getattr(score, name)) for name in names}


@pytest.mark.parametrize("name", sorted(NIGHTS))
def test_scoring_anew_without_edits_is_the_score(name):
    score = score_from_json(score_json(NIGHTS[name]), "it")
    again = Rescoring.of(score)(apply([], base_of(score)))
    assert told(again, *LEGS) == told(score, *LEGS)


@pytest.mark.parametrize("name", sorted(NIGHTS))
def test_a_blind_scorer_is_shown_nothing(name):
    seen = blinded(NIGHTS[name])
    assert set(seen.events.kind.tolist()) <= {"lights_off", "lights_on"}
    assert (seen.hypnogram, seen.legs, seen.rates, seen.movements) == (None, (), (), None)


def test_the_base_is_known_by_its_events_and_stages():
    one = base_of(NIGHTS["everything"])
    assert base_sha256(one) == base_sha256(
        base_of(score_from_json(score_json(NIGHTS["everything"]), ""))
    )
    others = {base_sha256(base_of(score)) for score in NIGHTS.values()}
    assert len(others) > 5


def test_a_kind_nobody_had_scored_counts_once_marked_and_is_said():
    score = NIGHTS["only movements"]
    legs = score.legs[0]
    asleep = legs.verdicts.plm & (legs.verdicts.stage > 0)
    first = float(legs.movements.start_s[asleep][0])
    state = apply(entries(Add(first, first + 4, "arousal")), base_of(score))
    again = Rescoring.of(score)(state)
    assert again.rate("plm_arousal", "wasm-2016", "sleep").count == 1
    assert "review.begun-here" in {one.code for one in again.findings}
    assert not any("arousal" in one.what for one in again.not_scored)


def test_a_rejected_movement_ends_no_series():
    score = NIGHTS["everything"]
    legs = score.legs[0]
    longest = np.bincount(legs.verdicts.series[legs.verdicts.plm]).argmax()
    inside = legs.movements.start_s[legs.verdicts.series == longest][10]
    extra = Add(float(inside) + 4.0, float(inside) + 5.0, "LM:left", "Left Leg")
    broken = Rescoring.of(score)(apply(entries(extra), base_of(score)))
    mended = Rescoring.of(score)(apply(entries(extra, Reject("a1")), base_of(score)))
    assert told(mended, "rates") == told(score, "rates")
    assert told(broken, "rates") != told(score, "rates")


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    """Return a simulated night with every kind of movement, and its score."""
    night = simulate_night(3, hours=1.0)
    path = tmp_path_factory.mktemp("family") / "a.edf"
    lab = night.events.of_kind("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
    write_edf(path, night.signals, start=night.start, events=lab, hypnogram=night.hypnogram)
    recording = open_recording(path)
    return recording, score_recording(recording)


def counted(score):
    return score.events.text(EXCLUDED_BY) == ""


def signed(score, *edits):
    return apply(entries(*edits, Sign("Dr A")), base_of(score))


def test_accepting_everything_keeps_everything(family):
    recording, score = family
    done = reviewed_score(score, signed(score, Accept(0, 60)), recording)
    assert done.review.state == "reviewed"
    names = set(told(score, *score.__slots__)) - {"review"}
    assert told(done, *names) == told(score, *names)


def test_other_movements_are_measured_again_with_the_changed_stages(family):
    recording, score = family
    n = len(score.hypnogram)
    done = reviewed_score(score, signed(score, Restage(0, (0,) * n)), recording)
    assert done.sleep.tst_min == 0
    assert done.movements.fragmentary_per_hour is None
    assert done.onsets == ()
    assert not done.events.is_kind("RSWA").any()
    assert score.events.is_kind("LM").sum() == done.events.is_kind("LM").sum()
    assert (done.scorer == "given").all()


def test_scoring_the_family_anew_without_edits_is_its_score(family):
    _, score = family
    again = Rescoring.of(score)(apply([], base_of(score)))
    assert told(again, "legs", "sleep") == told(score, "legs", "sleep")
    words = again.events.text(EXCLUDED_BY)
    assert words.tolist() == score.events.text(EXCLUDED_BY).tolist()


def test_nothing_but_the_edit_changes(family):
    recording, score = family
    row = int(np.flatnonzero(score.events.is_kind("arousal"))[0])
    state = signed(score, Add(1.0, 4.0, "arousal"), Remove("a1"))
    done = reviewed_score(score, state, recording)
    names = ("rates", "events", "legs", "sleep", "movements", "onsets", "restless")
    names += ("snapshots", "cycles")
    assert told(done, *names) == told(score, *names)
    assert set(done.not_scored) == set(score.not_scored)
    assert len(done.not_scored) == len(score.not_scored)
    assert done.review.edits == 2
    less = reviewed_score(score, signed(score, Remove(f"e{row}")), recording)
    assert less.sleep.arousals == score.sleep.arousals - 1


def test_a_kind_of_movement_that_a_person_changed_loses_its_numbers_alone(family):
    recording, score = family
    rows = np.flatnonzero(score.events.is_kind("RSWA") & (score.events.text(EXCLUDED_BY) == ""))
    assert rows.size
    done = reviewed_score(score, signed(score, Reject(f"e{rows[0]}", "a cough")), recording)
    assert done.movements.rem is None
    assert "muscle activity in REM sleep" in {one.what for one in done.not_scored}
    assert plain(done.movements.jerks) == plain(score.movements.jerks)
    assert "rejected in review: a cough" in done.events.text(EXCLUDED_BY).tolist()
    assert REVIEW_ID not in done.events.texts
    assert score_from_json(score_json(done), "it").events == done.events


@pytest.mark.parametrize("kind", ["arousal", "hypopnea", "lights_off", "lights_on", "LM"])
def test_what_a_person_rejected_is_in_no_number_of_the_report(family, kind):
    recording, score = family
    breaths = (Add(1200.0, 1220.0, "hypopnea"), Add(1500.0, 1515.0, "hypopnea"))
    rows = np.flatnonzero(score.events.is_kind(kind) & counted(score))
    one = "a1" if kind == "hypopnea" else f"e{rows[0]}"
    rejected, removed = (
        reviewed_score(score, signed(score, *breaths, edit), recording)
        for edit in (Reject(one, "artefact"), Remove(one))
    )
    assert len(rejected.events) == len(removed.events) + 1
    names = set(told(score, *score.__slots__)) - {"events", "review"}
    assert told(rejected, *names) == told(removed, *names)
    assert association_section(rejected) == association_section(removed)
    assert method_section(rejected) == method_section(removed)
    assert lights_s(rejected) == lights_s(removed)
    for mine, other in zip(rejected.legs, removed.legs, strict=True):
        ours, theirs = recount(rejected, mine), recount(removed, other)
        assert ours.barriers.tolist() == theirs.barriers.tolist()


def test_what_a_review_gave_is_no_longer_said_to_be_missing(family):
    recording, score = family
    without = "exclusion of hypnic jerks by respiratory events"
    assert without in {one.what for one in score.not_scored}
    breath = Add(1200.0, 1220.0, "hypopnea")
    done = reviewed_score(score, signed(score, breath), recording)
    assert not any("respiratory" in one.what for one in done.not_scored)
    assert not any("respiratory events were not" in one.reason for one in done.not_scored)
    rem = score.hypnogram.stages == Stage.R
    first, stages = int(np.flatnonzero(rem)[0]), np.where(rem, 2, score.hypnogram.stages)
    asleep = Restage(0, tuple(stages.tolist()))
    none = reviewed_score(score, signed(score, asleep), recording)
    assert "the hypnogram has no REM sleep" in {one.reason for one in none.not_scored}
    again = reviewed_score(none, signed(none, Restage(first, (4,))), recording)
    assert "the hypnogram has no REM sleep" not in {one.reason for one in again.not_scored}


def test_a_scoring_of_rejected_rows_alone_is_none(family):
    recording, _ = family
    score = NIGHTS["only movements"]
    only = signed(score, Add(10.0, 14.0, "arousal"), Reject("a1"))
    done = reviewed_score(score, only, recording)
    assert "arousal" in done.events.kind.tolist()
    assert not was_scored(done, "arousal")


def test_the_files_of_a_review_give_its_numbers_again(family, tmp_path):
    recording, score = family
    legs, arousals = (
        np.flatnonzero(score.events.is_kind(kind) & counted(score)) for kind in ("LM", "arousal")
    )
    edits = (
        Reject(f"e{legs[3]}", "artefact"),
        Remove(f"e{legs[5]}"),
        Add(1000.0, 1003.0, "LM:left", "Left Leg"),
        Reject(f"e{arousals[0]}", "artefact"),
        Restage(40, (0, 0, -1)),
    )
    done = reviewed_score(score, signed(score, *edits), recording)
    files = write_score(done, tmp_path, "a", kinds=("events", "hypnogram"))
    tables = [path for path in files if path.suffix == ".tsv"]
    rules = done.provenance.rules
    again = rescore_events(tables, rules=rules, none_found=covers_of_score(done))
    assert told(again, "legs", "sleep", "cycles") == told(done, "legs", "sleep", "cycles")
    named = {rule.name for rule in rules}
    assert plain(again.rates) == plain([one for one in done.rates if one.rules in named])


def test_an_epoch_that_a_person_left_without_a_stage_is_nobodys(family):
    recording, score = family
    done = reviewed_score(score, signed(score, Restage(10, (-1, 2))), recording)
    assert done.scorer[10:12].tolist() == ["", "given"]


def test_automatic_stages_are_a_persons_once_every_epoch_was_accepted(family):
    recording, score = family
    n = len(score.hypnogram)
    sure = np.full((n, 5), 0.05)
    sure[np.arange(n), np.maximum(score.hypnogram.stages, 0)] = 0.8
    hypnogram = replace(score.hypnogram, probabilities=sure)
    night = replace(score, hypnogram=hypnogram, scorer=np.full(n, AUTOMATIC))
    half = reviewed_score(night, signed(night, Accept(0, 60)), recording)
    assert half.scorer.tolist() == ["given"] * 2 + [AUTOMATIC] * (n - 2)
    assert automatic_stages(half)
    some = reviewed_score(night, signed(night, Restage(2, (0,)), Accept(0, 60)), recording)
    assert some.scorer.tolist() == ["given"] * 3 + [AUTOMATIC] * (n - 3)
    whole = reviewed_score(night, signed(night, Accept(0, score.duration_s)), recording)
    assert set(whole.scorer.tolist()) == {"given"}
    assert not automatic_stages(whole)
    assert told(whole, "rates", "sleep") == told(score, "rates", "sleep")


@pytest.mark.parametrize(
    ("scorer", "edits", "more"),
    [
        pytest.param("given", [Accept(0, 60)], "", id="accepted stages of the lab stay the lab's"),
        pytest.param("given", [Restage(2, (-1,))], "; then 1 epoch by the reviewer", id="changed"),
        pytest.param(
            AUTOMATIC, [Accept(0, 60)], "; then 2 epochs by the reviewer", id="accepted, automatic"
        ),
        pytest.param(
            AUTOMATIC,
            [Accept(0, 60), Restage(1, (-1, -1))],
            "; then 3 epochs by the reviewer",
            id="each epoch once",
        ),
    ],
)
def test_the_score_says_how_many_epochs_are_the_reviewers(family, scorer, edits, more):
    recording, score = family
    night = replace(score, scorer=np.full(len(score.hypnogram), scorer))
    done = reviewed_score(night, signed(night, *edits), recording)
    assert done.provenance.stage_source == score.provenance.stage_source + more
