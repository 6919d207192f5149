"""Small XML scorings in the syntax of the programs that write them."""

from __future__ import annotations

import tomllib
from importlib import resources

from psgscore.io.scoring_files import read_scoring


def nsrr_row(concept, start="0", duration="1", *, kind="", more=""):
    return (
        f"<ScoredEvent><EventType>{kind}</EventType><EventConcept>{concept}</EventConcept>"
        f"<Start>{start}</Start><Duration>{duration}</Duration>{more}</ScoredEvent>\n"
    )


def nsrr_stage(concept, start, duration="30"):
    return nsrr_row(concept, start, duration, kind="Stages|Stages")


def nsrr(*rows, epoch="<EpochLength>30</EpochLength>", more=""):
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<PSGAnnotation>\n'
        f"<SoftwareVersion>Compumedics</SoftwareVersion>\n{epoch}\n<ScoredEvents>\n"
        f"{''.join(rows)}</ScoredEvents>\n{more}</PSGAnnotation>\n"
    )


def profusion_row(name, start="0", duration="1", *, more=""):
    return (
        f"<ScoredEvent><Name>{name}</Name><Start>{start}</Start><Duration>{duration}</Duration>"
        f"{more}</ScoredEvent>\n"
    )


def profusion(*rows, stages=(), epoch="<EpochLength>30</EpochLength>"):
    listed = "".join(f"<SleepStage>{stage}</SleepStage>\n" for stage in stages)
    return (
        f'<?xml version="1.0"?>\n<CMPStudyConfig>\n{epoch}\n<StepChannels/>\n'
        f"<ScoredEventSettings/>\n<ScoredEvents>\n{''.join(rows)}</ScoredEvents>\n<SleepStages>{listed}</SleepStages>\n"
        "</CMPStudyConfig>\n"
    )


def stagings(whose, *stages, kind="NeuroAdultAASMStaging"):
    rows = "".join(f'<Stage Type="{word}" Start="{start}" />\n' for word, start in stages)
    return f"<{whose}><{kind}>\n{rows}</{kind}></{whose}>\n"


def rml_event(kind, start="0", duration="1", *, family="User", attributes="", inner=""):
    return (
        f'<Event Family="{family}" Type="{kind}" Start="{start}" Duration="{duration}" '
        f"{attributes}>{inner}</Event>\n"
    )


RML_CHANNELS = (
    '<ChannelConfig><Channels><Channel EdfSignal="3"><Label>L Leg</Label></Channel>'
    '<Channel EdfSignal="4"><Label>R Leg</Label></Channel></Channels></ChannelConfig>'
)


def rml(
    staging="",
    *events,
    header="<RecordingStart>2019-03-04T22:10:05</RecordingStart><Duration>150</Duration>",
    more=RML_CHANNELS,
):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<PatientStudy '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns="http://www.respironics.com/PatientStudy.xsd">\n'
        f"<Acquisition><Sessions><Session>{header}</Session></Sessions></Acquisition>\n{more}\n"
        f"<ScoringData><StagingData>{staging}</StagingData>\n<Events>\n{''.join(events)}</Events>"
        "</ScoringData>\n</PatientStudy>\n"
    )


def edfbrowser(*rows):
    inner = "".join(
        f"<annotation>\n<onset>{onset}</onset>\n<duration>{duration}</duration>\n"
        f"<description>{text}</description>\n</annotation>\n"
        for onset, duration, text in rows
    )
    return f'<?xml version="1.0"?>\n<annotationlist>\n{inner}</annotationlist>\n'


def read(folder, text, *, encoding="utf-8", **how):
    path = folder / "night.xml"
    path.write_bytes(text.encode(encoding))
    return read_scoring(path, **how)


def rows(scoring):
    return [(one.kind, one.start_s, one.stop_s, one.channel) for one in scoring.events]


def kinds(scoring):
    return [one.kind for one in scoring.events]


def codes(scoring):
    return {finding.code for finding in scoring.findings}


def label_table(name):
    folder = resources.files("psgscore.configs").joinpath("labels")
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))


def words_of(name, section):
    """Return word and meaning of every entry of a label table."""
    table = label_table(name)[section]
    return [(word, meaning) for meaning, words in table.items() for word in words]
