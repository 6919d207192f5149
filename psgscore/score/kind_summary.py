"""How much of each kind of train or movement there is, or why it was not looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.score import Score
from psgscore.score.differential_parts import why_not
from psgscore.score.movement_rates import COUNTED

FLAG_WORDS = ("rhythmic activity", "rhythmic_flag", "rhythmic flag", "sustained rhythmic")
_KINDS = (
    ("lmm", "Large movements (LMM)", ("LMM", "large movement", "large muscle")),
    ("rhythmic_flag", "Rhythmic activity, flagged for review", FLAG_WORDS),
    ("rmd", "Rhythmic movements (RMD)", ("RMD", "rhythmic movement")),
    ("alma", "Alternating leg muscle activation (ALMA)", ("ALMA", "alternating leg")),
    ("hft", "Hypnagogic foot tremor (HFT)", ("HFT", "hypnagogic foot", "foot tremor")),
    ("hflm", "High-frequency leg movements (HFLM)", ("HFLM", "high-frequency leg")),
    ("bruxism", "Bruxism", ("bruxism",)),
)
"""Name of the rate, what people read, and what a reason for not looking is given under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSummary:
    """One kind of movement in a recording.

    Parameters
    ----------
    name, title : str
        Name of its rates, and what people read.
    count : int or None
        Events that nothing excludes; None where it was not looked for.
    sub_counts : mapping of str to int
        The same by sub-kind (``"phasic"``), where it has any.
    in_sleep : int or None
    per_hour_of_sleep : float or None
        Those of sleep between lights off and on; None without sleep to look in.
    excluded : mapping of str to int
        Reason and count of those that something else explains.
    longest_s, total_s : float or None
        Of those counted; None where there are none.
    reason : str
        Why it was not looked for, "" where it was.
    """

    name: str
    title: str
    count: int | None
    sub_counts: Mapping[str, int]
    in_sleep: int | None
    per_hour_of_sleep: float | None
    excluded: Mapping[str, int]
    longest_s: float | None
    total_s: float | None
    reason: str


def kind_summaries(score: Score) -> Iterator[KindSummary]:
    """Yield every kind of train and of large movement, looked for or not.

    Parameters
    ----------
    score : Score
        A kind was looked for where it has a rate, or an event.
    """
    for name, title, words in _KINDS:
        rows = score.events.of_kind(COUNTED[name])
        total = score.rate(name, "", "total")
        reason = ""
        if not len(rows) and (total is None or total.hours <= 0):
            reason = why_not(score, *words)
            if total is not None:
                reason = "no time of it could be read"
        yield _summary(score, name, title, rows, reason)


def _summary(score: Score, name: str, title: str, rows: Events, reason: str) -> KindSummary:
    found = rows.counted()
    asleep = score.rate(name, "", "sleep")
    durations_s = found.duration_s
    subs = [word for kind in found.kind.tolist() for word in kind.split(":")[1:]]
    return KindSummary(
        name=name,
        title=title,
        count=None if reason else len(found),
        sub_counts={word: subs.count(word) for word in sorted(set(subs))},
        in_sleep=None if asleep is None or reason else asleep.count,
        per_hour_of_sleep=None if asleep is None or reason else asleep.per_hour,
        excluded=_excluded(rows),
        longest_s=float(durations_s.max()) if len(found) else None,
        total_s=float(durations_s.sum()) if len(found) else None,
        reason=reason,
    )


def _excluded(rows: Events) -> dict[str, int]:
    reasons, counts = np.unique(rows.text(EXCLUDED_BY), return_counts=True)
    pairs = zip(reasons.tolist(), counts.tolist(), strict=True)
    return {reason: count for reason, count in pairs if reason}
