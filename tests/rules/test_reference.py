"""Published values: at which age they are printed, and that none is without its source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from psgscore.model.reference import ReferenceValue
from psgscore.model.subject import Subject
from psgscore.score.reference import REFERENCES, references_for


def values(age, sex=""):
    found = references_for(Subject(age_years=age, sex=sex))
    return {one.measure: one.value for one in found}


SLEEP = {"tst_min", "sleep_efficiency_percent", "N3_percent", "R_percent"}


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(None, {}, id="unknown"),
        pytest.param(4, {}, id="4"),
        pytest.param(5, {"plms_index": 0.0}, id="5"),
        pytest.param(9, {"plms_index": 0.0}, id="9"),
        pytest.param(10, {"plms_index": 0.0, "arousal_index": 13.8}, id="10"),
        pytest.param(17, {"plms_index": 0.0, "arousal_index": 13.8}, id="17"),
        pytest.param(18, {"arousal_index": 13.8}, id="18"),
        pytest.param(
            19,
            {"plms_index": 24.8, "arousal_index": 13.8, "tst_min": 413.5,
             "sleep_efficiency_percent": 87.0, "N3_percent": 20.7, "R_percent": 15.5},
            id="19",
        ),
        pytest.param(31, {"plms_index": 24.8, "arousal_index": 14.7}, id="31"),
        pytest.param(39.9, {"plms_index": 24.8, "arousal_index": 14.7}, id="39.9"),
        pytest.param(40, {"plms_index": 24.8, "arousal_index": 17.8}, id="40"),
        pytest.param(60, {"plms_index": 24.8, "arousal_index": 27.1}, id="60"),
        pytest.param(
            61,
            {"plms_index": 24.8, "arousal_index": 27.1, "tst_min": 378.3,
             "sleep_efficiency_percent": 79.7, "N3_percent": 14.9, "R_percent": 10.3},
            id="61",
        ),
        pytest.param(78, {"arousal_index": 27.1}, id="78"),
    ],
)  # fmt: skip
def test_values_are_those_of_the_age(age, expected):
    assert values(age) == expected


@pytest.mark.parametrize(("age", "known"), [(30, True), (30.9, True), (31, False), (60.9, False)])
def test_the_groups_are_of_whole_years(age, known):
    assert (set(values(age)) >= SLEEP) is known


@pytest.mark.parametrize(
    ("of", "sex", "holds"),
    [("", "", True), ("", "F", True), ("F", "F", True), ("F", "M", False), ("F", "", False)],
)
def test_a_value_of_one_sex_needs_the_sex(of, sex, holds):
    assert replace(REFERENCES[0], sex=of).holds_for(25.0, sex) is holds


@pytest.mark.parametrize("one", REFERENCES, ids=lambda one: f"{one.measure}-{one.min_age}")
def test_every_value_has_its_people_and_its_source(one):
    assert any(year in one.source for year in ("1998", "2014", "2015"))
    assert "healthy" in one.people
    if one.low is not None:
        assert one.low <= one.value <= one.high


def test_no_measure_has_two_values_at_one_age():
    for age in range(100):
        found = references_for(Subject(age_years=float(age)))
        assert len({one.measure for one in found}) == len(found)


@pytest.mark.parametrize("changes", [{"sex": "x"}, {"people": ""}, {"source": ""}])
def test_a_value_without_a_source_is_refused(changes):
    whole = {"measure": "tst_min", "min_age": 20, "max_age": 30, "value": 1.0, "unit": "min",
             "what": "mean", "people": "some", "source": "a paper"}  # fmt: skip
    with pytest.raises(ValueError, match=r"sex|people"):
        ReferenceValue(**(whole | changes))
