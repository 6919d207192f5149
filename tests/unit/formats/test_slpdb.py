"""Notes of the MIT-BIH Polysomnographic Database: epochs, never events with invented times."""

from __future__ import annotations

import random

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.formats.wfdb_notes import read_notes
from psgscore.io.scoring_files import read_scoring

NOTES = ["W", "1 L", "2 H HA", "3 LA A", "4\0", "MT", "R X CA CAA OA", "w"]
NOTE, SKIP, AUX = 22, 59, 63


def word(code, low):
    return (code << 10 | low).to_bytes(2, "little")


def skip(samples):
    raw = (samples & 0xFFFFFFFF).to_bytes(4, "little")
    return word(SKIP, 0) + raw[2:] + raw[:2]


def note(text, after=0):
    """Return a note so many samples after the one before."""
    raw = text.encode("latin-1")
    padded = raw + b"\0" * (len(raw) % 2)
    before = skip(after) if after > 1023 else b""
    return before + word(NOTE, 0 if before else after) + word(AUX, len(raw)) + padded


RATE = note("## time resolution: 250")


def written(folder, *entries, head=RATE, end=b"\0\0"):
    path = folder / "slp01a.st"
    path.write_bytes(head + b"".join(entries) + end)
    return path


def notes_are(folder, notes, *, first=0, step=7500, head=RATE):
    entries = [note(text, first if k == 0 else step) for k, text in enumerate(notes)]
    return written(folder, *entries, head=head)


@pytest.fixture
def sample(data_dir, tmp_path):
    """Return a file of eight notes at 250 Hz, the first on sample 0."""
    path = tmp_path / "slp01a.st"
    path.write_bytes((data_dir / "scoring_samples" / "slpdb.st").read_bytes())
    return path


def test_notes_are_of_the_30_s_that_follow(tmp_path):
    found = read_scoring(notes_are(tmp_path, NOTES))
    assert found.hypnogram.stages.tolist() == [0, 1, 2, 3, 3, -1, 4, 0]
    epochs = [
        (str(kind), round(float(start)), round(float(stop)))
        for kind, start, stop in zip(
            found.events.kind, found.events.start_s, found.events.stop_s, strict=True
        )
    ]
    assert sorted(epochs) == sorted(
        [
            ("epoch:LM", 30, 60),
            ("epoch:hypopnea", 60, 90),
            ("epoch:hypopnea:arousal", 60, 90),
            ("epoch:LM:arousal", 90, 120),
            ("epoch:arousal", 90, 120),
            ("epoch:movement", 150, 180),
            ("epoch:apnea:obstructive:arousal", 180, 210),
            ("epoch:apnea:central", 180, 210),
            ("epoch:apnea:central:arousal", 180, 210),
            ("epoch:apnea:obstructive", 180, 210),
        ]
    )
    assert found.covers == frozenset()
    assert [one.code for one in found.findings] == ["scoring.rk-stages", "scoring.epoch-marks"]


@pytest.mark.parametrize(
    ("notes", "head", "match"),
    [
        pytest.param(["W 1"], RATE, "holds two stages: 'W 1'", id="two stages"),
        pytest.param(["H"], RATE, "no notes with stages", id="no stage"),
        pytest.param(["W"], b"", r"slp01a\.hea of the record beside it", id="no rate"),
        pytest.param(["W"], note("## time resolution: 0"), r"slp01a\.hea", id="a rate of 0"),
    ],
)
def test_refused(tmp_path, notes, head, match):
    with pytest.raises(ScoringFileError, match=match):
        read_scoring(notes_are(tmp_path, notes, head=head))


def test_the_header_gives_the_rate_where_the_file_does_not(tmp_path):
    path = notes_are(tmp_path, ["2", "R"], head=b"", first=7500)
    (tmp_path / "slp01a.hea").write_text("# made\nslp01a 4 250/250 5400000 20:31:00\n", "latin-1")
    found = read_scoring(path)
    assert found.hypnogram.start_s == 30.0
    assert found.hypnogram.stages.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("entries", "end"),
    [
        pytest.param([note("W")], b"", id="no end"),
        pytest.param([note("W"), word(AUX, 200)], b"\0\0", id="a text longer than the file"),
        pytest.param([note("W"), word(SKIP, 0)], b"", id="a jump without its length"),
        pytest.param([note("W"), skip(-9000), word(NOTE, 0)], b"\0\0", id="before the record"),
        pytest.param([*[skip(2**31 - 1)] * 600, note("W")], b"\0\0", id="absurdly far"),
    ],
)
def test_damage_is_a_clear_error(tmp_path, entries, end):
    with pytest.raises(ScoringFileError, match=r"damaged one: (it breaks off at|a note at sample)"):
        read_scoring(written(tmp_path, *entries, end=end))


def test_random_bytes_end(tmp_path):
    rng = random.Random(3)
    for _ in range(300):
        raw = rng.randbytes(rng.randrange(2, 400))
        try:
            assert all(at >= 0 for at, _ in read_notes(raw, "x").notes)
        except ScoringFileError:
            continue


def test_a_text_called_st_is_a_text(tmp_path):
    path = tmp_path / "stages.st"
    path.write_text("W\nN1\n", "utf-8")
    assert read_scoring(path).hypnogram.stages.tolist() == [0, 1]


@pytest.mark.filterwarnings("ignore")  # what wfdb and its libraries say of each other
def test_the_sample_is_read_as_wfdb_reads_it_and_the_note_on_sample_0_too(sample):
    wfdb = pytest.importorskip("wfdb")
    theirs = wfdb.rdann(str(sample.with_suffix("")), "st")
    ours = read_notes(sample.read_bytes(), sample.name)
    told = [text.strip("\0 ") for text in theirs.aux_note]
    assert ours.rate_hz == theirs.fs
    # What lies on sample 0 wfdb takes for a definition.
    assert ours.notes[0] == (0, "W")
    assert ours.notes[1:] == tuple(zip(theirs.sample.tolist(), told, strict=True))
    found = read_scoring(sample)
    assert found.hypnogram.start_s == 0.0
    assert found.hypnogram.stages.tolist() == [0, 1, 2, 3, 3, -1, 4, 0]
