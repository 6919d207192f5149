"""Published values of healthy people, and those that were found at the age of a person.

Every number stands in the abstract of the paper it is quoted from.
"""

from __future__ import annotations

from psgscore.model.reference import ReferenceValue
from psgscore.model.subject import Subject

_MITTERLING = "Mitterling et al. 2015, Sleep 38:867-875, doi 10.5665/sleep.4730"
_BOSELLI = "Boselli et al. 1998, Sleep 21:351-357"
_FRAUSCHER = "Frauscher et al. 2014, Sleep 37:763-773, doi 10.5665/sleep.3586"
_MARCUS = "Marcus et al. 2014, Sleep 37, PMID 25083015"
_HEALTHY = "100 healthy sleepers aged 19 to 77 years"
_RANGE = "value (and range) as the abstract prints them"


def _mitterling(
    measure: str, unit: str, *groups: tuple[float, float, float]
) -> tuple[ReferenceValue, ...]:
    """Return a measure of the youngest and the oldest group: value, low and high of each."""
    ages = ((19, 30, "30 years or younger"), (61, 77, "older than 60 years"))
    return tuple(
        ReferenceValue(
            measure=measure,
            min_age=first,
            max_age=last,
            value=value,
            low=low,
            high=high,
            unit=unit,
            what=_RANGE,
            people=f"those of {_HEALTHY} who were {words}",
            source=_MITTERLING,
        )
        for (first, last, words), (value, low, high) in zip(ages, groups, strict=True)
    )


def _boselli(first: int, last: int | None, value: float, words: str) -> ReferenceValue:
    return ReferenceValue(
        measure="arousal_index",
        min_age=first,
        max_age=last,
        value=value,
        unit="/h",
        what="mean",
        people=f"10 healthy sleepers {words}",
        source=_BOSELLI,
    )


REFERENCES = (
    *_mitterling("tst_min", "min", (413.5, 345.6, 451.9), (378.3, 216.0, 440.0)),
    *_mitterling("sleep_efficiency_percent", "%", (87.0, 71.9, 94.1), (79.7, 44.5, 90.9)),
    *_mitterling("N3_percent", "%", (20.7, 15.2, 37.5), (14.9, 2.4, 35.6)),
    *_mitterling("R_percent", "%", (15.5, 7.5, 23.6), (10.3, 1.9, 21.9)),
    _boselli(10, 19, 13.8, "aged 10 to 19 years"),
    _boselli(20, 39, 14.7, "aged 20 to 39 years"),
    _boselli(40, 59, 17.8, "aged 40 to 59 years"),
    _boselli(60, None, 27.1, "aged 60 years or older"),
    ReferenceValue(
        measure="plms_index",
        min_age=19,
        max_age=77,
        value=24.8,
        unit="/h",
        what="90th percentile; 36 of 100 were over 5/h, 18 over 15/h",
        people=_HEALTHY,
        source=_FRAUSCHER,
    ),
    ReferenceValue(
        measure="plms_index",
        min_age=5,
        max_age=17,
        value=0.0,
        low=0.0,
        high=35.5,
        unit="/h",
        what="median (and range); 95th percentile 7.2/h, 15 of 195 were over 5/h",
        people="195 healthy, non-snoring children aged 5 to 17 years",
        source=_MARCUS,
    ),
)

PER_DECADE = (
    "With each decade of adult age, in 5273 healthy adults of 169 studies: total sleep time "
    "-10.1 min (95 % CI 7.5 to 12.8), sleep efficiency -2.1 % (1.5 to 2.6), wake after sleep onset "
    "+9.7 min (6.9 to 12.4), sleep onset latency +1.1 min (0.3 to 1.9), arousal index +2.1 per "
    "hour (1.5 to 2.6), N1 +0.5 % (0.1 to 0.8), periodic limb movement index +1.2 per hour "
    "(0.8 to 1.6); changes of N2, N3 and R were not significant. Boulos et al. 2019, Lancet "
    "Respir Med 7:533-543."
)


def references_for(subject: Subject) -> tuple[ReferenceValue, ...]:
    """Return the published values found at the age, and the sex, of a person.

    Parameters
    ----------
    subject : Subject
        Age and sex where they are known.

    Returns
    -------
    tuple of ReferenceValue
        Empty where the age is not known. A value of one sex needs the sex to be known.
    """
    age = subject.age_years
    if age is None:
        return ()
    return tuple(one for one in REFERENCES if one.holds_for(age, subject.sex))
