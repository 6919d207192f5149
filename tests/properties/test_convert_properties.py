"""What is converted says the same when it is read again, or the difference is said."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema
import numpy as np
import pytest
from hypothesis import assume, given, settings

from psgscore.convert import _to_write
from psgscore.io.atomic import atomic_outputs
from psgscore.io.scoring_files import read_scoring
from psgscore.io.scoring_stages import EPOCH_S
from psgscore.io.scoring_words import scoring_of
from psgscore.io.scoring_write.differences import differences
from psgscore.io.scoring_write.json_file import scoring_schema
from psgscore.io.scoring_write.registry import WRITTEN
from psgscore.io.scoring_write.written import About
from psgscore.model.events import Events
from psgscore.model.scoring import Scoring

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from scorings import KINDS, any_scoring, scorings

START = datetime(2024, 3, 14, 22, 30, 0, 250000)
FORMATS = [
    pytest.param(one, id=one.name)
    for one in WRITTEN
    if one.read_by_psgscore and one.name != "edf-embedded"
]
WITH_MEASURES = ("luna", "bids", "csv", "json")


def writable(scoring, form):
    """Return what `psgscore.convert` hands to a format."""
    scoring, _ = _to_write(scoring, form)
    return replace(scoring, covers=scoring_of(None, scoring.events, [], "").covers)


def written_and_read(scoring, form, start=START):
    with TemporaryDirectory() as folder:
        name = f"night{form.endings[0]}"
        with atomic_outputs(folder) as out:
            form.write(out, name, scoring, About(start=start, source="lab.xml"))
        return read_scoring(Path(folder) / name, start=start)


def rows(events):
    columns = (events.start_s, events.stop_s, events.kind, events.channel)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("channel", ["", "C4-M1"])
def test_every_kind_survives_in_every_format(form, channel):
    start = np.arange(len(KINDS), dtype=float)
    events = Events.of(KINDS, start, start + 0.5, channel=channel)
    again = written_and_read(Scoring(events=events), form)
    assert rows(again.events) == rows(events)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60)
@given(scoring=scorings())
def test_nothing_is_lost_or_added(form, scoring):
    scoring = writable(scoring, form)
    if scoring.hypnogram is None and not len(scoring.events):
        return
    if scoring.hypnogram is not None and len(scoring.hypnogram) == 1:
        # One stage mark alone says nothing of the epochs: 30 s are taken.
        assume(scoring.hypnogram.epoch_s == EPOCH_S)
    again = written_and_read(scoring, form)
    assert rows(again.events) == rows(scoring.events)
    if scoring.hypnogram is None:
        assert again.hypnogram is None
    else:
        assert again.hypnogram.stages.tolist() == scoring.hypnogram.stages.tolist()
        assert again.hypnogram.epoch_s == scoring.hypnogram.epoch_s
        assert again.hypnogram.start_s == pytest.approx(scoring.hypnogram.start_s, abs=1e-6)
    said = {one.code for one in differences(scoring, again)}
    assert said <= (set() if form.name in WITH_MEASURES else {"convert.measures"})


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=80)
@given(scoring=any_scoring)
def test_what_a_format_cannot_hold_is_said_and_spoils_nothing_else(form, scoring):
    scoring = writable(scoring, form)
    if scoring.hypnogram is None and not len(scoring.events):
        return
    again = written_and_read(scoring, form)
    assert len(again.events) == len(scoring.events)
    assert again.events.start_s.tolist() == scoring.events.start_s.tolist()
    assert sorted(again.events.stop_s.tolist()) == sorted(scoring.events.stop_s.tolist())
    if scoring.hypnogram is not None:
        assert np.array_equal(again.hypnogram.stages, scoring.hypnogram.stages)
    said = {one.code for one in differences(scoring, again)}
    assert ("convert.events" in said) == (rows(again.events) != rows(scoring.events))
    if form.name in ("bids", "csv", "json"):
        assert "convert.events" not in said


@settings(max_examples=40)
@given(scoring=any_scoring)
def test_the_json_is_as_its_schema_says(scoring):
    with TemporaryDirectory() as folder:
        form = next(one for one in WRITTEN if one.name == "json")
        with atomic_outputs(folder) as out:
            form.write(out, "a.json", scoring, About(start=None, source="lab.xml"))
        jsonschema.validate(
            json.loads((Path(folder) / "a.json").read_text("utf-8")), scoring_schema()
        )
