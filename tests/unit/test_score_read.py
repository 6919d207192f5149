"""A score through its JSON document and back: nothing is lost, and nothing damaged gets in."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jsonschema import Draft202012Validator
from label_nights import sensitivity
from movement_nights import heart_response, movement_night, potentials, rows
from report_nights import leg, nights, provenance, score_night

import psgscore
from psgscore.cli import main
from psgscore.errors import InputPathError, ScoreFileError
from psgscore.io.outputs import WRITERS, write_score
from psgscore.io.plain_values import plain
from psgscore.io.score_json import json_text, score_document, score_json, score_schema
from psgscore.io.score_read import read_score, score_from_json
from psgscore.io.tables import events_tsv, movements_tsv
from psgscore.io.typed_values import PlainValueError, typed
from psgscore.model._arrays import Floats, Matrix, Samples, Spans, Words
from psgscore.model.accelerometer import AccelerometerBursts
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.heart import HeartBeats
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.model.rem import AtoniaIndex, CutOff, RemAtonia, RemChannel, Share
from psgscore.model.score import Histogram, Rate, Score, Statistic
from psgscore.model.snapshot import Snapshot, SnapshotChannel
from psgscore.model.staging import IndexRange, OnsetTrace, ReviewItem, SleepOnset, StagingResult
from psgscore.model.subject import Identity, Review, Subject
from psgscore.report.html import render_html
from psgscore.report.view import report_view

SCHEMA = Draft202012Validator(score_schema())
NAN = float("nan")


def staging(n_epochs: int) -> StagingResult:
    chances = np.random.default_rng(3).dirichlet(np.ones(5), n_epochs)
    stages = chances.argmax(axis=1).astype(np.int8)
    stages[:2] = Stage.UNSCORED
    confidence = np.where(stages < 0, np.nan, chances.max(axis=1))
    item = ReviewItem(
        epoch=0, start_s=0.0, first=Stage.UNSCORED, second=Stage.UNSCORED, probability=NAN,
        second_probability=NAN, reasons=("near a change",),
    )  # fmt: skip
    return StagingResult(
        hypnogram=Hypnogram(stages, probabilities=chances),
        confidence=confidence,
        reasons=np.where(stages < 0, "flat", "").astype(np.str_),
        backend="psgscore eeg",
        channels=(("eeg", "C4-M1"), ("eog", "E1-M2")),
        review=(item, replace(item, epoch=7, first=Stage.N2, second=Stage.N1, probability=0.5)),
        findings=(Finding("staging.short", "the night is short", severity="note"),),
    )


def trace(epoch: int) -> OnsetTrace:
    times = 30.0 * epoch + np.arange(-60.0, 61.0)
    power = np.round(np.sin(np.outer(np.arange(1.0, 41), times)), 1)
    power[:, 100:] = np.nan
    share = np.round(np.abs(np.sin(times)), 3)
    share[100:] = np.nan
    return OnsetTrace(
        onset=SleepOnset(
            epoch=epoch, onset_s=30.0 * epoch, low_s=30.0 * epoch - 3, high_s=30.0 * epoch + 4,
            kind="alpha", channels=("O2-M1",),
        ),
        label="O2-M1",
        times_s=times,
        frequencies_hz=np.arange(0.5, 20.5, 0.5),
        power_db=power,
        alpha_share=share,
        theta_share=share,
        edges_s=30.0 * epoch + np.array([-60.0, -30.0, 0.0, 30.0, 60.0]),
        stages=(Stage.W, Stage.W, Stage.N1, Stage.N2),
    )  # fmt: skip


def rem_atonia() -> RemAtonia:
    share = Share(count=3, of=40)
    channel = RemChannel(
        label="Chin", role="chin", background_uv=1.25, nrem_minimum_uv=None, epochs=4,
        mini_epochs=40, unreadable=0, left_out=1, sinbar_phasic=share, sinbar_any=share,
        sinbar_tonic=None, aasm_phasic=share, aasm_tonic=Share(count=0, of=0),
    )  # fmt: skip
    return RemAtonia(
        events=rows("RSWA:phasic", (9000.0, 9002.5), excluded_by="LMM"),
        channels=(channel,),
        atonia_index=AtoniaIndex(
            label="Chin", seconds=0, low=0, middle=0, normal_above=0.9, abnormal_below=0.8
        ),
        cut_offs=(CutOff(what="chin", share=share, cut_off_percent=18.0, source="a paper"),),
        not_scored=(NotScored("arms", "there is no EMG of the arms"),),
    )


def whole_night() -> Score:
    """Return a night in which every field of a score is filled, and much is NaN or None."""
    score = movement_night(
        rows("ALMA", (3000.0, 3010.0), (3100.0, 3110.0), excluded_by="artefact"),
        potentials([4000.0, 4001.0, 4002.5]),
        heart=heart_response(),
        rem=rem_atonia(),
        beats=HeartBeats(
            label="ECG",
            times_s=np.cumsum(np.random.default_rng(1).uniform(0.8, 1.1, 500)),
            readable=np.array([[0.0, 600.0]]),
            measures={"qrs_uv": 800.0, "clearness": NAN},
        ),
        accelerometers=(
            AccelerometerBursts(
                label="X+Y", unit="g", events=Events.empty(), readable=np.empty((0, 2)),
                resting=None, reasons=("flat",),
            ),
        ),
    )  # fmt: skip
    automatic = staging(len(score.hypnogram))
    traces = (trace(60), trace(280))
    return replace(
        score,
        sensitivity=sensitivity(),
        provenance=replace(
            score.provenance,
            channels=(leg("left", odd=NAN),),
            movements=MOVEMENTS,
            settings={"fill": None, "many": ["a", 1, 0.5]},
        ),
        hypnogram=replace(score.hypnogram, probabilities=automatic.probabilities),
        staging=automatic,
        scorer=np.resize(np.array(["given", "automatic", ""]), len(score.hypnogram)),
        ranges=(
            IndexRange(name="plm", rules="wasm-2016", scope="sleep", value=1.5, low=1, high=None),
        ),
        onsets=tuple(one.onset for one in traces),
        onset_traces=traces,
        snapshots=(
            Snapshot(
                group="jerk",
                kind="jerk:definite",
                label="definite",
                onset_s=100.0,
                stop_s=100.2,
                from_s=95.0,
                to_s=105.0,
                channels=(
                    SnapshotChannel(
                        label="Chin",
                        unit="uV",
                        band_hz=(10.0, 100.0),
                        low=np.array([-1.1, NAN]),
                        high=np.array([2.3, NAN]),
                    ),
                ),
            ),
        ),
        subject=Subject(
            study_id="S 1", age_years=41.5, sex="F", identity=Identity(name="A. \u00c9. <b>")
        ),
        review=Review(by="B. C.", at="2024-03-15T09:30:00", edits=3),
    )


NIGHTS = {
    **nights(),
    "movements": movement_night(rows("LMM", (3000.0, 3010.0))),
    "movements without stages": movement_night(night={"stages": None}),
    "every field": whole_night(),
    "nothing looked for": movement_night(looked_for=(), jerks=(), fragmentary_per_hour=None),
}


@cache
def document_of(name: str) -> str:
    return score_json(NIGHTS[name])


def changed(name: str, path: tuple[Any, ...], value: Any) -> str:
    """Return a document with the value at a path replaced, or taken out (`...`)."""
    document = json.loads(document_of(name))
    part = document
    for step in path[:-1]:
        part = part[step]
    if value is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return json.dumps(document)


# there and back --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NIGHTS)
def test_a_score_comes_back_to_the_byte(name):
    again = score_from_json(document_of(name), "night.score.json")
    assert score_json(again) == document_of(name)
    assert again.events == NIGHTS[name].events
    assert again.rates == NIGHTS[name].rates
    assert again.provenance.rules == NIGHTS[name].provenance.rules


@pytest.mark.parametrize("name", NIGHTS)
def test_every_document_follows_the_schema(name):
    assert [one.json_path for one in SCHEMA.iter_errors(json.loads(document_of(name)))] == []


@pytest.mark.parametrize("name", NIGHTS)
def test_every_file_of_a_score_that_was_read_is_the_same(name, tmp_path):
    kinds = [kind for kind in WRITERS if kind not in ("embedded", "report", "pdf")]
    again = score_from_json(document_of(name), "night.score.json")
    for folder, score in (("a", NIGHTS[name]), ("b", again)):
        write_score(score, tmp_path / folder, "night", kinds=kinds)
    files = {
        folder: {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in "ab"
    }
    assert len(files["a"]) >= 6
    assert files["a"] == files["b"]
    assert report_view(again) == report_view(NIGHTS[name])


@pytest.mark.parametrize("name", ["every field", "everything", "gaps", "no hypnogram", "no length"])
def test_the_report_of_a_score_that_was_read_is_the_same(name):
    again = score_from_json(document_of(name), "night.score.json")
    assert render_html(again) == render_html(NIGHTS[name])


def test_every_field_is_filled_in_the_whole_night():
    """Else the properties above would say nothing of a field."""
    document = json.loads(document_of("every field"))
    empty = {"gaps", "unreadable", "findings"}
    filled = {name for name, value in document.items() if value not in (None, [], "")}
    assert set(document) - filled <= empty
    unscored = document["movements"]["heart"].pop("not_scored")
    assert unscored is None
    assert None not in document["movements"].values()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
names = st.one_of(texts, st.just(b"\xfc".decode("utf-8", "surrogateescape")))
numbers = st.one_of(st.floats(-1e90, 1e90), st.integers(-(2**50), 2**50))
maybe = st.one_of(st.none(), numbers)
floats = st.floats(-1e90, 1e90) | st.just(NAN)


@st.composite
def event_tables(draw: st.DrawFn) -> Events:
    n = draw(st.integers(0, 5))
    start = draw(arrays(np.float64, n, elements=st.floats(0, 1e5)))
    length = draw(arrays(np.float64, n, elements=st.floats(0, 1e3)))
    columns = {
        draw(texts): draw(arrays(np.float64, n, elements=floats))
        for _ in range(draw(st.integers(0, 2)))
    }
    words = st.lists(texts, min_size=n, max_size=n)
    return Events.of(
        draw(words), start, start + length, channel=draw(words), measures=columns,
        texts={draw(texts): draw(words)},
    )  # fmt: skip


def shaped(*shape: int | st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    sides = st.tuples(*(st.just(one) if isinstance(one, int) else one for one in shape))
    return sides.flatmap(lambda sizes: arrays(np.float64, sizes, elements=floats))


@given(arrays(np.float32, st.integers(0, 20), elements=st.floats(width=32)))
def test_a_number_of_single_precision_comes_back_from_its_fewest_digits(values):
    values = np.where(np.isfinite(values), values, np.nan).astype(np.float32)
    written = json.loads(json_text({"v": plain(values)}))["v"]
    np.testing.assert_array_equal(np.array(written, np.float64).astype(np.float32), values)


@given(
    events=event_tables(),
    gaps=shaped(st.integers(0, 3), 2),
    rates=st.lists(
        st.builds(
            Rate, name=texts, rules=texts, scope=texts, count=st.integers(0, 9999),
            hours=st.floats(0, 24),
        ), max_size=2,
    ),
    statistics=st.lists(
        st.builds(Statistic, name=texts, rules=texts, scope=texts, value=maybe), max_size=2
    ),
    edges=st.lists(st.floats(-9, 9), min_size=1, max_size=4).map(np.array),
    settings_=st.dictionaries(
        texts, st.recursive(maybe | texts | st.booleans(), st.lists, max_leaves=5), max_size=3
    ),
    name=names,
    stages=st.lists(st.sampled_from(list(Stage)), max_size=4),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_any_values_come_back_to_the_byte(  # noqa: PLR0917
    events, gaps, rates, statistics, edges, settings_, name, stages
):
    counts = np.arange(edges.size - 1)
    score = replace(
        NIGHTS["no legs and no hypnogram"],
        events=events,
        gaps=gaps,
        rates=tuple(rates),
        statistics=tuple(statistics),
        histograms=(Histogram(name="h", rules="r", edges=edges, counts=counts),),
        provenance=provenance(settings=settings_, input_name=name),
        hypnogram=Hypnogram(np.array(stages), probabilities=np.full((len(stages), 5), 0.2)),
    )
    text = score_json(score)
    again = score_from_json(text.encode("utf-8").decode("utf-8"), "x")
    assert score_json(again) == text
    assert again.events == score.events
    assert again.gaps.shape == gaps.shape
    np.testing.assert_array_equal(again.gaps, gaps)
    assert again.hypnogram.probabilities.shape == (len(stages), 5)


def test_an_empty_table_keeps_its_columns():
    again = score_from_json(document_of("nothing known of the run"), "x")
    assert again.gaps.shape == (0, 2)
    assert again.unreadable.shape == (0, 2)


def test_a_number_keeps_its_spelling():
    text = changed("everything", ("duration_s",), 10800)
    assert '"duration_s": 10800,' in score_json(score_from_json(text, "x"))
    assert '"duration_s": 10800.0,' in document_of("everything")


def test_what_names_no_field_is_left_alone():
    document = json.loads(document_of("everything"))
    document["derived"] = None
    document["rates"][0]["per_hour"] = "many"
    document["mine"] = {"a": [1]}
    assert score_json(score_from_json(json.dumps(document), "x")) == document_of("everything")


def test_the_public_name_reads_a_file(tmp_path):
    path = tmp_path / "night.score.json"
    path.write_text(document_of("everything"), "utf-8")
    assert psgscore.read_score(path).rates == NIGHTS["everything"].rates
    assert score_json(psgscore.read_score(str(path))) == document_of("everything")


@dataclass(frozen=True, kw_only=True)
class Later:
    """A value that nobody has thought of yet, of types that there are."""

    spans: Spans
    picture: Matrix
    words: Words | None
    course: Floats
    drawn: Samples
    stage: Stage
    pair: tuple[int, str]
    many: tuple[Finding, ...]


LATER = Later(
    spans=np.empty((0, 2)),
    picture=np.array([[1.5, NAN, 2.0]]),
    words=None,
    course=np.array([NAN, 1.0]),
    drawn=np.array([0.1, NAN], np.float32),
    stage=Stage.R,
    pair=(3, "a"),
    many=(Finding("a.b", "c"),),
)


def test_a_new_class_needs_no_code():
    written = json.loads(json_text(plain(LATER)))
    assert written["picture"] == [[1.5, None, 2.0]]
    assert written["drawn"] == [0.1, None]
    assert written["stage"] == "R"
    again = typed(Later, written, "later")
    assert again.spans.shape == (0, 2)
    assert again.drawn.dtype == np.float32
    assert again.stage is Stage.R
    assert (again.pair, again.many) == (LATER.pair, LATER.many)
    assert plain(again) == written


# damage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("spans", [[1.0]], r"later.spans\[0\]: holds 1 values instead of 2"),
        ("spans", [1.0], r"later.spans\[0\]: a list \[...\] is needed, not 1.0"),
        ("picture", [[1.0], [1.0, 2.0]], r"later.picture\[1\]: holds 2 values instead of 1"),
        ("picture", [1.0], r"later.picture\[0\]: a list"),
        ("words", ["a", None], r"later.words\[1\]: text is needed, not None"),
        ("course", [1.0, "2"], r"later.course\[1\]: a number is needed, not '2'"),
        ("course", [True], r"later.course\[0\]: a number"),
        ("course", [1e300], "later.course: holds a number that is too large"),
        ("course", [10**400], "later.course: holds a number that is too large"),
        ("drawn", [1e39], "later.drawn: holds a number that is too large"),
        ("stage", "S2", "later.stage: one of UNSCORED, W, N1, N2, N3, R is needed, not 'S2'"),
        ("stage", 2, "later.stage: one of"),
        ("pair", [1], "later.pair: holds 1 values instead of 2"),
        ("pair", [1.0, "a"], r"later.pair\[0\]: a whole number is needed, not 1.0"),
        ("pair", [True, "a"], r"later.pair\[0\]: a whole number is needed, not True"),
        ("pair", [2**63, "a"], r"later.pair\[0\]: holds a number that is too large"),
        ("many", {}, r"later.many: a list \[...\] is needed, not \{\}"),
        ("many", [{"code": "a"}], r"later.many\[0\]: 'message' is missing"),
    ],
)
def test_a_value_of_another_type_is_named_by_its_place(key, value, message):
    with pytest.raises(PlainValueError, match=message):
        typed(Later, {**plain(LATER), key: value}, "later")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        pytest.param(
            ("schema_version",),
            1,
            "schema_version is 1 .* wrote it.*, and this",
            id="older",
        ),
        pytest.param(("schema_version",), ..., "no score that psgscore wrote", id="no version"),
        pytest.param(("program",), "other", "no score that psgscore wrote", id="another program"),
        pytest.param(("document",), "scoring", "another document, 'scoring'", id="a scoring"),
        pytest.param(("rates",), ..., "score: 'rates' is missing", id="a key"),
        pytest.param(("rates", 0, "hours"), ..., r"rates\[0\]: 'hours' is missing", id="deep"),
        pytest.param(("rates", 3, "count"), "4", r"rates\[3\].count: a whole number", id="text"),
        pytest.param(("duration_s",), None, "duration_s must be a number", id="no length"),
        pytest.param(("duration_s",), 10**200, "duration_s: holds a number", id="too long"),
        pytest.param(("start",), "22.30", 'start must be "HH:MM:SS"', id="no clock"),
        pytest.param(("events", "kind"), [], "score.events: kind must have shape", id="unequal"),
        pytest.param(
            ("events", "measures", "peak_uv"), [1.0], "peak_uv must have shape", id="a measure"
        ),
        pytest.param(
            ("legs", 0, "verdicts", "series"), [1], "verdicts: columns of one length", id="verdicts"
        ),
        pytest.param(
            ("legs", 0, "movements"), plain(Events.empty()), "movements 0, verdicts", id="legs"
        ),
        pytest.param(("scorer",), ["given"], "hypnogram 360, scorer 1", id="scorer"),
        pytest.param(("hypnogram", "epoch_s"), 0, "epoch_s must be above 0", id="epoch"),
        pytest.param(("staging", "confidence"), [], "confidence 0", id="confidence"),
        pytest.param(("onset_traces", 0, "power_db"), [[0.0]], "power_db must", id="power"),
        pytest.param(("histograms", 0, "counts"), [1], "counts 1, bins_by", id="histogram"),
        pytest.param(
            ("provenance", "rules", 0, "bilateral_by"), "x", "one of gap, onset", id="choice"
        ),
        pytest.param(
            ("provenance", "rules", 0, "min_movements"), 1, "at least 2", id="a rule that is none"
        ),
        pytest.param(("movements", "heart", "times_s"), [], "of one length", id="heart"),
        pytest.param(("sleep", "trt_min"), None, "trt_min must be a number", id="sleep"),
    ],
)
def test_a_damaged_score_is_refused_by_its_place(path, value, message):
    with pytest.raises(ScoreFileError, match=message) as caught:
        score_from_json(changed("every field", path, value), "night.score.json")
    assert str(caught.value).startswith("night.score.json: ")
    assert "score the recording again" in str(caught.value) or "give a" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("PLM 14/h", id="no JSON"),
        pytest.param(document_of("everything")[:5000], id="cut short"),
        pytest.param("[1, 2]", id="a list"),
        pytest.param("null", id="null"),
        pytest.param("[" * 100_000, id="nested without end"),
        pytest.param('{"a":' * 100_000, id="nested objects"),
        pytest.param('{"program": "psgscore", "schema_version": NaN}', id="NaN"),
        pytest.param('{"program": "psgscore", "schema_version": -Infinity}', id="Infinity"),
        pytest.param('{"program": "psgscore", "schema_version": 1e999}', id="1e999"),
        pytest.param(f'{{"program": "psgscore", "a": {"9" * 5000}}}', id="a number of 5000 digits"),
        pytest.param(
            '{"program": "psgscore", "schema_version": ' + "[" * 500 + "]" * 500 + "}",
            id="a nested version",
        ),
        pytest.param(
            changed("no legs", ("provenance", "settings", "a"), "HERE").replace(
                '"HERE"', "[" * 400 + "]" * 400
            ),
            id="nested settings",
        ),
    ],
)
def test_a_text_that_is_no_score_is_refused(text):
    with pytest.raises(ScoreFileError, match=r"^night\.score\.json[:,]"):
        score_from_json(text, "night.score.json")


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "night.score.json"
    path.write_bytes(b"\xff\xfe\x00\x80 no text")
    with pytest.raises(ScoreFileError, match="no UTF-8 text"):
        read_score(path)
    with pytest.raises(InputPathError, match="no such file"):
        read_score(tmp_path / "other.score.json")
    with pytest.raises(InputPathError, match="directory"):
        read_score(tmp_path)


JUNK = (
    None, True, 0, -1, 1, 0.5, 1e50, -1e50, 1e308, 2**70, 10**300, "", "x", "\ud800", "\0", "N2",
    "99:99:99", [], {}, [[]], [None], [1, "a"], [[1, 2], [3]], {"a": {}},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every value of a document, of long lists to the ends only."""
    if path:
        yield path
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    if isinstance(value, list) and value:
        keys = sorted({0, len(value) // 2, len(value) - 1})
    for key in keys:
        yield from places(value[key], (*path, key))


def mutated(document: Any, paths: list[tuple[Any, ...]], rng: random.Random) -> str:
    document = copy.deepcopy(document)
    *steps, last = rng.choice(paths)
    part = document
    for step in steps:
        part = part[step]
    was = part[last]
    match rng.randrange(4):
        case 0:
            del part[last]
        case 1 if isinstance(was, int | float) and not isinstance(was, bool):
            part[last] = was * rng.choice([-1, 1000, 1e9, 1e-6]) + rng.choice([0, 1])
        case 1 if isinstance(was, list):
            part[last] = rng.choice([was[:-1], was[::-1], was + was])
        case _:
            part[last] = rng.choice(JUNK)
    return json.dumps(document)


@pytest.mark.parametrize("name", ["every field", "everything", "no hypnogram"])
def test_a_mutated_score_is_refused_or_can_be_written(name):
    document = json.loads(document_of(name))
    # A trace is long, and as plain as any other value.
    document["onset_traces"] = []
    rng, paths = random.Random(7), list(places(document))
    outcomes = set()
    for _ in range(120):
        text = mutated(document, paths, rng)
        try:
            score = score_from_json(text, "night.score.json")
        except ScoreFileError as error:
            outcomes.add(str(error).partition(":")[0])
            continue
        outcomes.add("read")
        score_json(score)
        report_view(score)
        events_tsv(score)
        movements_tsv(score)
    assert outcomes == {"night.score.json", "read"}


# the command -----------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "night.v2.score.json"
    path.write_text(document_of("everything"), "utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("formats", "endings"),
    [
        pytest.param([], {"report.html", "report.pdf"}, id="both"),
        pytest.param(["--format", "html"], {"report.html"}, id="one"),
        pytest.param(["--format", "html,json"], {"report.html", "score.json"}, id="by commas"),
        pytest.param(
            ["--format", "json", "--format", "html,json"], {"report.html", "score.json"}, id="again"
        ),
    ],
)
def test_the_report_is_written_again_in_each_format(file, tmp_path, capsys, formats, endings):
    assert main(["report", str(file), "-o", str(tmp_path / "out"), *formats]) == 0
    found = contents(tmp_path / "out")
    assert set(found) == {f"night.v2.{ending}" for ending in endings}
    out = capsys.readouterr().out
    assert all(f"wrote {tmp_path / 'out' / name}" in out for name in found)
    assert "not a medical device" in out
    if "report.html" in endings:
        assert found["night.v2.report.html"].decode() == render_html(NIGHTS["everything"])
    if "score.json" in endings:
        assert found["night.v2.score.json"] == file.read_bytes()


def test_the_score_itself_is_never_overwritten(file, tmp_path, capsys):
    before = contents(tmp_path)
    assert main(["report", str(file), "-o", str(tmp_path), "--format", "json,html"]) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert contents(tmp_path) == before


def test_a_score_of_another_name_gives_its_name(tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text(document_of("no legs"), "utf-8")
    assert main(["report", str(path), "-o", str(tmp_path), "--format", "html"]) == 0
    assert set(contents(tmp_path)) == {"mine.json", "mine.report.html"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["night.v2.score.json", "--format", "html,docx"], 2, "--format 'docx': known are 'pdf'"),
        (["night.v2.score.json", "--format", "htm"], 2, "did you mean 'html'?"),
        (["night.v2.score.json", "--format", ""], 2, "--format ''"),
        (["other.score.json"], 2, "no such file"),
        (["bad.score.json"], 1, "no JSON"),
    ],
)
def test_what_cannot_be_reported_is_one_line(file, monkeypatch, capsys, arguments, code, message):
    tmp_path = file.parent
    monkeypatch.chdir(tmp_path)
    Path("bad.score.json").write_text("{", "utf-8")
    before = contents(tmp_path)
    assert main(["report", *arguments]) == code
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert contents(tmp_path) == before


def test_who_is_named_in_a_score_stays_named(tmp_path):
    text = document_of("every field")
    assert score_document(score_from_json(text, "x"))["subject"]["identity"]["name"] == (
        "A. \u00c9. <b>"
    )
    nobody = score_night()
    assert score_from_json(score_json(nobody), "x").subject.identity is None
