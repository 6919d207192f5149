"""Staging a recording as a user does."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import psgscore
from psgscore.errors import NotScorableError, UsageError
from psgscore.io.edf_write import write_edf
from psgscore.io.score_json import score_json, score_schema
from psgscore.model.hypnogram import Stage
from psgscore.opening import moment_s
from psgscore.simulate import simulate_night


@pytest.fixture(scope="module")
def night():
    return simulate_night(4, hours=1.5)


@pytest.fixture(scope="module")
def path(night, tmp_path_factory):
    path = tmp_path_factory.mktemp("stager") / "night.edf"
    write_edf(path, night.signals, start=night.start)
    return path


@pytest.fixture(scope="module")
def staged(path):
    return psgscore.stage(path)


def test_stages_probabilities_and_confidence_belong_together(staged):
    stages, given = staged.hypnogram.stages, staged.hypnogram.probabilities
    assert given.shape == (180, 5)
    assert given.sum(axis=1) == pytest.approx(np.ones(180))
    assert staged.confidence == pytest.approx(given[np.arange(180), stages])
    assert staged.backend == "psgscore EEG+EOG+chin"
    assert [label for _, label in staged.channels] == ["C3-M2", "C4-M1", "E1-M2", "Chin"]
    assert [finding.code for finding in staged.findings] == ["staging.short"]


def test_the_same_recording_gives_the_same_stages(path, staged):
    again = psgscore.stage(psgscore.open_recording(path))
    assert np.array_equal(again.hypnogram.probabilities, staged.hypnogram.probabilities)
    assert repr(again.review) == repr(staged.review)


def test_epochs_outside_the_lights_are_not_staged(path):
    found = psgscore.stage(path, lights=(600.0, 4815.0))
    outside = found.reasons == "outside lights off to lights on"
    assert np.flatnonzero(~outside)[[0, -1]].tolist() == [20, 159]
    assert set(found.hypnogram.stages[outside].tolist()) == {int(Stage.UNSCORED)}


def test_no_time_between_the_lights_is_refused(path):
    with pytest.raises(NotScorableError, match="no whole epoch of 30 s between lights"):
        psgscore.stage(path, lights=(600.0, 610.0))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sex": "X"}, 'the models know the sexes "M" and "F"'),
        ({"age": 400.0}, "nobody has an age of 400 years"),
        ({"backend": "yasa"}, "no staging backend 'yasa'"),
        ({"backend": lambda recording: [0, 1]}, "must return a Hypnogram of 30-s epochs"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(path, given, message):
    with pytest.raises(UsageError, match=message):
        psgscore.stage(path, **given)


def test_age_alone_is_not_used_and_said(path, staged):
    found = psgscore.stage(path, age=30.0)
    assert "staging.person" in {finding.code for finding in found.findings}
    assert np.array_equal(found.hypnogram.stages, staged.hypnogram.stages)


def test_a_backend_of_the_user_is_taken_where_the_gate_lets_it(night, tmp_path, staged):
    signals = [
        replace(one, samples=np.where(np.arange(one.samples.size) < 256 * 1800, 0, one.samples))
        if one.label in ("C4-M1", "C3-M2")
        else one
        for one in night.signals
        if one.label not in ("F3-M2", "O1-M2")
    ]
    write_edf(tmp_path / "half.edf", signals, start=night.start)

    def all_n2(recording):
        return psgscore.Hypnogram(np.full(180, int(Stage.N2), np.int8))

    found = psgscore.stage(tmp_path / "half.edf", backend=all_n2)
    assert found.backend == "user: all_n2"
    assert set(found.hypnogram.stages[:60].tolist()) == {int(Stage.UNSCORED)}
    assert set(found.hypnogram.stages[60:].tolist()) == {int(Stage.N2)}
    assert any("two backends disagree" in item.reasons for item in found.review)


def test_without_eeg_or_eog_the_reason_is_given(night, tmp_path):
    legs = [one for one in night.signals if one.label in ("Chin", "Left Leg", "Right Leg")]
    write_edf(tmp_path / "legs.edf", legs, start=night.start)
    with pytest.raises(NotScorableError, match="neither EEG nor EOG"):
        psgscore.stage(tmp_path / "legs.edf")
    score = psgscore.score_recording(tmp_path / "legs.edf")
    assert score.hypnogram is None
    missing = {one.what: one.reason for one in score.not_scored}
    assert missing["sleep measures and indices by stage (PLMS, PLMW)"] == "no hypnogram"
    assert missing["automatic stages"].startswith("neither EEG nor EOG")


def test_a_slow_eeg_is_refused_by_its_rate(night, tmp_path):
    eeg = next(one for one in night.signals if one.label == "C4-M1")
    slow = replace(eeg, samples=eeg.samples[::4], rate_hz=64.0)
    write_edf(tmp_path / "slow.edf", [slow], start=night.start)
    with pytest.raises(NotScorableError, match=r"slow\.edf: .* C4-M1 has 64 Hz, staging needs 80"):
        psgscore.stage(tmp_path / "slow.edf")


def test_every_number_by_stage_has_its_range(path):
    score = psgscore.score_recording(path)
    assert score.provenance.stage_source.startswith("automatic, unreviewed: 180 epochs by psgscore")
    assert set(score.scorer.tolist()) == {"automatic"}
    for rules in ("wasm-2016", "aasm-v3"):
        found = score.range_of("plm", rules, "sleep")
        assert found.value == score.rate("plm", rules, "sleep").per_hour
        assert found.low <= found.value <= found.high
    assert score.range_of("tst_min").value == score.sleep.tst_min


def test_given_stages_are_never_touched_and_filled_only_when_asked(night, path, tmp_path):
    given = night.hypnogram.stages.copy()
    given[60:90] = int(Stage.UNSCORED)
    stages = tmp_path / "stages.txt"
    stages.write_text("\n".join(map(str, given.tolist())))
    options = psgscore.Options(scoring=(stages,))
    plain = psgscore.score_recording(path, options)
    assert plain.staging is None
    assert np.array_equal(plain.hypnogram.stages, given)
    filled = psgscore.score_recording(path, replace(options, fill=True))
    own = given != Stage.UNSCORED
    assert np.array_equal(filled.hypnogram.stages[own], given[own])
    assert (filled.hypnogram.stages[60:90] != Stage.UNSCORED).all()
    assert filled.scorer[59:61].tolist() == ["given", "automatic"]
    assert "30 epochs" in filled.provenance.stage_source


def test_stages_given_never_stages(path):
    score = psgscore.score_recording(path, psgscore.Options(stages="given"))
    assert score.hypnogram is None


def test_what_is_shorter_than_the_stagers_context_is_staged_only_when_asked(night, tmp_path):
    signals = [
        replace(one, samples=one.samples[: round(360 * one.rate_hz)]) for one in night.signals
    ]
    write_edf(tmp_path / "short.edf", signals, start=night.start)
    score = psgscore.score_recording(tmp_path / "short.edf")
    assert score.hypnogram is None
    asked = psgscore.Options(stages="always")
    assert psgscore.score_recording(tmp_path / "short.edf", asked).staging is not None


def test_automatic_arousals_stand_apart(path):
    score = psgscore.score_recording(path, psgscore.Options(arousals="rule"))
    assert score.rate("plm_arousal", "wasm-2016", "sleep") is None
    assert score.rate("plm_automatic_arousal", "wasm-2016", "sleep") is not None
    assert score.sleep.arousals is None
    assert len(score.events.of_kind("automatic_arousal")) > 0
    assert "low trust" in score.provenance.settings["automatic_arousals"]
    assert "arousals.automatic" in {finding.code for finding in score.findings}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("90.5", 90.5), ("22:31", 60.0), ("22:30:30", 30.0), ("01:30", 10800.0)],
)
def test_moments(path, text, seconds):
    recording = psgscore.open_recording(path)
    assert recording.start.strftime("%H:%M:%S") == "22:30:00"
    assert moment_s(text, recording) == seconds


def test_a_clock_time_needs_a_start(path):
    recording = replace(psgscore.open_recording(path), start=None)
    with pytest.raises(UsageError, match="give seconds"):
        moment_s("22:31", recording)
    with pytest.raises(UsageError, match="is no moment"):
        moment_s("soon", recording)


def test_lights_of_the_options_win(path):
    score = psgscore.score_recording(path, psgscore.Options(lights=(600.0, 4800.0)))
    assert (score.sleep.lights_off_s, score.sleep.lights_on_s) == (600.0, 4800.0)
    assert score.sleep.trt_min == 70.0


def test_the_document_fits_its_schema(path):
    jsonschema = pytest.importorskip("jsonschema")
    document = json.loads(score_json(psgscore.score_recording(path)))
    jsonschema.validate(document, score_schema())
    epochs = (document["derived"]["epochs_given"], document["derived"]["epochs_automatic"])
    assert epochs == (0, 180)
