"""Where in a simulated night there is room for another episode."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psgscore.intervals import close_gaps, counts_touching
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.simulate.episodes import LEGS, Episode

EDGE_S = 5.0
_CLEAR_S = 12.0
_BEFORE_AROUSAL_S = 3.5
_SERIES_APART_S = 95.0
_SERIES_LEAST = 4
_SHORTEST_MOVEMENT_S = 0.4


class Room:
    """Where in a night there is room for another episode."""

    def __init__(self, hypnogram: Hypnogram, events: Events) -> None:
        self.hypnogram = hypnogram
        self.movements = events.of_kind("LM", "burst")
        self.arousals = events.of_kind("arousal").spans
        self._taken = events.where(~events.is_kind("lights_off", "lights_on")).spans
        self._moving = self.movements.spans
        self._series = _possible_series(self._moving)

    def take(self, start_s: float, stop_s: float) -> None:
        """Let nothing else come near a stretch."""
        self._taken = close_gaps(np.concatenate([self._taken, [[start_s, stop_s]]]))

    def moved(self, episode: Episode) -> None:
        """Let what long bursts of a leg an episode has take part in periodic series."""
        long = [
            (one.start_s, one.stop_s)
            for one in episode.bursts
            if one.place in LEGS and one.stop_s - one.start_s > _SHORTEST_MOVEMENT_S
        ]
        self._moving = np.concatenate([self._moving, as_spans(long)])
        self._series = _possible_series(self._moving)

    def has(self, start_s: float, stop_s: float, margin_s: float = _CLEAR_S) -> bool:
        """Say whether nothing else happens near a stretch inside the night."""
        wide = np.array([[start_s - margin_s, stop_s + margin_s]])
        inside = start_s >= EDGE_S and stop_s <= self.hypnogram.stop_s - EDGE_S
        return bool(inside and not counts_touching(wide, self._taken, closed=False)[0])

    def busy(self) -> Spans:
        """Return where a potential could be taken for a part of a movement or an arousal."""
        moving, aroused = self.movements.spans, self.arousals
        return close_gaps(
            np.concatenate(
                [
                    np.column_stack([moving[:, 0] - 1.2, moving[:, 1] + 1.2]),
                    np.column_stack([aroused[:, 0] - _BEFORE_AROUSAL_S, aroused[:, 1]]),
                ]
            )
        )

    def periodic(self, start_s: float, stop_s: float) -> bool:
        """Say whether a stretch may lie in, or just beside, a periodic series."""
        wide = np.array([[start_s - _CLEAR_S, stop_s + _CLEAR_S]])
        return bool(counts_touching(wide, self._series, closed=False)[0])

    def within(self, stages: Sequence[Stage], start_s: float, stop_s: float) -> bool:
        """Say whether a stretch lies in these stages, some seconds clear of others."""
        edges = [start_s - EDGE_S, stop_s + EDGE_S]
        times = np.arange(edges[0], edges[1] + 1.0, 1.0)
        return bool(np.isin(self.hypnogram.at(times), stages).all())


def _possible_series(moving: Spans) -> Spans:
    """Return where movements follow each other so closely that they may be periodic."""
    moving = moving[np.argsort(moving[:, 0])]
    far = np.flatnonzero(np.diff(moving[:, 0]) > _SERIES_APART_S) + 1
    chains = np.split(moving, far)
    return as_spans([(one[0, 0], one[:, 1].max()) for one in chains if len(one) >= _SERIES_LEAST])
