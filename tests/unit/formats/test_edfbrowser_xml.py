"""EDFbrowser XML, and what no XML reader may do whatever the file holds."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xml_files import (
    codes,
    edfbrowser,
    nsrr,
    nsrr_row,
    nsrr_stage,
    profusion,
    profusion_row,
    read,
    rml,
    rml_event,
    rows,
    stagings,
)

from psgscore.errors import PsgscoreError, ScoringFileError
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.registry import recognised
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.scoring_words import understood

START = datetime(2008, 3, 11, 22, 34, 5)


def test_dates_with_clock_times(tmp_path):
    text = edfbrowser(
        ("2008-03-11T23:59:50.5000000", "2.0000000", "Limb movement@@Left Leg"),
        ("2008-03-12T00:00:05.0000000", "", "Lights off"),
        ("2008-03-11T22:34:05.0000000", "30", "Sleep stage N2"),
        ("2008-03-11T22:34:35.0000000", "30", "Sleep stage R"),
    )
    found = read(tmp_path, text, start=START)
    assert rows(found) == [
        ("LM:left", 5145.5, 5147.5, "Left Leg"),
        ("lights_off", 5160.0, 5160.0, ""),
    ]
    assert found.hypnogram.stages.tolist() == [2, 4]
    assert found.hypnogram.start_s == 0.0
    assert found.findings == ()


def test_an_anonymous_recording_keeps_its_clock(tmp_path):
    text = edfbrowser(("2008-03-11T22:34:15", "1", "RERA"))
    found = read(tmp_path, text, start=START.replace(year=1985))
    assert found.events.start_s.tolist() == [10.0]
    assert codes(found) == {"scoring.other-date"}


def test_seconds(tmp_path):
    text = edfbrowser(("12.5", "1", "RERA"), ("-1", "", "a@@b@@c"), ("3", "0", "x &amp; y"))
    assert rows(read(tmp_path, text)) == [
        ("other:a@@b", -1.0, -1.0, "c"),
        ("other:x & y", 3.0, 3.0, ""),
        ("RERA", 12.5, 13.5, ""),
    ]


def test_no_annotations(tmp_path):
    found = read(tmp_path, "<annotationlist></annotationlist>", start=START)
    assert found.hypnogram is None
    assert len(found.events) == 0


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("12.5", "2008-03-11T22:34:15", "line 3: onset is '12.5'"),
        ("2008-03-11T22:34:15", "", "line 8: onset is ''"),
        ("2008-03-11T22:34:15", "22:34:15", "line 8: onset is '22:34:15'"),
        ("2008-03-11T22:34:15", "2019-03-11T22:34:15", "more than a month"),
        ("1e9", "1", "more than a month"),
        ("2008-02-31T22:34:15", "1", "onset is '2008-02-31"),
    ],
)
def test_onsets_are_all_dates_or_all_seconds(tmp_path, first, second, message):
    with pytest.raises(ScoringFileError, match="night") as caught:
        read(tmp_path, edfbrowser((first, "1", "RERA"), (second, "1", "RERA")), start=START)
    assert message in str(caught.value)


VALID = {
    "edfbrowser-xml": edfbrowser(
        ("2008-03-11T22:34:15", "1.5", "RERA@@Flow"), ("2008-03-11T22:35:05", "", "W")
    ),
    "nsrr-xml": nsrr(
        nsrr_stage("Wake|0", 0, 60),
        nsrr_row("Unsure|Unsure", "3", "9", more="<SpO2Nadir>90</SpO2Nadir>"),
    ),
    "philips-rml": rml(
        stagings("UserStaging", ("Wake", 0), ("REM", 30)) + stagings("MachineStaging", ("Wake", 0)),
        rml_event("LegMovement", "3", "1", attributes='Machine="true"', inner='<L EdfSignal="3"/>'),
    ),
    "profusion-xml": profusion(profusion_row("RERA", "3", "12"), stages=[0, 2, 5]),
}


def understood_or_refused(text, name="night.xml"):
    """Read a text as far as it goes: nothing but an error of ours may come of it."""
    source = Source(path=Path(name), text=text)
    known = recognised(source)
    if known is None:
        return
    with contextlib.suppress(PsgscoreError):
        foreign = known.read(source)
        understood(foreign, vocabulary(foreign.vocabulary), source.name)


@pytest.mark.parametrize("name", VALID)
def test_each_is_recognised_by_its_root_and_by_no_other_format(name):
    assert recognised(Source(path=Path("x"), text=VALID[name])).name == name


PIECES = [
    "",
    "<",
    ">",
    "&amp;",
    "&#0;",
    "-1",
    "nan",
    "1e400",
    "9" * 400,
    "x",
    "é",
    "\x07",
    "</Stage>",
]


@given(
    name=st.sampled_from(sorted(VALID)),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    ),
)
def test_a_damaged_file_is_read_or_refused(name, cuts):
    text = VALID[name]
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    understood_or_refused(text)


@given(name=st.sampled_from(sorted(VALID)), data=st.data())
def test_any_value_is_read_or_refused(name, data):
    text = VALID[name]
    digits = [at for at, one in enumerate(text) if one.isdigit()]
    at = data.draw(st.sampled_from(digits))
    value = data.draw(
        st.sampled_from([*PIECES, "1e308", "-1e308", "0", "1e-320", "²", "٣", "1,5", "inf"])
    )
    understood_or_refused(text[:at] + value + text[at + 1 :])
