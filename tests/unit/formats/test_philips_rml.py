"""Philips RML: whose staging, whose events, which leg."""

from __future__ import annotations

from datetime import datetime

import pytest
from xml_files import RML_CHANNELS, codes, kinds, read, rml, rml_event, rows, stagings, words_of

from psgscore.errors import ScoringFileError
from psgscore.model.hypnogram import Stage

START = datetime(2019, 3, 4, 22, 10, 5)
W, N2, N3, R = (int(Stage[name]) for name in ("W", "N2", "N3", "R"))
NONE = int(Stage.UNSCORED)
USER = stagings("UserStaging", ("Wake", 0), ("NonREM2", 60), ("REM", 120))
MACHINE = stagings("MachineStaging", ("NonREM3", 0), ("NotScored", 90))
EMPTY = stagings("UserStaging", ("NotScored", 0))


@pytest.mark.parametrize(
    ("staging", "expected", "code"),
    [
        pytest.param(USER, [W, W, N2, N2, R], set(), id="a person alone"),
        pytest.param(
            USER + MACHINE, [W, W, N2, N2, R], {"scoring.stage-column"}, id="a person wins"
        ),
        pytest.param(
            MACHINE + USER, [W, W, N2, N2, R], {"scoring.stage-column"}, id="in any order"
        ),
        pytest.param(
            MACHINE, [N3] * 3 + [NONE] * 2, {"scoring.automatic-stages"}, id="the program alone"
        ),
        pytest.param(
            EMPTY + MACHINE,
            [N3] * 3 + [NONE] * 2,
            {"scoring.automatic-stages"},
            id="a person who staged nothing",
        ),
        pytest.param(EMPTY, [NONE] * 5, set(), id="nobody staged"),
    ],
)
def test_whose_stages(tmp_path, staging, expected, code):
    found = read(tmp_path, rml(staging), start=START)
    assert found.hypnogram.stages.tolist() == expected
    assert codes(found) == code


def test_no_staging(tmp_path):
    assert read(tmp_path, rml(), start=START).hypnogram is None


def test_of_several_stagings_that_by_aasm_rules_is_used(tmp_path):
    kales = stagings("UserStaging", ("NonREM4", 0), kind="NeuroAdultRKStaging")
    found = read(tmp_path, rml(kales + USER), start=START)
    assert found.hypnogram.stages.tolist() == [W, W, N2, N2, R]
    assert codes(found) == {"scoring.stage-column"}
    found = read(tmp_path, rml(kales), start=START)
    assert found.hypnogram.stages.tolist() == [N3] * 5
    assert codes(found) == {"scoring.rk-stages"}


@pytest.mark.parametrize(
    ("duration", "expected", "code"),
    [
        ("<Duration>150</Duration>", [W, W, N2, N2, R], set()),
        ("<Duration>210.0</Duration>", [W, W, N2, N2, R, R, R], set()),
        ("<Duration>120</Duration>", [W, W, N2, N2], set()),
        ("", [W, W, N2, N2, R], {"scoring.stage-length"}),
        ("<Duration>100</Duration>", [W, W, N2, N2, R], {"scoring.stage-length"}),
    ],
)
def test_the_last_stage_lasts_until_the_end(tmp_path, duration, expected, code):
    header = f"<RecordingStart>2019-03-04T22:10:05</RecordingStart>{duration}"
    found = read(tmp_path, rml(USER, header=header), start=START)
    assert found.hypnogram.stages.tolist() == expected
    assert codes(found) == code


@pytest.mark.parametrize(
    ("told", "start_s"),
    [
        ("2019-03-04T22:10:05", 0.0),
        ("2019-03-04T22:10:05.5000000", 0.5),
        ("2019-03-04T22:10:15+01:00", 10.0),
        ("2019-03-04 22:10:00", -5.0),
    ],
)
def test_times_count_from_the_start_of_the_recording(tmp_path, told, start_s):
    header = f"<RecordingStart>{told}</RecordingStart><Duration>150</Duration>"
    found = read(tmp_path, rml(USER, rml_event("RERA", "10"), header=header), start=START)
    assert found.hypnogram.start_s == start_s
    assert found.events.start_s.tolist() == [10.0 + start_s]


def test_events(tmp_path):
    positions = (
        '<BodyPositionState><BodyPositionItem Position="Supine" Start="0" />'
        '<BodyPositionItem Position="Up" Start="100" /></BodyPositionState>'
    )
    text = rml(
        USER,
        rml_event("LegMovement", "70.5", "1.5", inner='<LegMovement EdfSignal="3" />'),
        rml_event("LegMovement", "71", "1.5", inner='<LegMovement EdfSignal="4" />'),
        rml_event("LegMovement", "72", "1.5", inner='<LegMovement EdfSignal="-1" />'),
        rml_event(
            "RelativeDesaturation", "80", "9", inner="<O2Before>96</O2Before><O2Min>90</O2Min>"
        ),
        rml_event("Arousal", "81", "5", attributes='Machine="true"'),
        rml_event("Comment", "82", "0", inner="<Comment>stage 2 looks\nodd</Comment>"),
        rml_event("Comment", "83", "0", inner="<Comment>Lights off</Comment>"),
        rml_event("BodyPositionOverride", "84", "10", inner="<BodyPosition>Left</BodyPosition>"),
        rml_event("Gain", "85", "0"),
        rml_event("Teeth", "86", "0"),
        more=RML_CHANNELS + positions,
    )
    found = read(tmp_path, text, start=START)
    assert rows(found) == [
        ("position:supine", 0.0, 100.0, ""),
        ("LM:left", 70.5, 72.0, "L Leg"),
        ("LM:right", 71.0, 72.5, "R Leg"),
        ("LM", 72.0, 73.5, ""),
        ("desat", 80.0, 89.0, ""),
        ("arousal", 81.0, 86.0, ""),
        ("other:Comment: stage 2 looks odd", 82.0, 82.0, ""),
        ("lights_off", 83.0, 83.0, ""),
        ("position:left", 84.0, 94.0, ""),
        ("recording", 85.0, 85.0, ""),
        ("other:Teeth", 86.0, 86.0, ""),
        ("position:upright", 100.0, 150.0, ""),
    ]
    assert found.events.measures["spo2_nadir_pct"][4] == 90.0
    assert codes(found) == {"scoring.automatic-events", "scoring.unknown-label"}


@pytest.mark.parametrize(
    ("staging", "attributes", "kind"),
    [
        (USER, 'Machine="true"', "arousal"),
        (MACHINE, 'Machine="true"', "automatic_arousal"),
        (MACHINE, 'Machine="false"', "arousal"),
        (MACHINE, "", "arousal"),
    ],
)
def test_arousals_that_nobody_looked_at_are_automatic(tmp_path, staging, attributes, kind):
    text = rml(staging, rml_event("Arousal", "3", "5", attributes=attributes))
    assert kinds(read(tmp_path, text, start=START)) == [kind]


@pytest.mark.parametrize(("word", "kind"), words_of("philips", "kinds"))
def test_every_word_of_the_table(tmp_path, word, kind):
    assert kinds(read(tmp_path, rml("", rml_event(word)), start=START)) == [kind]


@pytest.mark.parametrize(("word", "stage"), words_of("philips", "stages"))
def test_every_stage_of_the_table(tmp_path, word, stage):
    found = read(tmp_path, rml(stagings("UserStaging", (word, 120))), start=START)
    assert found.hypnogram.stages.tolist() == [int(Stage[stage])]


@pytest.mark.parametrize(
    ("lights", "expected", "code"),
    [
        ("<LightsOff>30</LightsOff><LightsOn>140</LightsOn>", [30.0, 140.0], set()),
        ("<LightsOff>30</LightsOff>", [30.0], set()),
        ("<LightsOff></LightsOff>", [], set()),
        ("<LightsOff>150</LightsOff>", [], {"scoring.lights-impossible"}),
        ("<LightsOff>0</LightsOff><LightsOn>0</LightsOn>", [], {"scoring.lights-impossible"}),
        ("<LightsOff>-1</LightsOff>", [], {"scoring.lights-impossible"}),
    ],
)
def test_lights(tmp_path, lights, expected, code):
    header = f"<RecordingStart>2019-03-04T22:10:05</RecordingStart><Duration>150</Duration>{lights}"
    found = read(tmp_path, rml(header=header), start=START)
    assert found.events.start_s.tolist() == expected
    assert codes(found) == code


def test_a_recording_in_parts_is_told(tmp_path):
    text = rml(USER).replace("</Session></Sessions>", "</Session><Session/></Sessions>")
    assert codes(read(tmp_path, text, start=START)) == {"scoring.several-parts"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rml(stagings("UserStaging", ("Dream", 0))), "unknown stage 'Dream'"),
        (rml(stagings("UserStaging", ("Wake", "x"))), "line 6: Start is 'x'"),
        (rml('<Stage Type="Wake" Start="0"/>'), "a Stage outside UserStaging"),
        (rml(stagings("UserStaging", ("Wake", 0), ("REM", 0), ("Wake", 30))), "two stages at 0 s"),
        (rml("", rml_event("RERA", "")), "line 7: Event has no Start"),
        (rml("", rml_event("", "1")), "Event has no Type"),
        (rml("", rml_event("RERA", "1", "-1")), "Duration -1 s is negative"),
        (
            rml(header="<RecordingStart>yesterday</RecordingStart>"),
            "RecordingStart is 'yesterday'",
        ),
        (rml(header="<RecordingStart>2019-03-04T22:10:05Z</RecordingStart>"), "RecordingStart is"),
        (rml(header="<Duration>long</Duration>"), "Duration is 'long'"),
        (rml(USER)[:-60], "cut off"),
    ],
)
def test_what_cannot_be_understood_is_an_error_with_its_place(tmp_path, text, message):
    with pytest.raises(ScoringFileError, match=r"night\.xml") as caught:
        read(tmp_path, text, start=START)
    assert message in str(caught.value)


def test_no_start_of_its_own(tmp_path):
    found = read(tmp_path, rml(USER, header="<Duration>150</Duration>"), start=START)
    assert found.hypnogram.start_s == 0.0
