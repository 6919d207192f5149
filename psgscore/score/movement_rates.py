"""How often each movement besides leg movements occurs, per hour of the time it was looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from psgscore.intervals import intersect, total_s
from psgscore.model._arrays import Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import SCOPE_STAGES, Hypnogram
from psgscore.model.score import Rate
from psgscore.score.architecture import scope_spans

COUNTED = {
    "fragmentary_potential": "fragmentary_potential",
    "alma": "ALMA",
    "hft": "HFT",
    "hflm": "HFLM",
    "rmd": "RMD",
    "lmm": "LMM",
    "bruxism": "bruxism",
    "rhythmic_flag": "rhythmic_flag",
    "acc_left": "ACC:left",
    "acc_right": "ACC:right",
}
"""Name of the rate and kind of event. Hypnic jerks have none: they are never per hour."""
_SCOPES = ("total", "sleep", "NREM", "W")
_NO_SPANS = np.zeros((0, 2))


def movement_rates(
    events: Events,
    readable: Mapping[str, Spans],
    hypnogram: Hypnogram | None,
    lights_s: tuple[float, float],
) -> Iterator[Rate]:
    """Yield the rate of each kind of movement that was looked for.

    Parameters
    ----------
    events : Events
        Of the night; those that something excludes are not counted.
    readable : mapping of str to ndarray, shape (n, 2)
        Kind, and the seconds in which it was looked for; other kinds have no rate.
    hypnogram : Hypnogram or None
        Without one there is only ``"total"``.
    lights_s : tuple of float
        Lights off and on; an event is counted by its onset.
    """
    counted = events.counted()
    scopes = scope_spans(hypnogram, lights_s, _NO_SPANS)
    for name, kind in COUNTED.items():
        spans = readable.get(kind)
        if spans is None:
            continue
        found = counted.of_kind(kind).start_s
        inside = found[(found >= lights_s[0]) & (found < lights_s[1])]
        for scope in (one for one in _SCOPES if one in scopes):
            seconds = total_s(intersect(scopes[scope], spans))
            here = inside
            if hypnogram is not None:
                here = inside[np.isin(hypnogram.at(inside), SCOPE_STAGES[scope])]
            yield Rate(name=name, rules="", scope=scope, count=here.size, hours=seconds / 3600.0)
