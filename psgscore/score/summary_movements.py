"""The columns of the summary on everything besides leg movements under a rule set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from psgscore.model.rem import RemChannel, Share
from psgscore.model.score import Rate, Score
from psgscore.score.jerk_context import CONTEXTS, OTHER
from psgscore.score.jerks import TIERS
from psgscore.score.kind_summary import KindSummary, kind_summaries
from psgscore.score.movement_rates import COUNTED
from psgscore.score.summary_column import Cell, SummaryColumn, at, cell, rate_columns

TITLES = {
    "fragmentary_potential": "Fragmentary potentials",
    "alma": "Alternating leg muscle activation (ALMA)",
    "hft": "Hypnagogic foot tremor (HFT)",
    "hflm": "High-frequency leg movements (HFLM)",
    "rmd": "Rhythmic movements (RMD)",
    "lmm": "Large movements (LMM)",
    "bruxism": "Bruxism",
    "rhythmic_flag": "Rhythmic activity, flagged for review",
    "acc_left": "Bursts of the accelerometer of the left leg",
    "acc_right": "Bursts of the accelerometer of the right leg",
}
_SCOPES = {"sleep": "sleep", "NREM": "nrem", "W": "wake", "total": "total"}
_KINDS = ("lmm", "rhythmic_flag", "rmd", "alma", "hft", "hflm", "bruxism")
_REM_ROLES = ("chin", "leg:left", "leg:right", "arm:left", "arm:right")
_REM_SHARES = {
    "sinbar_phasic": "SINBAR phasic activity, of the mini-epochs",
    "sinbar_any": "SINBAR any activity, of the mini-epochs",
    "sinbar_tonic": "SINBAR tonic activity, of the epochs",
    "aasm_phasic": "AASM phasic activity, of the epochs",
    "aasm_tonic": "AASM tonic activity, of the epochs",
}
_LIMB = ("sinbar_tonic", "aasm_tonic")
_RESTLESS_RATES = {
    "plmw_before_sleep": "Periodic leg movements of wake before sleep onset",
    "plmw_after_onset": "Periodic leg movements of wake after sleep onset",
}


def movement_columns() -> Iterator[SummaryColumn]:
    """Yield the columns of every movement besides leg movements, and of the restless view."""
    yield from _jerk_columns()
    for name in COUNTED:
        for scope, word in _SCOPES.items():
            what = f"{TITLES[name]}, {word if word != 'nrem' else 'NREM'}"
            yield from rate_columns(
                f"{name}_{word}", what, f"rates: {name}, {scope}", _rate(name, scope)
            )
    for name in _KINDS:
        yield from _kind_columns(name)
    yield from _fragmentary_columns()
    yield from _rem_columns()
    yield from _heart_columns()
    yield from _restless_columns()


def _rate(name: str, scope: str) -> Callable[[Score], Rate | None]:
    return lambda score: score.rate(name, "", scope)


def _jerk_columns() -> Iterator[SummaryColumn]:
    for context in CONTEXTS:
        stem = f"jerks_{context.replace(' ', '_').replace('-', '_')}"
        for tier in TIERS:
            yield SummaryColumn(
                name=f"{stem}_{tier}_count",
                description=f"Hypnic jerks, {tier}, {context}: how many in the night.",
                source=f"movements.jerks: {context}, {tier}, count",
                value=_jerks(context, tier, "count"),
            )
        if context != OTHER:
            yield SummaryColumn(
                name=f"{stem}_readable_s",
                description=f"Time around {context} in which an EMG can be read.",
                source=f"movements.jerks: {context}, {TIERS[0]}, readable_s",
                value=_jerks(context, TIERS[0], "readable_s"),
            )


def _jerks(context: str, tier: str, name: str) -> Callable[[Score], Cell]:
    def value(score: Score) -> Cell:
        for one in () if score.movements is None else score.movements.jerks:
            if (one.context, one.tier, one.onset) == (context, tier, -1):
                return cell(getattr(one, name))
        return None

    return value


def _kind_columns(name: str) -> Iterator[SummaryColumn]:
    parts: dict[str, tuple[str, Callable[[KindSummary], Any]]] = {
        "recording_count": ("how many in the whole recording", lambda one: one.count),
        "recording_excluded_count": (
            "how many of its form that something else explains",
            lambda one: None if one.count is None else sum(one.excluded.values()),
        ),
        "longest_s": ("the longest", lambda one: one.longest_s),
        "duration_s": ("all together", lambda one: one.total_s),
    }
    for end, (words, read) in parts.items():
        yield SummaryColumn(
            name=f"{name}_{end}",
            description=f"{TITLES[name]}: {words}.",
            source=f"movements.kinds: {name}",
            value=_kind(name, read),
        )


def _kind(name: str, read: Callable[[KindSummary], Any]) -> Callable[[Score], Cell]:
    def value(score: Score) -> Cell:
        return cell(next(read(one) for one in kind_summaries(score) if one.name == name))

    return value


def _fragmentary_columns() -> Iterator[SummaryColumn]:
    yield at(
        "fragmentary_per_hour_of_nrem",
        "movements.fragmentary_per_hour",
        "Fragmentary potentials per hour of NREM.",
    )

    def myoclonus(score: Score) -> Cell:
        found = score.movements
        if found is None or found.fragmentary_per_hour is None:
            return None
        return len(score.events.counted().of_kind("EFM"))

    yield SummaryColumn(
        name="excessive_fragmentary_myoclonus_count",
        description="Runs of excessive fragmentary myoclonus.",
        source="events: EFM",
        value=myoclonus,
    )


def _rem_columns() -> Iterator[SummaryColumn]:
    for role in _REM_ROLES:
        stem = f"rem_{role.replace(':', '_')}"
        words = " ".join(reversed(role.split(":")))
        for name, what in (("epochs", "REM epochs"), ("mini_epochs", "mini-epochs counted")):
            yield SummaryColumn(
                name=f"{stem}_{name}_count",
                description=f"{what[0].upper()}{what[1:]}, {words} (first channel of it).",
                source=f"movements.rem.channels: {role}, {name}",
                value=_rem(role, name),
            )
        for name, what in _REM_SHARES.items():
            if role == "chin" or name not in _LIMB:
                yield SummaryColumn(
                    name=f"{stem}_{name}_percent",
                    description=f"Muscle activity in REM sleep, {words}: {what}.",
                    source=f"movements.rem.channels: {role}, {name}",
                    value=_rem(role, name),
                )
    yield at("rem_atonia_index", "movements.rem.atonia_index.value", "REM atonia index, 0 to 1.")
    yield at(
        "rem_atonia_s",
        "movements.rem.atonia_index.seconds",
        "Seconds of REM sleep the REM atonia index is taken from.",
    )


def _rem(role: str, name: str) -> Callable[[Score], Cell]:
    def value(score: Score) -> Cell:
        found = None if score.movements is None else score.movements.rem
        channels: tuple[RemChannel, ...] = () if found is None else found.channels
        for one in channels:
            if one.role == role:
                share = getattr(one, name)
                return cell(share.percent if isinstance(share, Share) else share)
        return None

    return value


def _heart_columns() -> Iterator[SummaryColumn]:
    heart = "movements.heart"
    yield at("heart_rise_bpm", f"{heart}.peak_rise_bpm", "Highest mean rise after a PLMS.")
    yield at("heart_rise_latency_s", f"{heart}.peak_latency_s", "When it is highest, after onset.")
    for name, source, words in (
        ("heart_used_count", "n", "Movements the mean course is made of."),
        ("heart_left_out_count", "n_left_out", "Movements that are not in it."),
    ):
        yield at(name, f"{heart}.{source}", words)


def _restless_columns() -> Iterator[SummaryColumn]:
    yield at("restless_rules", "restless.rules", "Rule set of the restless-legs view.")
    for name, what in _RESTLESS_RATES.items():
        yield from rate_columns(f"restless_{name}", what, f"restless.{name}", _restless(name))
    for name, words in (
        ("third_ratio", "Index of the last third of the night over that of the first."),
        ("slope_per_hour", "Change of the index from one hour of the night to the next."),
        ("falling", "yes where that ratio is at or under the limit, no above it."),
    ):
        yield at(f"restless_{name}", f"restless.{name}", words)
    for name, path, words in (
        ("interval_count", "count", "Intervals looked at."),
        ("interval_peak_s", "mode_s", "Where the intervals are densest."),
        ("interval_geometric_sd", "geometric_sd", "Geometric SD of the intervals, a factor."),
    ):
        yield at(f"restless_{name}", f"restless.interval.{path}", words)


def _restless(name: str) -> Callable[[Score], Rate | None]:
    def find(score: Score) -> Rate | None:
        found: Rate | None = None if score.restless is None else getattr(score.restless, name)
        return found

    return find
