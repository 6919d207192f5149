"""One row of every measure: equal to the score, unknown is empty, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from movement_nights import heart_response, jerks, movement_night, potentials, rows
from report_nights import STAGES, nights, score_night

from psgscore.io.summary_csv import cell_text, rows_csv, summary_csv
from psgscore.io.tables import unescape_label
from psgscore.model.criteria import RULE_SETS, WASM_2016
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.movements import JerkCount
from psgscore.model.rem import AtoniaIndex, RemAtonia, RemChannel, Share
from psgscore.model.score import Score
from psgscore.model.staging import IndexRange, SleepOnset
from psgscore.model.subject import Review, Subject
from psgscore.score.summary import COLUMNS, summary_columns, summary_row
from psgscore.score.summary_legs import leg_columns
from psgscore.score.summary_movements import TITLES

PAGE = Path(__file__).parents[2] / "docs" / "summary.md"
ALL = (
    "everything",
    "no legs",
    "no hypnogram",
    "all unscored",
    "one leg",
    "four rule sets",
    "gaps",
    "no length",
    "nothing known of the run",
)
NIGHTS = nights()


def table_of(text: str) -> tuple[list[str], list[list[str]]]:
    head, *body = csv.reader(io.StringIO(text, newline=""), strict=True)
    return head, body


def cells_of(score: Score) -> dict[str, str]:
    head, (row,) = table_of(summary_csv(score))
    return dict(zip(head, row, strict=True))


@pytest.fixture(scope="module")
def full_night() -> Score:
    """Return a night in which every kind of number has a value."""
    share = Share(7, 9)
    rem = RemAtonia(
        events=rows("RSWA:phasic", (5400.0, 5403.0)),
        channels=tuple(
            RemChannel(
                label=role,
                role=role,
                background_uv=1.5,
                nrem_minimum_uv=2.0,
                epochs=60,
                mini_epochs=600 - k,
                unreadable=0,
                left_out=k,
                sinbar_phasic=Share(10 + k, 600),
                sinbar_any=Share(30 + k, 600),
                sinbar_tonic=share if role == "chin" else None,
                aasm_phasic=Share(k, 60),
                aasm_tonic=share if role == "chin" else None,
            )
            for k, role in enumerate(
                ("chin", "chin", "leg:left", "leg:right", "arm:left", "arm:right")
            )
        ),
        atonia_index=AtoniaIndex(
            label="Chin", seconds=1800, low=1500, middle=100, normal_above=0.9, abnormal_below=0.8
        ),
        cut_offs=(),
        not_scored=(),
    )
    score = movement_night(
        jerks([700.0]),
        potentials([2500.0, 2600.0]),
        rows("EFM", (2400.0, 3600.0)),
        rows("ALMA", (3000.0, 3010.0), (3100.0, 3130.0)),
        rows("LMM", (4000.0, 4010.0), excluded_by="artefact"),
        *(
            rows(kind, (6000.0 + 50 * k, 6010.0 + 50 * k))
            for k, kind in enumerate(("HFT", "HFLM", "RMD", "bruxism", "LMM"))
        ),
        rows("rhythmic_flag", (6500.0, 6510.0)),
        jerks=tuple(
            JerkCount(context=context, tier=tier, onset=-1, count=k, readable_s=seconds)
            for k, (context, tier, seconds) in enumerate(
                (context, tier, seconds)
                for context, seconds in (
                    ("sleep onset", 150.0),
                    ("re-entry", 300.0),
                    ("other", math.nan),
                )
                for tier in ("definite", "probable", "possible")
            )
        ),
        rem=rem,
        heart=heart_response(),
    )
    return replace(
        score,
        subject=Subject(study_id="S-1", age_years=61.0, sex="F"),
        review=Review(by="A. Person", at="2024-03-15T09:00:00", edits=4),
        scorer=np.array(["given"] * 300 + ["automatic"] * 60),
        onsets=(
            SleepOnset(epoch=40, onset_s=1201.5, low_s=1198.25, high_s=1207.0, kind="alpha"),
            SleepOnset(epoch=320, onset_s=9600.0, low_s=9570.0, high_s=9630.0, kind="epoch"),
        ),
        ranges=(
            IndexRange(
                name="plm", rules="wasm-2016", scope="sleep", value=24.1, low=20.5, high=30.25
            ),
            IndexRange(name="tst_min", rules="", scope="total", value=149.0, low=140.5, high=150.0),
        ),
    )


# equal to the score ---------------------------------------------------------------------


def text_of(value: float | int | None) -> str:
    """Return a number with every digit."""
    if value is None:
        return ""
    return repr(float(value) if isinstance(value, float) else int(value))


def check_equal(score: Score) -> None:
    """Compare every rate and statistic of the row with the score, through the text of the CSV."""
    written = cells_of(score)
    known = {(one.name, one.rules, one.scope): one for one in (*score.rates, *score.statistics)}
    for column in summary_columns([score]):
        kind, _, where = column.source.partition(": ")
        if kind not in ("rates", "statistics"):
            continue
        words = where.split(", ")
        part = words.pop() if kind == "rates" else "value"
        name, rules, scope = words if len(words) == 3 else (words[0], "", words[1])
        found = known.get((name, rules, scope))
        value = None if found is None else getattr(found, part)
        assert written[column.name] == text_of(value), column.name


@pytest.mark.parametrize("name", NIGHTS)
def test_every_rate_and_statistic_equals_the_score_in_full(name):
    check_equal(NIGHTS[name])


def test_every_rate_of_other_movements_equals_the_score(full_night):
    check_equal(full_night)


@given(
    stages=st.lists(st.sampled_from(list(Stage)), min_size=360, max_size=360),
    rules=st.sets(st.sampled_from(sorted(RULE_SETS)), min_size=1),
)
def test_any_night_equals_its_score(stages, rules):
    check_equal(score_night(stages=stages, rules=tuple(RULE_SETS[one] for one in sorted(rules))))


@pytest.mark.parametrize("name", NIGHTS)
def test_the_indices_a_report_is_headed_with(name):
    score, written = NIGHTS[name], cells_of(NIGHTS[name])
    for rules in RULE_SETS:
        for stem, rate, scope in (
            ("plms", "plm", "sleep"),
            ("plmw", "plm", "W"),
            ("plms_arousal", "plm_arousal", "sleep"),
        ):
            found = score.rate(rate, rules, scope)
            for part in ("per_hour", "count", "hours"):
                value = None if found is None else getattr(found, part)
                cell = written[f"{rules.replace('-', '_')}_{stem}_{part}"]
                assert (None if cell == "" else float(cell)) == value


@pytest.mark.parametrize("name", NIGHTS)
def test_the_sleep_measures_equal_the_score(name):
    score, written = NIGHTS[name], cells_of(NIGHTS[name])
    if score.sleep is None:
        assert {written[one] for one in ("tst_min", "stage_w_min", "awakenings", "trt_min")} == {""}
        return
    values = asdict(score.sleep)
    values["arousals_per_hour"] = values.pop("arousal_index")
    for group, end in (("stage_min", "min"), ("stage_percent_of_tst", "percent_of_tst")):
        stages = values.pop(group)
        values |= {f"stage_{stage.lower()}_{end}": value for stage, value in stages.items()}
    lights = ("lights_off_s", "lights_on_s", "trt_min", "unscored_min")
    nothing = score.sleep.trt_min == score.sleep.unscored_min
    for key, value in values.items():
        known = value is not None and not (nothing and key not in lights)
        assert written[key] == (text_of(value) if known else ""), key


def test_every_column_can_have_a_value(full_night):
    filled = set()
    scores = [full_night, *NIGHTS.values(), automatic_arousals(), with_staging()]
    for score in scores:
        filled |= {name for name, value in summary_row(score).items() if value is not None}
    always_empty = {column.name for column in COLUMNS} - filled
    # A rule set that counts in sleep only has no periodic movements of wake, nor a total.
    sleep_only = re.compile(r"(aasm_v3|aasm_v2|coleman_1982)_(plmw|plm\w*_total|(wake|total)_)")
    for one in sorted(always_empty):
        assert sleep_only.match(one) or one.endswith(("low", "high")), one


def automatic_arousals() -> Score:
    covers = frozenset({"LM", "arousal", "respiratory", "automatic_arousal"})
    return score_night(rules=tuple(RULE_SETS.values()), covers=covers)


def with_staging() -> Score:
    from psgscore.model.staging import StagingResult  # noqa: PLC0415

    hypnogram = Hypnogram(np.array([int(stage) for stage in STAGES]))
    blank = np.full(len(hypnogram), np.nan)
    staging = StagingResult(
        hypnogram=hypnogram,
        confidence=blank,
        reasons=np.full(len(hypnogram), ""),
        backend="psgscore eeg",
        channels=(),
        review=(),
        findings=(),
    )
    return replace(NIGHTS["everything"], staging=staging)


def test_values_of_other_movements(full_night):
    row = summary_row(full_night)
    expected = {
        "study_id": "S-1",
        "age_years": 61.0,
        "sex": "F",
        "review_state": "reviewed",
        "edits": 4,
        "epochs_given_count": 300,
        "epochs_automatic_count": 60,
        "sleep_onset_s": 1201.5,
        "sleep_onset_low_s": 1198.25,
        "sleep_onset_high_s": 1207.0,
        "sleep_onset_kind": "alpha",
        "sleep_onset_count": 2,
        "wasm_2016_plms_per_hour_low": 20.5,
        "wasm_2016_plms_per_hour_high": 30.25,
        "tst_min_low": 140.5,
        "jerks_sleep_onset_definite_count": 0,
        "jerks_sleep_onset_readable_s": 150.0,
        "jerks_re_entry_probable_count": 4,
        "jerks_other_possible_count": 8,
        "fragmentary_per_hour_of_nrem": 30.0,
        "excessive_fragmentary_myoclonus_count": 1,
        "alma_recording_count": 2,
        "alma_longest_s": 30.0,
        "alma_duration_s": 40.0,
        "lmm_recording_count": 1,
        "lmm_recording_excluded_count": 1,
        "lmm_longest_s": 10.0,
        "rem_chin_epochs_count": 60,
        "rem_chin_mini_epochs_count": 600,
        "rem_chin_sinbar_any_percent": 100.0 * 30 / 600,
        "rem_chin_aasm_tonic_percent": 100.0 * 7 / 9,
        "rem_leg_left_sinbar_phasic_percent": 100.0 * 12 / 600,
        "rem_atonia_index": 1500 / 1700,
        "rem_atonia_s": 1800,
        "heart_rise_bpm": full_night.movements.heart.peak_rise_bpm,
        "heart_used_count": 40,
        "heart_left_out_count": 3,
    }
    assert {name: row[name] for name in expected} == expected


def test_rate_columns_name_every_kind():
    from psgscore.score.movement_rates import COUNTED  # noqa: PLC0415

    assert TITLES.keys() == COUNTED.keys()


# unknown is empty -----------------------------------------------------------------------


def test_what_was_not_looked_for_is_empty_and_none_found_is_zero():
    looked = summary_row(movement_night(looked_for=("bruxism",)))
    assert looked["bruxism_recording_count"] == looked["bruxism_sleep_count"] == 0
    assert looked["alma_recording_count"] is looked["alma_sleep_count"] is None
    assert looked["alma_recording_excluded_count"] is None


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        pytest.param("no legs", "wasm_2016_clm_sleep_count", id="no legs, no movements of 0"),
        pytest.param("no legs", "legs_unreadable_min", id="no legs, no unreadable time"),
        pytest.param("no hypnogram", "wasm_2016_plms_count", id="no stages, no PLMS"),
        pytest.param("no hypnogram", "tst_min", id="no stages, no TST"),
        pytest.param("all unscored", "tst_min", id="no epoch scored, TST is not 0"),
        pytest.param("all unscored", "stage_w_min", id="nor is wake"),
        pytest.param("all unscored", "awakenings", id="nor are awakenings"),
        pytest.param("all wake", "wasm_2016_plms_per_hour", id="no sleep, no index of sleep"),
        pytest.param("only movements", "arousals", id="arousals not scored"),
        pytest.param("only movements", "wasm_2016_plms_arousal_count", id="and none counted"),
        pytest.param("only movements", "wasm_2016_plms_respiratory_count", id="no respiration"),
        pytest.param("one leg", "wasm_2016_clm_right_sleep_count", id="the leg not recorded"),
        pytest.param("one rule set", "wasm_2016_plms_per_hour", id="a rule set not used"),
        pytest.param("everything", "aasm_v3_plmw_count", id="a rule set without wake"),
        pytest.param("everything", "alma_sleep_count", id="other movements not looked for"),
        pytest.param("everything", "jerks_other_definite_count", id="jerks not looked for"),
        pytest.param("everything", "age_years", id="age not given"),
        pytest.param("no clock", "start_clock", id="clock unknown"),
        pytest.param("nothing known of the run", "input_sha256", id="no file"),
    ],
)
def test_unknown_is_an_empty_cell(name, unknown):
    assert cells_of(NIGHTS[name])[unknown] == ""


# the list of columns ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_the_columns_are_the_same_for_every_night(name):
    assert list(cells_of(NIGHTS[name])) == [column.name for column in COLUMNS]
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_a_rule_set_of_the_users_comes_behind_all_others():
    own = replace(WASM_2016, name="wasm_2016", title="mine", min_interval_s=30.0)
    score = score_night(rules=(WASM_2016, own))
    row = summary_row(score)
    assert list(row)[: len(COLUMNS)] == [column.name for column in COLUMNS]
    found = score.rate("plm", "wasm_2016", "sleep")
    assert found.per_hour != score.rate("plm", "wasm-2016", "sleep").per_hour
    assert row["own_wasm_2016_plms_per_hour"] == found.per_hour
    assert row["wasm_2016_plms_per_hour"] == score.rate("plm", "wasm-2016", "sleep").per_hour


def test_exactly_the_columns_are_documented():
    text = PAGE.read_text("utf-8")
    shown = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", text, re.MULTILINE)
    for rules in RULE_SETS:
        mine = {column.name for column in leg_columns(rules)}
        others = [column for column in COLUMNS if column.name not in mine]
        assert len(others) == len(COLUMNS) - len(mine)
    shipped = {column.name for rules in RULE_SETS for column in leg_columns(rules)}
    columns = [column for column in COLUMNS if column.name not in shipped]
    first = next(k for k, column in enumerate(COLUMNS) if column.name in shipped)
    columns[first:first] = leg_columns("RULES")
    assert shown == [(one.name, one.description, one.source) for one in columns]


# the file -------------------------------------------------------------------------------


def test_the_file_is_rfc_4180():
    text = summary_csv(NIGHTS["everything"])
    assert text.endswith("\r\n")
    assert text.count("\r\n") == 2
    assert "\n" not in text.replace("\r\n", "")
    assert text == summary_csv(NIGHTS["everything"])


@pytest.mark.parametrize("first", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_text_begins_a_formula(first):
    text = f'{first}HYPERLINK("x")'
    score = replace(NIGHTS["everything"], subject=Subject(study_id=text))
    cell = cells_of(score)["study_id"]
    assert cell[0] == "\\"
    assert unescape_label(cell) == text


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_any_text_comes_back(text):
    cell = cell_text(text)
    assert unescape_label(cell) == text
    assert cell[:1] not in set("=+-@\t\r")
    assert table_of(rows_csv(["a", "b"], [[text, "x"]])) == (["a", "b"], [[cell, "x"]])


@given(value=st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_any_number_comes_back_in_full(value):
    assert float(cell_text(value)) == float(value)


def test_what_is_counted_of_findings_and_of_what_was_not_scored():
    findings = [Finding("a.b", "x", severity=one) for one in ("error", "warning", "warning")]
    score = replace(
        NIGHTS["everything"],
        findings=tuple(findings),
        not_scored=(NotScored("a", "b"), NotScored("c", "d")),
    )
    row = summary_row(score)
    counts = [row[f"findings_{one}_count"] for one in ("error", "warning", "note")]
    assert (counts, row["not_scored_count"]) == ([1, 2, 0], 2)
