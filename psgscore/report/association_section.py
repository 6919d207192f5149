"""Movements with arousals and respiratory events: windows, counts, shares; or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psgscore.model.rem import Share
from psgscore.model.score import SCOPES, LegScore, Rate, Score
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, RESPIRATORY
from psgscore.report.headlines import leg_reason
from psgscore.report.leg_lines import scope_title
from psgscore.report.method import rule_words
from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.rate_cells import rate_cell
from psgscore.report.texts import UNKNOWN, number
from psgscore.score.associations import arousals_with_plm, event_rates, respiratory_with_movement
from psgscore.score.recount import recount, widest_scope

_LOW_TRUST = "low trust: marked by a program, see Findings"
_KINDS = (
    ("arousal", "Arousals", AROUSAL),
    ("automatic_arousal", "Automatic arousals", AUTOMATIC_AROUSAL),
    ("respiratory", "Respiratory events", RESPIRATORY),
)
_TREATED = {"flagged": "counted", "excluded": "left out"}
Look = Callable[[LegScore], Cell]


def association_section(score: Score) -> Section:
    """Return the section, with a sentence for each kind of event that was not scored.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    scored = [name for name, _, _ in _KINDS if was_scored(score, name)]
    texts = [f"Movements with arousals: not scored, because {leg_reason(score)}."]
    if score.legs:
        texts = list(_missing(scored))
    tables = [_table(score, scored)] if score.legs and scored else []
    if scored:
        tables.append(_events(score, scored))
    return Section(
        key="associations",
        title="Arousals and respiratory events",
        texts=tuple(texts),
        tables=tuple(tables),
    )


def was_scored(score: Score, name: str) -> bool:
    """Say whether arousals, automatic arousals or respiratory events were scored, found or not."""
    kinds = {key: kinds for key, _, kinds in _KINDS}[name]
    verdicts = (getattr(leg.verdicts, name) for leg in score.legs)
    in_sleep = name == "arousal" and score.sleep is not None and score.sleep.arousals is not None
    found = any(verdict is not None for verdict in verdicts)
    return found or in_sleep or bool(score.events.counted().is_kind(*kinds).any())


def _missing(scored: list[str]) -> Iterator[str]:
    if "arousal" not in scored:
        yield "Movements with arousals: not scored, because no arousals were scored."
    if "respiratory" not in scored:
        yield (
            "Respiratory-related movements: not scored, because no respiratory events were "
            "scored; every index has them in it."
        )


def _table(score: Score, scored: list[str]) -> Table:
    rows = []
    if "arousal" in scored:
        rows += _arousals(score)
    if "automatic_arousal" in scored:
        rows += _automatic(score)
    if "respiratory" in scored:
        rows += _respiratory(score)
    where = "in sleep" if score.hypnogram is not None else "in the whole recording"
    return Table(
        key="associations-table",
        title=f"Leg movements with arousals and respiratory events, {where}",
        heads=("Measure",),
        columns=tuple(leg.criteria.title for leg in score.legs),
        rows=tuple(rows),
        notes=("Per hour, in brackets count and hours; shares in %, in brackets the counts.",),
    )


def _arousals(score: Score) -> list[Row]:
    arousals = score.events.counted().of_kind(*AROUSAL)
    return [
        _row(score, "With an arousal: at most apart", _gap, section="Arousals"),
        _rate(score, "Movements with arousal", "lm_arousal"),
        _rate(score, "PLM with arousal", "plm_arousal"),
        _row(score, "Share of PLM with arousal, %", _of_plm(score, "arousal")),
        _row(
            score,
            "Share of arousals with PLM, %",
            lambda leg: _share(arousals_with_plm(score, leg, arousals)),
        ),
        _rate(score, "PLM with arousal, without respiratory", "plm_without_respiratory_arousal"),
    ]


def _automatic(score: Score) -> list[Row]:
    arousals = score.events.counted().of_kind(*AUTOMATIC_AROUSAL)
    first = _rate(score, "Movements with automatic arousal", "lm_automatic_arousal")
    return [
        Row(label=first.label, cells=first.cells, note=_LOW_TRUST, section="Automatic arousals"),
        _rate(score, "PLM with automatic arousal", "plm_automatic_arousal"),
        _row(score, "Share of PLM with automatic arousal, %", _of_plm(score, "automatic_arousal")),
        _row(
            score,
            "Share of automatic arousals with PLM, %",
            lambda leg: _share(arousals_with_plm(score, leg, arousals)),
        ),
    ]


def _respiratory(score: Score) -> list[Row]:
    scope = widest_scope(score)
    return [
        _row(score, "Respiratory-related: touches", _window, section="Respiratory events"),
        _row(score, "Respiratory-related movements are", _treated),
        _rate(score, "Movements, respiratory-related", "lm_respiratory"),
        _rate(score, "PLM, respiratory-related", "plm_respiratory"),
        _rate(score, "PLM, as the rule set counts them", "plm"),
        _rate(score, "PLM without respiratory", "plm_without_respiratory"),
        _row(
            score,
            "Share of respiratory events with a movement, %",
            lambda leg: _share(respiratory_with_movement(score, leg, scope)),
        ),
    ]


def _gap(leg: LegScore) -> Cell:
    used = leg.criteria
    return Cell(
        f"{used.arousal_gap_s:g} s",
        "(that distance itself included)" if used.arousal_gap_inclusive else "(less than)",
    )


def _window(leg: LegScore) -> Cell:
    return Cell(rule_words(leg.criteria.respiratory_window))


def _treated(leg: LegScore) -> Cell:
    return Cell(_TREATED[leg.criteria.respiratory])


def _row(score: Score, label: str, look: Look, section: str = "") -> Row:
    return Row(label=label, cells=tuple(look(leg) for leg in score.legs), section=section)


def _rate(score: Score, label: str, name: str) -> Row:
    scope = widest_scope(score)
    return _row(score, label, lambda leg: rate_cell(score, leg, name, scope))


def _of_plm(score: Score, verdict: str) -> Look:
    def look(leg: LegScore) -> Cell:
        hit = getattr(leg.verdicts, verdict)
        if hit is None:
            return Cell(UNKNOWN)
        plm = leg.verdicts.plm & recount(score, leg).inside[widest_scope(score)]
        return _share(Share(int((plm & hit).sum()), int(plm.sum())))

    return look


def _share(share: Share) -> Cell:
    return Cell(number(share.percent), f"({share.count} of {share.of})")


def _events(score: Score, scored: list[str]) -> Table:
    staged = score.hypnogram is not None
    scopes = SCOPES if staged else ("total",)
    rows = []
    for name, title, kinds in _KINDS:
        if name in scored:
            rates = event_rates(score, name, score.events.counted().of_kind(*kinds))
            note = _LOW_TRUST if name == "automatic_arousal" else ""
            rows.append(Row(label=title, cells=tuple(map(_per_hour, rates)), note=note))
    if "respiratory" in scored:
        rows += [_with_movement(score, leg, scopes) for leg in score.legs]
    return Table(
        key="events-by-stage",
        title=f"Arousals and respiratory events{' by stage' if staged else ''}, per hour (count)",
        heads=("Event",),
        columns=tuple(scope_title(scope) for scope in scopes),
        rows=tuple(rows),
        notes=(
            "By the stage at their onset, between lights off and on; hours of that stage."
            if staged
            else "Between lights off and on, whatever the stage: there is no hypnogram.",
        ),
    )


def _per_hour(rate: Rate) -> Cell:
    if rate.per_hour is None:
        return Cell(UNKNOWN)
    return Cell(number(rate.per_hour), f"({rate.count})")


def _with_movement(score: Score, leg: LegScore, scopes: tuple[str, ...]) -> Row:
    shares = (respiratory_with_movement(score, leg, scope) for scope in scopes)
    return Row(
        label="Respiratory events with a movement, %",
        note=leg.criteria.title,
        cells=tuple(_share(share) if share.of else Cell(UNKNOWN) for share in shares),
    )
