"""One night: events and stages in, the whole `Score` out. No signals here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from psgscore._version import __version__
from psgscore.errors import ConfigError
from psgscore.intervals import close_gaps
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.criteria import (
    NARROW,
    PERIODICITY,
    SIDE_BY_SIDE,
    WIDE,
    Criteria,
    criteria_hash,
    rule_set,
)
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.restless_criteria import RESTLESS, RestlessCriteria
from psgscore.model.score import Provenance, Score
from psgscore.model.scoring import AROUSAL, covered
from psgscore.score.architecture import sleep_measures
from psgscore.score.cycles import sleep_cycles
from psgscore.score.legs import Night, score_legs
from psgscore.score.precedence import with_precedence
from psgscore.score.rates import Counted, leg_histograms, leg_rates, leg_statistics
from psgscore.score.restless import restless_view
from psgscore.score.stage_intervals import stage_intervals

_NO_SPANS = as_spans([])
_MARK_S = 1.0
"""Marks are set to the second: nearer to the ends of the recording there is nothing to say."""
RESPIRATORY_WINDOWS = {"wide": WIDE, "narrow": NARROW}


def _nothing_known() -> Provenance:
    return Provenance(
        version=__version__,
        input_name="",
        input_sha256="",
        scoring_inputs=(),
        channels=(),
        detection=None,
        criteria_sha256="",
        stage_source="",
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Context:
    """What is known of a night besides its events and stages.

    Parameters
    ----------
    duration_s : float or None
        Length of the recording; None takes the end of the stages or of the last event.
    start : str
        Clock time of second 0, for display.
    covers : frozenset of str or None
        What was scored, found or not: ``"LM"``, ``"arousal"``, ``"respiratory"``; None
        takes what occurs among the events.
    gaps, unreadable : ndarray, shape (n, 2)
        Seconds without signal; seconds without a readable leg channel.
    not_scored : tuple of NotScored
        What is already known not to be scorable.
    findings : tuple of Finding
        What reading the input tolerated.
    restless : RestlessCriteria
        How the leg movements are looked at with restless legs in mind.
    provenance : Provenance
        What was run, on what; the criteria hash is filled in.
    """

    duration_s: float | None = None
    start: str = ""
    covers: frozenset[str] | None = None
    gaps: Spans = field(default_factory=lambda: _NO_SPANS)
    unreadable: Spans = field(default_factory=lambda: _NO_SPANS)
    not_scored: tuple[NotScored, ...] = ()
    findings: tuple[Finding, ...] = ()
    restless: RestlessCriteria = RESTLESS
    provenance: Provenance = field(default_factory=_nothing_known)


def score_events(
    events: Events,
    hypnogram: Hypnogram | None = None,
    *,
    rules: Sequence[Criteria | str] = SIDE_BY_SIDE,
    context: Context | None = None,
) -> Score:
    """Score a night's events under one or more rule sets, side by side.

    Parameters
    ----------
    events : Events
        ``LM:left``, ``LM:right`` (or ``LM``) are single-leg movements; ``arousal``,
        ``apnea``, ``hypopnea``, ``RERA``, ``respiratory``, ``lights_off`` and
        ``lights_on`` are used, every other kind is carried along.
    hypnogram : Hypnogram, optional
        Without one only numbers that need no stage are given.
    rules : sequence of Criteria or str
        Rule sets, or names of shipped ones.
    context : Context, optional
        Length of the recording, what was scored, gaps.

    Returns
    -------
    Score
        Everything the reports and tables are drawn from.

    Raises
    ------
    ConfigError
        A rule set name that does not exist.
    """
    context = context or Context()
    night = night_of(events, hypnogram, context)
    events, covers = night.events, night.covers
    lights_s, light_findings = _lights(events, _duration_s(events, hypnogram, context))
    chosen = tuple(rule_set(rule) if isinstance(rule, str) else rule for rule in rules)
    legs = tuple(score_legs(night, rule) for rule in chosen) if "LM" in covers else ()
    counted = [Counted.of(leg, night) for leg in legs]
    rates = [tuple(leg_rates(one)) for one in counted]
    statistics = [(*leg_statistics(one), *stage_intervals(one)) for one in counted]
    restless = None
    if legs:
        restless = restless_view(counted[0], night, rates[0], statistics[0], context.restless)
    arousals = events.counted().of_kind(*AROUSAL) if "arousal" in covers else None
    missing = missing_for(chosen, hypnogram, covers, context.not_scored)
    return Score(
        provenance=_with_rules(context.provenance, chosen),
        start=context.start,
        duration_s=_duration_s(events, hypnogram, context),
        hypnogram=hypnogram,
        events=events,
        legs=legs,
        gaps=as_spans(context.gaps),
        unreadable=as_spans(night.unreadable),
        sleep=None if hypnogram is None else sleep_measures(hypnogram, lights_s, arousals),
        rates=tuple(rate for one in rates for rate in one),
        statistics=tuple(number for one in statistics for number in one),
        histograms=tuple(shape for one in counted for shape in leg_histograms(one)),
        not_scored=(*context.not_scored, *missing),
        findings=(*context.findings, *light_findings),
        restless=restless,
        cycles=() if hypnogram is None else sleep_cycles(hypnogram, lights_s),
    )


def night_of(events: Events, hypnogram: Hypnogram | None, context: Context) -> Night:
    """Return a night as `score_events` gives it to the rules."""
    events = with_precedence(events)
    return Night(
        events=events,
        hypnogram=hypnogram,
        covers=covered(events) if context.covers is None else context.covers,
        lights_s=lights_span(events, _duration_s(events, hypnogram, context)),
        unreadable=close_gaps(np.concatenate([context.gaps, context.unreadable])),
    )


def with_respiratory_window(criteria: Criteria, window: str) -> Criteria:
    """Return the rule set with the wide or narrow window, if it flags respiratory movements.

    A rule set that excludes them (AASM) has its own window and is returned as it is.
    """
    if window not in RESPIRATORY_WINDOWS:
        raise ConfigError(f"no respiratory window {window!r}: there are wide and narrow")
    if criteria.respiratory == "excluded":
        return criteria
    return replace(criteria, respiratory_window=RESPIRATORY_WINDOWS[window])


def _duration_s(events: Events, hypnogram: Hypnogram | None, context: Context) -> float:
    if context.duration_s is not None:
        return context.duration_s
    ends = [hypnogram.stop_s] if hypnogram is not None else events.stop_s.tolist()
    return max(ends, default=0.0)


def lights_span(events: Events, duration_s: float) -> tuple[float, float]:
    """Return lights off and on: first and last mark, else the ends of the recording.

    A mark outside the recording is its end, so that nothing is counted per hour of time
    that was not recorded.
    """
    off, on = _lights(events, duration_s)[0]
    return min(max(off, 0.0), duration_s), min(max(on, 0.0), duration_s)


def _lights(events: Events, duration_s: float) -> tuple[tuple[float, float], list[Finding]]:
    """Return lights off and on as they are marked, and what there is to say of them."""
    off, on = (events.counted().of_kind(kind).start_s for kind in ("lights_off", "lights_on"))
    lights = (float(off[0]) if off.size else 0.0, float(on[-1]) if on.size else duration_s)
    findings = []
    for name, marks, end in (("off", off, "start"), ("on", on, "end")):
        if not marks.size:
            message = f"lights {name} is not marked: the {end} of the recording is taken"
            findings.append(Finding(f"lights.no-{name}", message, severity="note"))
        elif marks.size > 1:
            which = "first" if name == "off" else "last"
            message = f"lights {name} is marked {marks.size} times: the {which} is taken"
            findings.append(Finding(f"lights.many-{name}", message))
    if lights[0] < -_MARK_S or lights[1] > duration_s + _MARK_S:
        message = (
            f"lights off at {lights[0] / 60:.1f} min, on at {lights[1] / 60:.1f} min, of a "
            f"recording of {duration_s / 60:.1f} min: what was not recorded is in no index, and "
            "unscored among the sleep measures; check the marks"
        )
        findings.append(Finding("lights.outside", message))
    if lights[1] <= lights[0]:
        message = "lights on does not follow lights off: the whole recording is taken"
        return (0.0, duration_s), [*findings, Finding("lights.order", message)]
    return lights, findings


def _with_rules(provenance: Provenance, rules: tuple[Criteria, ...]) -> Provenance:
    known = (provenance.detection, provenance.movements, PERIODICITY, *rules)
    used = [value for value in known if value is not None]
    return replace(provenance, rules=rules, criteria_sha256=criteria_hash(*used))


def missing_for(
    rules: Sequence[Criteria],
    hypnogram: Hypnogram | None,
    covers: Collection[str],
    known: Sequence[NotScored] = (),
) -> list[NotScored]:
    """Return what rules cannot score of a night, besides what is known already.

    Parameters
    ----------
    rules : sequence of Criteria
        The rule sets.
    hypnogram : Hypnogram or None
        The stages, if there are any.
    covers : collection of str
        What was scored, found or not; see `Context`.
    known : sequence of NotScored
        What is known not to be scorable.
    """
    missing = []
    if hypnogram is None:
        missing.append(
            NotScored("sleep measures and indices by stage (PLMS, PLMW)", "no hypnogram")
        )
    if not rules or "LM" not in covers:
        said = any(one.what.startswith("leg movements") for one in known)
        reason = "no leg movements were detected or imported"
        return missing if said else [*missing, NotScored("leg movements", reason)]
    if "respiratory" not in covers:
        missing.append(
            NotScored("respiratory exclusion", "no respiratory events were scored: not possible")
        )
    if "arousal" not in covers:
        missing.append(NotScored("PLM-arousal indices", "no arousals were scored"))
    if hypnogram is not None:
        for rule in rules:
            if rule.eligible != "any_stage":
                reason = "this rule set counts periodic movements in sleep only"
                missing.append(NotScored(f"PLMW under {rule.title}", reason))
    return missing
