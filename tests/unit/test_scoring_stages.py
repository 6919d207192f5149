"""Sleep stages from words, numbers and tables: what each spelling means, and what is refused."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import ConfigError, ScoringFileError
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import read_scoring, scoring_from_annotations
from psgscore.io.scoring_fit import combine, fit_to_recording
from psgscore.io.scoring_stages import StageRow, hypnogram_from_rows
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED


def written(folder, text: str, name: str = "night.txt", encoding: str = "utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def stages(scoring: Scoring) -> list[Stage]:
    assert scoring.hypnogram is not None
    return [Stage(value) for value in scoring.hypnogram.stages.tolist()]


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def rows(*given_rows: tuple[float, float | None, Stage]) -> list[StageRow]:
    return [StageRow(*row) for row in given_rows]


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("Sleep stage W", W),
        ("Sleep stage N1", N1),
        ("Sleep stage N2", N2),
        ("Sleep stage N3", N3),
        ("Sleep stage R", R),
        ("Sleep stage ?", U),
        ("Sleep stage 1", N1),
        ("Sleep stage 2", N2),
        ("Sleep stage 3", N3),
        ("Sleep stage 4", N3),
        ("Movement time", None),
        ("Sleep stage M", U),
        ("SLEEP  STAGE rem", R),
        ("stage_N2", N2),
        ("Stage - W", W),
        ("Stage2", N2),
        ("StageN3", N3),
        ("Schlafstadium S1", N1),
        ("N2", N2),
        ("wake", W),
        ("REM", R),
        ("n3 ", N3),
        ("r", R),
    ],
)
def test_words_of_annotations(word, stage):
    found = scoring_from_annotations([Annotation(0.0, 30.0, word)])
    if stage is None:
        assert found.hypnogram is None
        assert found.events.kind.tolist() == [f"other:{word}"]
    else:
        assert stages(found) == [stage]
        assert len(found.events) == 0


@pytest.mark.parametrize(
    "text", ["Staged by KH", "Stadelmann, MTA", "stage", "3", "W?", "S2", "stage 2 looks odd"]
)
def test_a_remark_is_no_stage(text):
    found = scoring_from_annotations([Annotation(0.0, None, text)])
    assert found.hypnogram is None
    assert found.events.kind.tolist() == [f"other:{text}"]


@pytest.mark.parametrize("text", ["Sleep stage X", "Sleep stage 5", "stage N5", "stage 2 odd"])
def test_an_unknown_stage_is_an_error_that_says_when(text):
    with pytest.raises(ScoringFileError, match=rf"a\.edf: unknown stage '{text}' at 60 s"):
        scoring_from_annotations([Annotation(60.0, 30.0, text)], source="a.edf")


@pytest.mark.parametrize(
    ("word", "is_rk"),
    [
        ("Sleep stage 3", True),
        ("Sleep stage 4", True),
        ("Stage S4", True),
        ("Sleep stage N3", False),
        ("Sleep stage NREM3", False),
        ("N3", False),
        ("Sleep stage 2", False),
    ],
)
def test_only_s3_and_s4_are_noted_as_merged(word, is_rk):
    found = scoring_from_annotations([Annotation(0.0, 30.0, word)])
    assert codes(found.findings) == (["scoring.rk-stages"] if is_rk else [])


@pytest.mark.parametrize(
    ("program", "numbers", "meaning"),
    [
        (None, "0 1 2 3 4 -1 -2", [W, N1, N2, N3, R, U, U]),
        ("yasa", "0 1 2 3 4 -1 -2", [W, N1, N2, N3, R, U, U]),
        ("boas", "0 1 2 3 4 8", [W, N1, N2, N3, R, U]),
        ("rk", "0 1 2 3 4 5 6 9", [W, N1, N2, N3, N3, R, U, U]),
        ("dreams", "5 4 3 2 1 0", [W, R, N1, N2, N3, U]),
        (None, "0.0 2.00 4.", [W, N2, R]),
        (None, "W N1 n2 S3 S4 REM ? MT", [W, N1, N2, N3, N3, R, U, U]),
    ],
)
def test_numbers_mean_what_the_program_says(tmp_path, program, numbers, meaning):
    path = written(tmp_path, "\n".join(numbers.split()))
    assert stages(read_scoring(path, stage_codes=program)) == meaning


@pytest.mark.parametrize("code", ["5", "6", "-3", "1.02", ".01", "1.5", "12", "X", "NaN2"])
def test_an_unknown_code_names_itself_and_its_line(tmp_path, code):
    path = written(tmp_path, f"# scored by two\n0\n\n{code}\n1\n")
    with pytest.raises(ScoringFileError, match=r"night\.txt, line 4: unknown stage code") as error:
        read_scoring(path)
    assert repr(code) in str(error.value)


def test_five_under_the_default_codes_is_refused_with_the_remedy(tmp_path):
    path = written(tmp_path, "0\n5\n")
    with pytest.raises(ScoringFileError, match="--stage-codes: boas, dreams, rk, yasa"):
        read_scoring(path)
    assert stages(read_scoring(path, stage_codes="rk")) == [W, R]


def test_codes_nobody_knows_are_a_usage_error(tmp_path):
    with pytest.raises(ConfigError, match=r"'alice': there are boas, dreams, rk, yasa"):
        read_scoring(written(tmp_path, "0\n"), stage_codes="alice")


@pytest.mark.parametrize("text", ["", " \n\n", "# nothing but this\n", "onset,stage\n"])
def test_a_file_without_stages_is_refused(tmp_path, text):
    with pytest.raises(ScoringFileError, match=r"night\.txt: .*(empty|no stages)"):
        read_scoring(written(tmp_path, text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_spelling_of_a_text_file(tmp_path, encoding, end, mark):
    table = [["onset", "Duration", "stage", "Prüfer"], ["0", "30", "W", "é"], ["30", "30", "2", ""]]
    text = "".join(mark.join(row) + end for row in table)
    assert stages(read_scoring(written(tmp_path, text, encoding=encoding))) == [W, N2]


@pytest.mark.parametrize("content", [b"0\0\n", b"\xff\xfe0\0\n", b"PK\3\4\0\0"])
def test_what_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "night.txt"
    path.write_bytes(content)
    with pytest.raises(ScoringFileError, match=r"night\.txt: not a text file"):
        read_scoring(path)


def test_the_column_of_people_goes_first_and_eight_is_not_wake(tmp_path):
    text = "onset\tduration\tstage_hum\tstage_ai\n0\t30\t8\t0\n30\t30\t2\t3\n"
    found = read_scoring(written(tmp_path, text, "sub-1_events.tsv"))
    assert stages(found) == [U, N2]
    assert codes(found.findings) == ["scoring.stage-column"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("onset,stage\n0,W\nn/a,N2\n", "line 3: no onset"),
        ("onset,duration,stage\n0,30,W\n30,-30,N2\n", "line 3: duration -30 is negative"),
        ("onset,duration,stage\n0,30,W\n30\n", "line 3: unknown stage code ''"),
        ("onset,stage\nabc,W\n", "line 2: onset is 'abc', not a number"),
        ("onset,stage\ninf,W\n", "line 2: onset is 'inf', not a number"),
        ("onset\tstage\n1,5\tW\n", "line 2: onset is '1,5', not a number"),
        ("onset,stage\n0,W,N2\n", "line 2: 3 cells, the header has 2"),
        ("onset,stage,Stage\n0,W,N2\n", "two columns are called 'stage'"),
        ('onset,stage\n0,"W\n30,N1\n60,"N2"\n', "check the quotes"),
        ('onset,stage\n0,"W\n30,N1\n', "check the quotes"),
        ("Zeit;Ereignis\n22:00;W\n", "line 1: unknown stage code .* begins with a header: onset"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(ScoringFileError, match=rf"night\.txt.*{message}"):
        read_scoring(written(tmp_path, text))


@pytest.mark.parametrize(
    ("given_rows", "start_s", "expected", "finding"),
    [
        pytest.param([(0, 90, W), (90, 30, N2)], 0, [W, W, W, N2], [], id="several epochs at once"),
        pytest.param([(30, 30, N2), (0, 30, W)], 0, [W, N2], [], id="any order"),
        pytest.param([(0, 30, W), (90, 30, R)], 0, [W, U, U, R], [], id="a hole is unscored"),
        pytest.param([(12.5, 30, W), (42.5, 30, N1)], 12.5, [W, N1], [], id="an offset start"),
        pytest.param([(-30, 30, W), (0, 30, N1)], -30, [W, N1], [], id="before the recording"),
        pytest.param(
            [(0, None, W), (60, None, N2)],
            0,
            [W, W, N2],
            ["scoring.stage-length"],
            id="no lengths: until the next",
        ),
        pytest.param(
            [(0, 0, W), (60, 30, N2)], 0, [W, W, N2], ["scoring.stage-length"], id="length 0"
        ),
        pytest.param([(0, 30, W), (0, 30, W)], 0, [W], [], id="the same row twice"),
        pytest.param([(0, 90, N2), (30, 30, N2)], 0, [N2, N2, N2], [], id="one inside another"),
        pytest.param([(0.004, 30, W), (30.004, 30.005, N1)], 0.004, [W, N1], [], id="jitter"),
        pytest.param(
            [(0, 40, W), (40, 20, N2), (60, 30, R)],
            0,
            [W, N2, R],
            ["scoring.off-grid"],
            id="off the grid: the longer part",
        ),
        pytest.param(
            [(0, 30, W), (30, 14, N2)],
            0,
            [W, U],
            ["scoring.off-grid"],
            id="less than half is unscored",
        ),
        pytest.param(
            [(0, 30, W), (30, 10, N2), (30, 12, N2)],
            0,
            [W, U],
            ["scoring.off-grid"],
            id="marked twice does not count twice",
        ),
        pytest.param(
            [(0, 30, W), (30, 20, U), (50, 10, N2)],
            0,
            [W, U],
            ["scoring.off-grid"],
            id="unscored can have the longer part",
        ),
    ],
)
def test_rows_on_the_grid(given_rows, start_s, expected, finding):
    hypnogram, findings = hypnogram_from_rows(rows(*given_rows), "a")
    assert [Stage(value) for value in hypnogram.stages.tolist()] == expected
    assert (hypnogram.start_s, hypnogram.epoch_s) == (start_s, 30.0)
    assert codes(findings) == finding


@pytest.mark.parametrize(
    ("length_s", "n_rows", "epoch_s"), [(20, 3, 20), (5, 6, 5), (30, 3, 30), (60, 3, 30)]
)
def test_epochs_shorter_than_30_s_stay_as_they_are(length_s, n_rows, epoch_s):
    given_rows = [(k * length_s, length_s, N2) for k in range(n_rows)]
    hypnogram, findings = hypnogram_from_rows(rows(*given_rows), "a")
    assert hypnogram.epoch_s == epoch_s
    assert hypnogram.stop_s == n_rows * length_s
    assert findings == []


@pytest.mark.parametrize(
    "given_rows",
    [
        pytest.param([(0, 30, W), (0, 30, N2)], id="the same time"),
        pytest.param([(0, None, W), (0, None, N2)], id="the same onset, no lengths"),
        pytest.param([(0, 60, W), (30, 30, N2)], id="into the next"),
        pytest.param([(0, 300, N2), (30, 30, N2), (90, 30, W)], id="one long behind a short"),
        pytest.param([(0, 30, W), (0, 30, U)], id="unscored against wake"),
    ],
)
def test_two_stages_at_one_time_are_refused(given_rows):
    with pytest.raises(ScoringFileError, match="a: two stages at"):
        hypnogram_from_rows(rows(*given_rows), "a")


def test_stages_over_more_than_a_week_are_refused():
    with pytest.raises(ScoringFileError, match="more than a week"):
        hypnogram_from_rows(rows((0, 30, W), (8 * 86400, 30, W)), "a")


@given(
    values=st.lists(st.sampled_from(list(Stage)), min_size=1, max_size=40),
    start_s=st.integers(-3600, 3600),
    data=st.data(),
)
def test_rows_give_back_the_hypnogram_they_were_made_of(values, start_s, data):
    """In any order, neighbours of one stage joined or not."""
    made, first = [], 0
    while first < len(values):
        last = first + 1
        while last < len(values) and values[last] is values[first] and data.draw(st.booleans()):
            last += 1
        made.append(StageRow(start_s + 30.0 * first, 30.0 * (last - first), values[first]))
        first = last
    hypnogram, findings = hypnogram_from_rows(data.draw(st.permutations(made)), "a")
    assert hypnogram.stages.tolist() == [int(value) for value in values]
    assert (hypnogram.start_s, findings) == (start_s, [])


def staged(*values: Stage, start_s: float = 0.0, epoch_s: float = 30.0) -> Scoring:
    return Scoring(hypnogram=Hypnogram(np.array(values, np.int8), epoch_s, start_s))


@pytest.mark.parametrize(
    ("scoring", "duration_s", "kept", "start_s", "finding"),
    [
        pytest.param(staged(W, N2), 60, [W, N2], 0, [], id="fits"),
        pytest.param(staged(W, N2), 50, [W, N2], 0, [], id="the last epoch is begun"),
        pytest.param(staged(W, N2), 70, [W, N2], 0, [], id="less than an epoch is missing"),
        pytest.param(staged(W, N2, R), 60, [W, N2], 0, ["scoring.longer"], id="longer"),
        pytest.param(staged(W), 90, [W], 0, ["scoring.shorter"], id="shorter"),
        pytest.param(staged(W, N2, start_s=-30), 30, [N2], 0, ["scoring.longer"], id="earlier"),
        pytest.param(staged(W, start_s=60), 90, [W], 60, ["scoring.shorter"], id="begins later"),
        pytest.param(
            staged(W, N1, start_s=-30),
            90,
            [N1],
            0,
            ["scoring.longer", "scoring.shorter"],
            id="shifted",
        ),
    ],
)
def test_fitting_to_the_recording_says_what_did_not_fit(
    scoring, duration_s, kept, start_s, finding
):
    fitted = fit_to_recording(scoring, float(duration_s))
    assert stages(fitted) == kept
    assert fitted.hypnogram.start_s == start_s
    assert codes(fitted.findings) == finding


@pytest.mark.parametrize("start_s", [-60.0, 90.0, 5000.0])
def test_a_hypnogram_of_another_time_is_refused(start_s):
    with pytest.raises(ScoringFileError, match="another night"):
        fit_to_recording(staged(W, N2, start_s=start_s), 90.0)


def test_events_outside_the_recording_are_kept_and_named():
    events = Events.of("arousal", [-5.0, 10.0, 90.0], [-2.0, 13.0, 95.0])
    fitted = fit_to_recording(Scoring(events=events), 90.0)
    assert len(fitted.events) == 3
    assert [(f.code, f.message[:2]) for f in fitted.findings] == [("scoring.events-outside", "2 ")]


def test_stages_of_one_scoring_and_events_of_all():
    arousals = Scoring(events=Events.of("arousal", [1.0], [4.0]), covers=frozenset({"arousal"}))
    both = combine([arousals, staged(W, N2), staged(W, N2)])
    assert stages(both) == [W, N2]
    assert (len(both.events), both.covers) == (1, {"arousal"})


@pytest.mark.parametrize("other", [staged(W, R), staged(W), staged(W, N2, start_s=30)])
def test_two_scorings_that_differ_are_refused(other):
    with pytest.raises(ScoringFileError, match="they differ"):
        combine([staged(W, N2), other])


@pytest.mark.parametrize(
    ("name", "expected", "finding"),
    [
        (
            "sleep_edf_sc4001_rk.edf",
            {W: 1997, N1: 58, N2: 250, N3: 220, R: 125, U: 230},
            ["scoring.rk-stages"],
        ),
        ("sleep_edf_sc4441_aasm.edf", {W: 1898, N1: 162, N2: 423, R: 137}, []),
        (
            "sleep_edf_sc4441_rk.edf",
            {W: 1841, N1: 183, N2: 405, N3: 91, R: 100, U: 260},
            ["scoring.rk-stages"],
        ),
    ],
)
def test_real_hypnograms(real_data, name, expected, finding):
    found = read_scoring(real_data(f"hypnograms/{name}"))
    assert Counter(stages(found)) == expected
    assert codes(found.findings) == finding


def test_real_list_of_numbers(real_data):
    path = real_data("hypnograms/yasa_6h_30s.txt")
    lines = path.read_text().splitlines()
    numbers = [int(line) for line in lines if not line.startswith("#")]
    assert read_scoring(path).hypnogram.stages.tolist() == numbers


def test_real_bids_tables(real_data):
    folder = real_data("hypnograms/boas")
    files = sorted(folder.glob("*_events.tsv"))
    assert files
    for path in files:
        column = [line.split("\t")[5] for line in path.read_text().splitlines()[1:]]
        expected = [-1 if code == "8" else int(code) for code in column]
        assert read_scoring(path).hypnogram.stages.tolist() == expected, path.name
