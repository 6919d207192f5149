"""Small scored nights of one person for the tests of the trend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from movement_nights import movement_night
from report_nights import STAGES, movements, provenance

from psgscore.model.events import Events
from psgscore.model.movements import JerkCount
from psgscore.model.score import Score
from psgscore.model.subject import Subject
from psgscore.score.trend_nights import TrendNight

TIERS = ("definite", "probable", "possible")


def night_score(place: int, *, count: int = 30, study_id: str = "", **night: Any) -> Score:
    """Return a night with so many periodic movements; each place is another recording."""
    series = [2400.0 + 25.0 * i for i in range(count)]
    legs = Events.concat([movements(series[::2], "left"), movements(series[1::2], "right")])
    whole = {
        "stages": STAGES,
        "provenance": provenance(input_name=f"recording-{place}.edf", input_sha256=f"{place:064d}"),
    }
    jerks = tuple(
        JerkCount(context=context, tier=tier, onset=onset, count=place, readable_s=100.0)
        for context, onset in (("sleep onset", -1), ("other", -1), ("sleep onset", 0))
        for tier in TIERS
    )
    found = movement_night(legs=legs, jerks=jerks, night=whole | night)
    return replace(found, subject=Subject(study_id=study_id))


def trend_nights(n: int, **night: Any) -> list[TrendNight]:
    """Return nights with 10, 20, 30, ... periodic movements."""
    return [
        TrendNight(name=f"night-{k}", score=night_score(k, count=10 * k, **night))
        for k in range(1, n + 1)
    ]
