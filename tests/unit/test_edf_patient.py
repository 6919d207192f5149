"""What the patient field of a header yields, and what of it reaches a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from edf_bytes import edf_bytes, leg_row

from psgscore.io.edf import open_edf
from psgscore.io.edf_patient import NOBODY, Patient, read_patient
from psgscore.model.subject import Identity, Subject
from psgscore.options import Options
from psgscore.subject_source import subject_of

NIGHT = datetime(2004, 1, 24, 22, 0)


@pytest.mark.parametrize(
    ("text", "plus", "patient"),
    [
        pytest.param("X X X X", "+C", NOBODY, id="all unknown"),
        pytest.param("X X X X", "", NOBODY, id="all unknown in a plain file"),
        pytest.param("", "+C", NOBODY, id="empty"),
        pytest.param(
            "MCH-0234567 F 02-MAY-1951 Haagse_Harry",
            "+C",
            Patient(name="Haagse Harry", code="MCH-0234567", sex="F", born=date(1951, 5, 2)),
            id="EDF+ with all of it",
        ),
        pytest.param(
            "X m 02-may-1951 X more words here",
            "+D",
            Patient(sex="M", born=date(1951, 5, 2)),
            id="small letters, and more after the name",
        ),
        pytest.param("X M 31-FEB-1951 X", "+C", Patient(sex="M"), id="no such day"),
        pytest.param("X M 01-XXX-1951 X", "+C", Patient(sex="M"), id="no such month"),
        pytest.param(
            "X F X Female_33yr", "+C", Patient(sex="F", stated_age_years=33), id="Sleep-EDF"
        ),
        pytest.param(
            "X F X Female_33yr", "", Patient(sex="F", stated_age_years=33), id="Sleep-EDF, plain"
        ),
        pytest.param("X X X Male_74yr", "+C", Patient(sex="M", stated_age_years=74), id="in name"),
        pytest.param("X X X Male_474yr", "+C", Patient(sex="M"), id="an age nobody has"),
        pytest.param("Smith John", "+C", Patient(name="Smith John"), id="free text in EDF+"),
        pytest.param(
            "A F 02-MAY-1951 B", "", Patient(name="A F 02-MAY-1951 B"), id="a plain file is text"
        ),
    ],
)
def test_patient_field(text, plus, patient):
    assert read_patient(text, plus) == patient


@pytest.mark.parametrize(
    ("born", "age"),
    [
        pytest.param(date(1951, 1, 24), 53, id="on the birthday"),
        pytest.param(date(1951, 1, 25), 52, id="a day before it"),
        pytest.param(date(2004, 1, 24), 0, id="newborn"),
        pytest.param(date(2005, 1, 1), None, id="born after the recording"),
        pytest.param(date(1850, 1, 1), None, id="older than anybody"),
        pytest.param(None, None, id="not known"),
    ],
)
def test_age_at_the_recording(born, age):
    assert Patient(born=born).age_years(NIGHT) == age
    assert Patient(born=born).age_years(None) is None


def test_what_may_name_the_patient_is_in_no_repr():
    shown = repr(Patient(name="Zaphod", code="MRN-1", sex="M", born=date(1951, 5, 2)))
    assert "Zaphod" not in shown
    assert "MRN-1" not in shown
    assert "1951" not in shown


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.edf"
    field = b"MRN-1 F 02-MAY-1911 Zaphod_B"
    data = bytearray(edf_bytes([leg_row(3)], reserved="EDF+C"))
    data[8:88] = field.ljust(80)
    path.write_bytes(bytes(data))
    return replace(open_edf(path), start=NIGHT)


def test_the_header_gives_age_and_sex_but_no_name(recording):
    assert subject_of(recording, Options()) == Subject(age_years=90, sex="F")


def test_the_identity_comes_where_it_was_asked_for(recording):
    found = subject_of(recording, Options(with_identity=True, study_id="S-7"))
    identity = Identity(
        name="Zaphod B", code="MRN-1", birth_date="1911-05-02", recorded_on="2004-01-24"
    )
    assert found == Subject(study_id="S-7", age_years=92, sex="F", identity=identity)


def test_what_the_user_says_wins(recording):
    assert subject_of(recording, Options(age=41.5, sex="M")) == Subject(age_years=41.5, sex="M")
