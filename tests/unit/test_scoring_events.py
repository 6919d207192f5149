"""Events from tables and annotations: words, sides, measures; nothing dropped, nothing guessed."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import InputPathError, ScoringFileError
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import read_scoring, scoring_from_annotations
from psgscore.io.scoring_fit import combine
from psgscore.io.scoring_labels import event_kind
from psgscore.io.tables import events_tsv
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage

KINDS = (
    "LM:left",
    "LM:right",
    "LM",
    "PLM:imported",
    "arousal",
    "arousal:plm",
    "apnea:central",
    "hypopnea",
    "RERA",
    "lights_off",
    "gap",
    "imported:LM:left",
    "other:K-complex",
    "other:n/a",
)


def written(folder, text: str, name: str = "events.csv"):
    path = folder / name
    path.write_bytes(text.encode())
    return path


def findings(scoring) -> dict[str, str]:
    return {finding.code: finding.message for finding in scoring.findings}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("EEG arousal", "arousal"),
        ("Obstructive Apnea", "apnea:obstructive"),
        ("central_apnoea", "apnea:central"),
        ("Mixed-Apnea", "apnea:mixed"),
        ("HYPOPNEA", "hypopnea"),
        ("RERA", "RERA"),
        ("Limb movement (left)", "LM:left"),
        ("leg_movement_right", "LM:right"),
        ("Lights  Off", "lights_off"),
        ("desat", "desat"),
        ("PLM", "PLM:imported"),
        ("PLMS", "PLM:imported"),
        ("Periodic leg movement left", "PLM:imported"),
        ("K-complex", "other:K-complex"),
        ("other:K-complex", "other:K-complex"),
        ("imported:LM:left", "imported:LM:left"),
        ("PLM arousal", "arousal:plm"),
    ],
)
def test_words_become_kinds(word, kind):
    assert event_kind(word) == kind
    assert event_kind(kind) == kind


@pytest.mark.parametrize(
    ("word", "channel", "kind"),
    [
        ("Limb movement", "Left Leg", "LM:left"),
        ("Limb movement", "Right Leg", "LM:right"),
        ("Limb movement", "C3-M2", "LM"),
        ("Limb movement", "", "LM"),
        ("Limb movement left", "Right Leg", "LM:left"),
        ("PLM", "Left Leg", "PLM:imported"),
        ("EEG arousal", "Left Leg", "arousal"),
    ],
)
def test_the_channel_gives_a_limb_movement_its_side_and_nothing_else(word, channel, kind):
    found = scoring_from_annotations([Annotation(1.0, 2.0, word, channel)])
    assert found.events.kind.tolist() == [kind]
    assert found.events.channel.tolist() == [channel]


@pytest.mark.parametrize("word", ["PLM", "PLMS", "Periodic limb movement", "PLM:imported"])
def test_marks_of_series_are_never_movements(word):
    found = scoring_from_annotations([Annotation(1.0, 600.0, word, "Left Leg")])
    assert not found.events.is_kind("LM").any()
    assert "LM" not in found.covers
    assert "scoring.plm-imported" in findings(found)


@pytest.mark.parametrize(
    ("words", "covers"),
    [
        (["arousal"], {"arousal"}),
        (["hypopnea"], {"respiratory"}),
        (["RERA", "LM"], {"respiratory", "LM"}),
        (["lights off", "desat", "PLM"], set()),
    ],
)
def test_what_a_scoring_covers(words, covers):
    found = scoring_from_annotations([Annotation(1.0, 2.0, word) for word in words])
    assert found.covers == covers


def test_unknown_words_are_kept_and_counted():
    notes = [Annotation(t, None, word) for t, word in [(1.0, "Foo"), (2.0, "Foo"), (3.0, "Bär")]]
    found = scoring_from_annotations(notes)
    assert found.events.kind.tolist() == ["other:Foo", "other:Foo", "other:Bär"]
    assert found.events.duration_s.tolist() == [0.0, 0.0, 0.0]
    message = findings(found)["scoring.unknown-label"]
    assert "'Foo' (2)" in message
    assert "'Bär' (1)" in message


@pytest.mark.parametrize("night", [False, True])
def test_kind_onset_duration(tmp_path, night):
    head, cell = ("night,", "S001,") if night else ("", "")
    text = f"{head}kind,onset_s,duration_s\n{cell}stage_W,0,60\n{cell}leg_movement_left,3.25,1.5\n"
    found = read_scoring(written(tmp_path, text))
    assert found.hypnogram.stages.tolist() == [0, 0]
    assert [(e.kind, e.start_s, e.stop_s) for e in found.events] == [("LM:left", 3.25, 4.75)]
    assert found.findings == ()


def test_several_nights_are_refused(tmp_path):
    text = "night,kind,onset_s,duration_s\nA,arousal,1,2\nB,arousal,1,2\n"
    with pytest.raises(ScoringFileError, match="holds 2 nights: split it"):
        read_scoring(written(tmp_path, text))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("arousal,,3", "line 3: no onset"),
        ("arousal,n/a,3", "line 3: no onset"),
        ("arousal,5,-3", "line 3: duration_s -3 is negative"),
        ("arousal,five,3", "line 3: onset_s is 'five', not a number"),
        ("arousal,5,nane", "line 3: duration_s is 'nane'"),
        ("stage_Q,5,30", "unknown stage 'stage_Q' at 5 s"),
        ("arousal,5,3,7", "line 3: 4 cells, the header has 3"),
        ('arousal,5,"3', "line 3: .*check the quotes"),
    ],
)
def test_rows_that_cannot_be_understood_are_refused(tmp_path, row, message):
    text = f"kind,onset_s,duration_s\n# a remark\n{row}\n"
    with pytest.raises(ScoringFileError, match=rf"events\.csv.*{message}"):
        read_scoring(written(tmp_path, text))


def test_a_table_of_events_without_onsets_is_refused(tmp_path):
    with pytest.raises(ScoringFileError, match="line 2: no onset"):
        read_scoring(written(tmp_path, "kind,duration\narousal,3\n"))


@pytest.mark.parametrize("length", ["", "n/a", "NaN", "0"])
def test_no_duration_is_a_point(tmp_path, length):
    found = read_scoring(written(tmp_path, f"onset,duration,trial_type\n7,{length},arousal\n"))
    assert found.events.spans.tolist() == [[7.0, 7.0]]


@pytest.mark.parametrize("cell", ["", "n/a"])
def test_a_row_without_a_word_is_kept(tmp_path, cell):
    found = read_scoring(written(tmp_path, f"onset,trial_type,channel\n7,{cell},n/a\n"))
    assert [(e.kind, e.channel) for e in found.events] == [("other:n/a", "")]
    assert "scoring.unknown-label" in findings(found)


def test_short_rows_and_empty_columns_at_the_end(tmp_path):
    text = "onset,trial_type,duration,,\n7,arousal\n9,arousal,3,,,\n"
    found = read_scoring(written(tmp_path, text))
    assert found.events.spans.tolist() == [[7.0, 7.0], [9.0, 12.0]]
    assert found.findings == ()


def test_further_columns_are_measures_if_they_hold_numbers(tmp_path):
    text = (
        "onset,duration,trial_type,Peak,scorer,depth\n"
        "0,30,Sleep stage W,99,KH,1\n9,3,hypopnea,n/a,KH,4\n5,2,arousal,7.5,KH,\n"
    )
    found = read_scoring(written(tmp_path, text))
    assert found.hypnogram.stages.tolist() == [0]
    assert found.events.kind.tolist() == ["arousal", "hypopnea"]
    assert set(found.events.measures) == {"Peak", "depth"}
    np.testing.assert_array_equal(found.events.measures["Peak"], [7.5, np.nan])
    np.testing.assert_array_equal(found.events.measures["depth"], [np.nan, 4.0])
    assert findings(found)["scoring.columns-ignored"] == "columns that are not used: 'scorer'"


def test_columns_in_any_order_and_case(tmp_path):
    text = "Channel;TRIAL_TYPE;Onset\nLeft Leg;LM;4\n"
    (event,) = read_scoring(written(tmp_path, text)).events
    assert (event.kind, event.channel, event.start_s) == ("LM:left", "Left Leg", 4.0)


def test_an_empty_table_of_events_is_an_empty_scoring(tmp_path):
    found = read_scoring(written(tmp_path, events_tsv(Events.empty()), "events.tsv"))
    assert len(found.events) == 0
    assert found.hypnogram is None
    assert found.covers == frozenset()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputPathError):
        read_scoring(tmp_path / "none.csv")


times_us = st.integers(0, 40_000_000_000)
texts = st.text(st.characters(codec="utf-8"), max_size=8)


@given(
    made=st.lists(
        st.tuples(times_us, st.integers(0, 10**9), st.sampled_from(KINDS), texts), max_size=12
    ),
    measured=st.dictionaries(
        st.sampled_from(["peak_uv", "Area", "stage", "label", "start_s", "#", 'a"b', "n/a", " x"]),
        st.floats(-1e6, 1e6),
        max_size=4,
    ),
)
def test_our_own_table_comes_back_without_loss(tmp_path_factory, made, measured):
    """A leg movement whose side only the channel tells is the one kind that becomes finer."""
    columns = list(zip(*made, strict=True)) or [(), (), (), ()]
    start_us, length_us, kind, channel = columns
    start = np.array(start_us, np.float64) / 1e6
    events = Events.of(
        list(kind),
        start,
        start + np.array(length_us, np.float64) / 1e6,
        channel=list(channel),
        measures={
            name: np.where(np.arange(len(made)) % 3 == 2, np.nan, np.round(value, 6))
            for name, value in measured.items()
        },
    )
    path = tmp_path_factory.mktemp("own") / "events.tsv"
    path.write_text(events_tsv(events), encoding="utf-8", newline="")
    found = read_scoring(path).events
    assert found.spans.tolist() == events.spans.tolist()
    assert found.channel.tolist() == events.channel.tolist()
    assert found.kind.tolist() == events.kind.tolist()
    assert set(found.measures) == set(events.measures)
    for name, values in events.measures.items():
        np.testing.assert_allclose(found.measures[name], values, rtol=0, atol=1e-6)


def test_a_backslash_in_a_table_of_others_is_a_backslash(tmp_path):
    found = read_scoring(written(tmp_path, "onset,trial_type\n1,a\\u0041\\\\b\n"))
    assert found.events.kind.tolist() == ["other:a\\u0041\\\\b"]


def test_a_long_night_of_rows(tmp_path):
    n_rows = 100_000
    lines = "".join(f"{k * 0.4:.1f},0.3,LM,Left Leg,{k}\n" for k in range(n_rows))
    text = f"onset,duration,kind,channel,n\n{lines}"
    events = read_scoring(written(tmp_path, text)).events
    assert Counter(events.kind.tolist()) == {"LM:left": n_rows}
    assert events.measures["n"].tolist() == list(range(n_rows))


def test_the_65_nights_of_the_oracle(tmp_path, data_dir):
    with gzip.open(data_dir / "plmscore" / "events.csv.gz", "rt", newline="") as file:
        header, *rows = csv.reader(file)
    nights: dict[str, list[list[str]]] = {}
    for row in rows:
        nights.setdefault(row[0], []).append(row)
    assert len(nights) == 65
    kinds = {"leg_movement_left": "LM:left", "leg_movement_right": "LM:right"}
    for rows_of_night in nights.values():
        out = io.StringIO()
        csv.writer(out).writerows([header, *rows_of_night])
        found = read_scoring(written(tmp_path, out.getvalue()))
        expected = sorted(
            (float(onset), kinds.get(kind, kind))
            for _, kind, onset, _ in rows_of_night
            if not kind.startswith("stage_")
        )
        assert sorted((e.start_s, e.kind) for e in found.events) == expected
        for _, kind, onset, length in rows_of_night:
            if kind.startswith("stage_"):
                middle = float(onset) + float(length) / 2
                assert Stage(int(found.hypnogram.at(middle))).name == kind.removeprefix("stage_")
        assert found.findings == ()


def test_real_annotations_with_channels(real_data):
    found = read_scoring(real_data("annotations/edfplus_at_channel_suffix.edf"))
    assert Counter(found.events.kind.tolist()) == {
        "arousal": 124,
        "hypopnea": 67,
        "apnea:obstructive": 18,
        "lights_off": 1,
        "lights_on": 1,
    }
    assert set(found.events.of_kind("arousal").channel.tolist()) == {"EEG Fpz-Cz"}
    assert set(found.events.of_kind("hypopnea").channel.tolist()) == {"Resp nasal"}
    assert found.covers == {"arousal", "respiratory"}
    assert len(found.hypnogram) == 2518


def test_real_stages_of_the_hmc(real_data):
    found = read_scoring(real_data("annotations/hmc_sn001_scoring.edf"))
    assert len(found.hypnogram) + len(found.events) == 856
    assert sorted(found.events.kind.tolist()) == ["lights_off", "lights_on"]


def test_an_event_two_scorings_hold_counts_once():
    both = [Annotation(10.0, 5.0, "Arousal"), Annotation(40.0, 5.0, "Arousal")]
    more = [*both, Annotation(10.0, 5.0, "Hypopnea"), Annotation(10.0, 6.0, "Arousal")]
    combined = combine([scoring_from_annotations(both), scoring_from_annotations(more)])
    assert combined.events == scoring_from_annotations(more).events
    assert [finding.code for finding in combined.findings] == ["scoring.repeated"]


def test_alike_events_within_one_scoring_are_kept():
    twice = [Annotation(10.0, 5.0, "Arousal")] * 2
    combined = combine([scoring_from_annotations(twice)])
    assert len(combined.events) == 2
    assert combined.findings == ()
