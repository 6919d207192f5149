"""Rhythms that go together: the same muscles in turn, or several muscles at one rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psgscore.model.events import Events
from psgscore.model.train_criteria import TrainCriteria

REGIONS = ("leg", "arm", "chin")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Train:
    """One rhythm, or several that go together: `parts` are the bursts of each muscle.

    `start_s` and `stop_s` are the onset of the first burst and the end of the last.
    """

    parts: Mapping[str, Events]
    rate_hz: float
    alternating: bool = False
    start_s: float = field(init=False)
    stop_s: float = field(init=False)

    def __post_init__(self) -> None:
        parts = self.parts.values()
        object.__setattr__(self, "start_s", float(min(part.start_s[0] for part in parts)))
        object.__setattr__(self, "stop_s", float(max(part.stop_s.max() for part in parts)))

    @property
    def bursts(self) -> Events:
        """All bursts, whichever muscle they are of."""
        return _all(list(self.parts.values()))

    @property
    def count(self) -> int:
        """Bursts in a row: of both legs where they take turns, else of the muscle with most."""
        sizes = [len(part) for part in self.parts.values()]
        return sum(sizes) if self.alternating else max(sizes)

    @property
    def regions(self) -> set[str]:
        """Parts of the body; a muscle whose place is not known is of none."""
        words = {muscle.partition(":")[0] for muscle in self.parts}
        return words & set(REGIONS)


def together(trains: Sequence[Train], criteria: TrainCriteria) -> list[list[Train]]:
    """Return the trains in groups: those of one rhythm that go on at the same time."""
    ordered = sorted(trains, key=lambda train: train.start_s)
    group = list(range(len(ordered)))
    for row, one in enumerate(ordered):
        for later in range(row + 1, len(ordered)):
            if ordered[later].start_s >= one.stop_s:
                break
            if _alike(one, ordered[later], criteria):
                old, new = group[later], group[row]
                group = [new if number == old else number for number in group]
    groups = [
        [train for train, number in zip(ordered, group, strict=True) if number == wanted]
        for wanted in dict.fromkeys(group)
    ]
    return _with_fragments(groups, criteria)


def _with_fragments(groups: list[list[Train]], criteria: TrainCriteria) -> list[list[Train]]:
    """Give a rhythm of few muscles that goes on within one of more muscles to that one."""
    wholes = [joined(group) for group in groups]
    order = sorted(range(len(groups)), key=lambda row: -len(wholes[row].parts))
    kept: list[int] = []
    found = [list(group) for group in groups]
    for row in order:
        one = wholes[row]
        wider = (
            other
            for other in kept
            if len(wholes[other].parts) > len(one.parts)
            and _alike(one, wholes[other], criteria, of_longer=False)
        )
        host = next(wider, None)
        if host is None:
            kept.append(row)
        else:
            found[host] += groups[row]
    return [found[row] for row in kept]


def _alike(one: Train, other: Train, criteria: TrainCriteria, *, of_longer: bool = True) -> bool:
    shared_s = min(one.stop_s, other.stop_s) - max(one.start_s, other.start_s)
    lasting_s = (one.stop_s - one.start_s, other.stop_s - other.start_s)
    of_s = max(lasting_s) if of_longer else min(lasting_s)
    apart = abs(one.rate_hz - other.rate_hz)
    alike = apart <= criteria.alike_rate * max(one.rate_hz, other.rate_hz)
    return alike and shared_s >= criteria.together_share * of_s


def joined(group: Sequence[Train]) -> Train:
    """Return the trains of a group as one; its rate is that of the train with most bursts."""
    if len(group) == 1:
        return group[0]
    muscles = dict.fromkeys(muscle for train in group for muscle in train.parts)
    parts = {
        muscle: _all([train.parts[muscle] for train in group if muscle in train.parts])
        for muscle in muscles
    }
    rate_hz = max(group, key=lambda train: train.count).rate_hz
    return Train(
        parts=parts, rate_hz=rate_hz, alternating=all(train.alternating for train in group)
    )


def _all(tables: Sequence[Events]) -> Events:
    """Return tables as one."""
    return tables[0] if len(tables) == 1 else Events.concat(tables)
