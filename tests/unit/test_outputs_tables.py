from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_nights import movements, nights, other_events, score_night

from psgscore.detect.leg_movements import MEASURES
from psgscore.io.scoring_files import read_scoring
from psgscore.io.tables import (
    MEASURE_COLUMNS,
    MOVEMENT_COLUMNS,
    escape_label,
    events_sidecar,
    events_tsv,
    measure_names,
    movements_sidecar,
    movements_tsv,
    unescape_label,
)
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage

NIGHTS = nights()
NUMBER = re.compile(r"-?\d+(\.\d*[1-9])?")
HOSTILE = [
    "a\tb",
    "a\nb",
    "a\r\nb",
    'say "x"',
    '"',
    "\\",
    "\\t",
    "\\u0009",
    " a ",
    "n/a",
    "N/A",
    "",
]
HOSTILE += ["\u2028", "\x85", "\x0b\x0c\x1c", "b\u00e4in", "\u811a", "\udcff", "-", "=1+1", "\xa0x"]


def rows_of(text: str) -> list[dict[str, str]]:
    """Split a table as a plain reader does, every row as long as the header."""
    head, *body = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
    return [dict(zip(head, row, strict=True)) for row in body]


# events ---------------------------------------------------------------------------------


def test_events_table_is_bids_with_the_measures_behind():
    night = Events.concat([movements([10.25]), Events.of("arousal", [11.0], [14.0])])
    assert events_tsv(night).splitlines() == [
        "onset\tduration\ttrial_type\tchannel\tpeak_uv\tonset_margin_uv",
        "10.25\t2\tLM:left\tLeft Leg\t40\t1",
        "11\t3\tarousal\tn/a\tn/a\tn/a",
    ]


def test_events_table_of_a_score_holds_all_its_events():
    score = NIGHTS["everything"]
    assert events_tsv(score) == events_tsv(score.events)
    assert len(rows_of(events_tsv(score))) == len(score.events) > 80


def test_empty_events_table_is_its_header():
    assert events_tsv(Events.empty()) == "onset\tduration\ttrial_type\tchannel\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param(np.nan, "n/a", id="unknown"),
        pytest.param(-0.0, "0", id="minus zero"),
        pytest.param(-1e-9, "0", id="rounds to minus zero"),
        pytest.param(1e-6, "0.000001", id="no exponent when small"),
        pytest.param(1.5e17, "150000000000000000", id="no exponent when large"),
        pytest.param(100.0, "100", id="zeros before the point stay"),
        pytest.param(2.5000004, "2.5", id="rounded to 1e-6"),
    ],
)
def test_measures_are_printed_in_fixed_notation(value, cell):
    table = events_tsv(Events.of("LM", [0.0], [1.0], measures={"peak_uv": [value]}))
    assert rows_of(table)[0]["peak_uv"] == cell


@pytest.mark.parametrize(
    ("start_s", "stop_s", "onset", "duration"),
    [
        pytest.param(-12.5, -2.0, "-12.5", "10.5", id="before the recording"),
        pytest.param(5.0, 5.0, "5", "0", id="no duration"),
        pytest.param(0.1, 0.3, "0.1", "0.2", id="not exact in binary"),
        pytest.param(43199.999999, 43200.0, "43199.999999", "0.000001", id="1 us after 12 h"),
    ],
)
def test_times_are_printed_to_a_microsecond(start_s, stop_s, onset, duration):
    (row,) = rows_of(events_tsv(Events.of("x", [start_s], [stop_s])))
    assert (row["onset"], row["duration"]) == (onset, duration)


@given(
    start_s=st.floats(-1e6, 1e6), duration_s=st.floats(0, 1e5), peak=st.floats(allow_infinity=False)
)
def test_times_read_back_exactly(start_s, duration_s, peak):
    events = Events.of("x", [start_s], [start_s + duration_s], measures={"peak_uv": peak})
    (row,) = rows_of(events_tsv(events))
    assert NUMBER.fullmatch(row["onset"])
    assert NUMBER.fullmatch(row["duration"])
    assert row["peak_uv"] == "n/a" or NUMBER.fullmatch(row["peak_uv"])
    assert float(row["onset"]) == events.start_s[0]
    assert round(float(row["onset"]) + float(row["duration"]), 6) == events.stop_s[0]


def test_measure_columns_do_not_depend_on_the_order_they_came_in():
    forward = {"zeta": [1.0], "peak_uv": [2.0], "alpha": [3.0], "area_uv_s": [4.0]}
    backward = dict(reversed(forward.items()))
    tables = [events_tsv(Events.of("x", [0], [1], measures=m)) for m in (forward, backward)]
    assert tables[0] == tables[1]
    assert tables[0].splitlines()[0].split("\t")[4:] == ["peak_uv", "area_uv_s", "alpha", "zeta"]


def test_columns_of_the_detector_are_declared():
    assert MEASURE_COLUMNS == MEASURES


def test_measure_called_like_a_column_is_refused():
    with pytest.raises(ValueError, match="'channel'"):
        events_tsv(Events.of("x", [0.0], [1.0], measures={"channel": [1.0]}))


def test_a_hundred_thousand_events_are_a_hundred_thousand_rows():
    onset = np.arange(100_000) * 0.3
    events = Events.of("LM:left", onset, onset + 0.2, channel="a\tb", measures={"peak_uv": onset})
    rows = rows_of(events_tsv(events))
    assert len(rows) == 100_000
    assert rows[-1] == {
        "onset": "29999.7",
        "duration": "0.2",
        "trial_type": "LM:left",
        "channel": r"a\u0009b",
        "peak_uv": "29999.7",
    }


# labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_breaks_a_row(label):
    table = events_tsv(Events.of(f"k{label}", [1.0], [2.0], channel=label, measures={label: [3.0]}))
    assert len(table.splitlines()) == 2
    (row,) = csv.DictReader(io.StringIO(table, newline=""), delimiter="\t")
    assert (row["onset"], row["duration"]) == ("1", "1")
    assert unescape_label(row["trial_type"]) == f"k{label}"
    assert unescape_label(row["channel"]) == label
    assert [unescape_label(name) for name in row][4:] == [label]
    assert table.encode("utf-8").decode("utf-8") == table


@given(st.text(st.characters(), max_size=12))
def test_labels_come_back_from_their_cells(label):
    cell = escape_label(label)
    assert cell == cell.strip() != ""
    assert len(cell.splitlines()) == 1
    assert "\t" not in cell
    assert unescape_label(cell) == label


def test_ordinary_labels_are_written_as_they_are():
    for label in ("LEG(L)", "EMG Tib.L", "Bein li/re", "LAT1-LAT2", "Jambe gauche \u00e9"):
        assert escape_label(label) == label


def test_events_table_is_read_back_as_scoring(tmp_path: Path):
    events = Events.concat([movements([-0.5, 10.25, 70.123456]), other_events()])
    path = tmp_path / "night.events.tsv"
    path.write_text(events_tsv(events), encoding="utf-8")
    found = read_scoring(path).events
    assert found.kind.tolist() == events.kind.tolist()
    assert found.channel.tolist() == events.channel.tolist()
    assert np.array_equal(found.spans, events.spans)


# movements ------------------------------------------------------------------------------


def test_movements_table_has_the_documented_columns():
    assert movements_tsv(NIGHTS["everything"]).splitlines()[0] == (
        "rules\tonset\tduration\tside\tcomponents\tcandidate\tseries\tplm\tstage\tarousal"
        "\trespiratory\tplm_without_respiratory\texcluded_by"
    )


@pytest.mark.parametrize("name", NIGHTS)
def test_movements_table_says_what_the_verdicts_say(name):
    score = NIGHTS[name]
    rows = rows_of(movements_tsv(score))
    assert len(rows) == sum(len(legs.movements) for legs in score.legs)
    expected = iter(rows)
    for legs in score.legs:
        verdicts = legs.verdicts
        for k, movement in enumerate(legs.movements):
            row = next(expected)
            assert row["rules"] == legs.criteria.name
            assert float(row["onset"]) == movement.start_s
            assert float(row["duration"]) == movement.duration_s
            assert unescape_label(row["side"]) == verdicts.side[k]
            assert int(row["components"]) == verdicts.components[k]
            assert int(row["series"]) == verdicts.series[k]
            assert unescape_label(row["excluded_by"]) == verdicts.excluded_by[k]
            for flag in ("candidate", "plm", "arousal", "respiratory", "plm_without_respiratory"):
                values = getattr(verdicts, flag)
                assert row[flag] == ("n/a" if values is None else str(int(values[k])))
            staged = score.hypnogram is not None
            assert row["stage"] == (Stage(verdicts.stage[k]).name if staged else "n/a")


@pytest.mark.parametrize(
    ("night", "column", "words"),
    [
        ("everything", "side", {"left", "right", "bilateral"}),
        ("everything", "plm", {"0", "1"}),
        ("legs not told apart", "side", {"n/a"}),
        ("no hypnogram", "stage", {"n/a"}),
        ("all unscored", "stage", {"UNSCORED"}),
        ("only movements", "arousal", {"n/a"}),
        ("only movements", "respiratory", {"n/a"}),
        ("only movements", "plm_without_respiratory", {"n/a"}),
        ("four rule sets", "rules", {"wasm-2016", "aasm-v3", "aasm-v2", "coleman-1982"}),
    ],
)
def test_unknown_is_written_as_unknown(night, column, words):
    assert {row[column] for row in rows_of(movements_tsv(NIGHTS[night]))} == words


def test_night_without_legs_has_a_movements_table_without_rows():
    assert movements_tsv(NIGHTS["no legs"]) == "\t".join(MOVEMENT_COLUMNS) + "\n"


def test_same_night_gives_the_same_tables():
    one, other = score_night(), score_night()
    assert events_tsv(one) == events_tsv(other)
    assert movements_tsv(one) == movements_tsv(other)


# sidecars -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NIGHTS)
def test_sidecars_describe_every_column_and_every_word(name):
    score = NIGHTS[name]
    for table, sidecar in (
        (events_tsv(score), events_sidecar(score)),
        (movements_tsv(score), movements_sidecar()),
    ):
        assert set(sidecar) == set(table.splitlines()[0].split("\t"))
        for column, entry in sidecar.items():
            assert entry["LongName"]
            assert entry["Description"].endswith((".", "code."))
            if "Levels" in entry:
                used = {row[column] for row in rows_of(table)} - {"n/a"}
                assert used <= set(entry["Levels"])


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("LM:left", "leg movement of one leg (left)"),
        ("arousal", "arousal"),
        ("imported:LM:left", "mark of the lab, kept apart from the detected movements (LM:left)"),
        ("Schnarchen", "kept as imported, in no number"),
    ],
)
def test_sidecar_explains_the_kinds_that_occur(kind, meaning):
    levels = events_sidecar(Events.of(kind, [0.0], [1.0]))["trial_type"]["Levels"]
    assert levels == {kind: meaning}


def test_sidecar_names_the_units_and_imported_measures():
    events = Events.of("x", [0.0], [1.0], measures={"area_uv_s": [1.0], "drop": [4.0]})
    sidecar = events_sidecar(events)
    assert measure_names(events) == ["area_uv_s", "drop"]
    assert sidecar["area_uv_s"]["Units"] == "uV s"
    assert "imported" in sidecar["drop"]["Description"]
