"""How a recording is to be scored."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from psgscore.io.recording import Recording
from psgscore.model.criteria import DETECTION, SIDE_BY_SIDE, Criteria, LegMovementCriteria
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.movement_criteria import MOVEMENTS, MovementCriteria


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a recording is to be scored.

    Parameters
    ----------
    scoring : tuple of path
        The lab's scoring; without any, the recording's own annotations.
    stage_codes : str or None
        What bare stage numbers mean in those files.
    labels, table : path or None
        Words of the user's, and what the columns of those files are; see `read_scoring`.
    rules : tuple of Criteria
        Rule sets, scored side by side.
    respiratory_window : str
        ``"wide"`` or ``"narrow"``, for rule sets that flag respiratory movements.
    channels : path or None
        The user's channel map.
    movements : str
        ``"detect"`` takes the movements from the EMG, ``"imported"`` from the scoring.
    none_found : frozenset of str
        ``"arousal"``, ``"respiratory"``: was scored, and none was found.
    detection : LegMovementCriteria
        Thresholds of the detector.
    stages : str
        ``"auto"`` stages a recording that comes without stages and is long enough for the
        stager, ``"always"`` a shorter one too, ``"given"`` none.
    fill : bool
        Let automatic stages fill the epochs that the given ones leave unscored.
    backend : "auto", "rsn:FILE" or callable
        Who stages; see `psgscore.stage`.
    age, sex : float and "M" or "F", or None
        Of the person, for the stager and the report; the report takes what is not given
        from the header.
    sensitivity : bool
        Score again with every threshold moved, to say how far the PLM indices go with it.
    study_id : str
        What the report is headed with, "" for the name of the recording.
    with_identity : bool
        Take name, code, birth date and date of the recording into the score.
    arousals : str
        Who marks arousals where none are given: ``"given"`` nobody, ``"rule"``,
        ``"psgscoring"``; always kept apart from those of a person.
    lights : tuple of float or None
        Lights off and on in seconds from the start; None takes the marks, else a light
        sensor, else the ends of the recording.
    family : bool
        Look for every movement of sleep, not for leg movements alone.
    movement_criteria : MovementCriteria
        What the other movements are judged by.
    by_hand : bool
        Where nothing can be scored, give a score that says so instead of an error: a person
        marks what there is.
    """

    scoring: tuple[str | os.PathLike[str], ...] = ()
    stage_codes: str | None = None
    labels: str | os.PathLike[str] | None = None
    table: str | os.PathLike[str] | None = None
    rules: tuple[Criteria, ...] = SIDE_BY_SIDE
    respiratory_window: str = "wide"
    channels: str | os.PathLike[str] | None = None
    movements: str = "detect"
    none_found: frozenset[str] = frozenset()
    detection: LegMovementCriteria = DETECTION
    stages: str = "auto"
    fill: bool = False
    backend: str | Callable[[Recording], Hypnogram] = "auto"
    age: float | None = None
    sex: str | None = None
    sensitivity: bool = False
    study_id: str = ""
    with_identity: bool = False
    arousals: str = "given"
    lights: tuple[float | None, float | None] = (None, None)
    family: bool = True
    movement_criteria: MovementCriteria = MOVEMENTS
    by_hand: bool = False
