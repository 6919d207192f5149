"""Hypnic jerks and fragmentary myoclonus beside their published patterns."""

from __future__ import annotations

import numpy as np

from psgscore.model.criteria import WASM_2016
from psgscore.model.differential import Feature, Pattern
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import NREM, Stage
from psgscore.model.jerk_criteria import FragmentaryCriteria
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.score import Score
from psgscore.score.differential_parts import (
    NO_STAGES,
    all_unknown,
    counted_in,
    held,
    lasting,
    none_found,
    plural,
    share,
    stage_shares,
    stated,
    unknown,
    why_not,
)
from psgscore.score.fragmentary import KIND, NOT_NREM, RUN_KIND, TOGETHER, WHAT
from psgscore.score.jerk_candidates import count_muscles, muscles_of
from psgscore.score.jerk_context import CONTEXT, CONTEXTS, OTHER
from psgscore.score.jerks import TIERS
from psgscore.score.plm import number_series

_LIGHT = (Stage.W, Stage.N1, Stage.N2)


def jerk_pattern(score: Score, criteria: MovementCriteria) -> Pattern:
    """Return what the night's hypnic jerks show."""
    rules = criteria.jerks
    texts = {
        "burst": f"{1000 * rules.core_min_s:g}-{1000 * rules.core_max_s:g} ms",
        "recurrence": "single, not periodic",
        "when": "wake to N1, light N2",
        "muscles": "several at once",
        "software says": "tier",
    }
    jerks = counted_in(score, "jerk")
    key, title = "hypnic_jerk", "Hypnic jerk"
    looked = score.movements is not None and any(
        one.count is not None for one in score.movements.jerks
    )
    if not looked and not len(jerks):
        features = all_unknown(texts, why_not(score, "hypnic jerks"))
        return Pattern(key=key, title=title, count=None, features=features)
    if not len(jerks):
        return Pattern(key=key, title=title, count=0, features=none_found(texts))
    durations_s = jerks.measures.get("duration_ms", 1000 * jerks.duration_s) / 1000
    words, numbers = lasting(durations_s)
    core = rules.core_min_s <= float(np.median(durations_s)) <= rules.core_max_s
    tiers = {tier: float(jerks.is_kind(f"jerk:{tier}").sum()) for tier in TIERS}
    said = ", ".join(f"{count:.0f} {tier}" for tier, count in tiers.items())
    features = (
        held("burst", texts["burst"], words, core, numbers),
        _jerk_recurrence(score, jerks, texts["recurrence"], criteria),
        _jerk_when(score, jerks, texts["when"], criteria),
        _jerk_muscles(score, jerks, texts["muscles"], criteria),
        stated(texts["software says"], said, tiers),
    )
    return Pattern(key=key, title=title, count=len(jerks), features=features)


def _jerk_recurrence(score: Score, jerks: Events, text: str, criteria: MovementCriteria) -> Feature:
    """Say how many jerks stand in a row as periodic movements do."""
    rules = score.legs[0].criteria if score.legs else WASM_2016
    rows = number_series(jerks.start_s, rules) > 0
    inside = int(rows.sum())
    words = (
        f"{inside} of {len(jerks)} in a row of {rules.min_movements} or more, "
        f"{rules.min_interval_s:g}-{rules.max_interval_s:g} s apart"
    )
    numbers: dict[str, float | None] = {"in_a_row": float(inside), "jerks": float(len(jerks))}
    single = 1 - share(rows) >= criteria.differential.most_share
    return held("recurrence", text, words, single, numbers)


def _jerk_when(score: Score, jerks: Events, text: str, criteria: MovementCriteria) -> Feature:
    """Say where jerks stand: around sleep onset, and in which stages."""
    shares = stage_shares(jerks, score.hypnogram)
    contexts = jerks.text(CONTEXT)
    if shares is None or score.hypnogram is None or not np.isin(contexts, CONTEXTS).all():
        return unknown("when", text, NO_STAGES if shares is None else "no sleep onset is known")
    counts = {context: int(np.sum(contexts == context)) for context in CONTEXTS}
    places = ", ".join(
        f"{'elsewhere' if context == OTHER else f'at {context}'} {count}"
        for context, count in counts.items()
    )
    numbers = shares[1] | {context.replace(" ", "_"): float(n) for context, n in counts.items()}
    light = np.isin(score.hypnogram.at(jerks.start_s), _LIGHT)
    around = share((contexts != OTHER) & light) >= criteria.differential.most_share
    return held("when", text, f"{places}; {shares[0]}", around, numbers)


def _jerk_muscles(score: Score, jerks: Events, text: str, criteria: MovementCriteria) -> Feature:
    seen = jerks.measures.get("n_muscles", np.full(len(jerks), np.nan))
    if np.isnan(seen).any():
        return unknown("muscles", text, "it is not known in how many muscles they were seen")
    several = seen >= 2
    if not several.any() and _usable_muscles(score) < 2:
        return unknown("muscles", text, "one muscle was recorded")
    words = f"{int(several.sum())} of {len(jerks)} in two or more muscles at once"
    numbers: dict[str, float | None] = {
        "several": float(several.sum()),
        "most_muscles": float(seen.max()),
    }
    most = share(several) >= criteria.differential.most_share
    return held("muscles", text, words, most, numbers)


def _usable_muscles(score: Score) -> int:
    """Return how many muscles can be told apart in EMG that is fast enough for short bursts."""
    roles = {} if score.movements is None else score.movements.muscles
    refused = [one.what for one in score.not_scored if "hypnic jerks and frag" in one.what]
    fast = {
        label: role
        for label, role in roles.items()
        if not any(what.endswith(f" on {label}") for what in refused)
    }
    return count_muscles(muscles_of(fast))


def fragmentary_pattern(score: Score, criteria: MovementCriteria) -> Pattern:
    """Return what the night's fragmentary potentials show."""
    rules = criteria.fragmentary
    texts = {
        "burst": f"<= {1000 * rules.max_duration_s:g} ms",
        "recurrence": f">= {rules.per_minute}/min for {rules.min_minutes} min, irregular",
        "when": "NREM",
        "muscles": "small, multifocal, not synchronous",
        "software says": "potentials/min",
    }
    found = counted_in(score, KIND)
    key, title = "efm", "Fragmentary myoclonus (EFM where excessive)"
    per_hour = None if score.movements is None else score.movements.fragmentary_per_hour
    if per_hour is None:
        features = all_unknown(texts, why_not(score, WHAT, "fragmentary myoclonus"))
        return Pattern(key=key, title=title, count=None, features=features)
    said = f"{per_hour / 60:.2f} potentials/min of NREM"
    software = stated(texts["software says"], said, {"per_min": per_hour / 60})
    if not len(found):
        features = (*none_found(texts, except_for="software says"), software)
        return Pattern(key=key, title=title, count=0, features=features)
    words, numbers = lasting(found.duration_s)
    short = float(np.median(found.duration_s)) <= rules.max_duration_s
    features = (
        held("burst", texts["burst"], words, short, numbers),
        _runs(score, texts["recurrence"], rules),
        _fragmentary_when(score, texts["when"], criteria),
        _fragmentary_muscles(score, texts["muscles"], criteria),
        software,
    )
    return Pattern(key=key, title=title, count=len(found), features=features)


def _runs(score: Score, text: str, rules: FragmentaryCriteria) -> Feature:
    """Say how long there are enough potentials; whether they are irregular is not judged."""
    runs = counted_in(score, RUN_KIND)
    missing = [one.reason for one in score.not_scored if one.what == WHAT]
    if missing and not len(runs):
        return unknown("recurrence", text, missing[0])
    minutes = float(runs.duration_s.sum()) / 60
    words = f"no stretch of {rules.min_minutes} min with {rules.per_minute}/min"
    densest = None
    if len(runs):
        densest = float(np.max(runs.measures.get("potentials_per_min", np.full(1, np.nan))))
        words = f"{plural(len(runs), 'run')}, {minutes:.0f} min in all"
        if np.isfinite(densest):
            words += f", {densest:.1f} potentials/min in the densest"
        words += "; regularity is not judged"
    numbers = {"runs": float(len(runs)), "minutes": minutes, "per_min": densest}
    return held("recurrence", text, words, bool(len(runs)), numbers)


def _fragmentary_when(score: Score, text: str, criteria: MovementCriteria) -> Feature:
    """Say in which stages potentials are, those outside NREM among them."""
    every = score.events.of_kind(KIND)
    found = every.where(np.isin(every.text(EXCLUDED_BY), ("", NOT_NREM)))
    shares = stage_shares(found, score.hypnogram)
    if shares is None or score.hypnogram is None:
        return unknown("when", text, NO_STAGES)
    asleep = share(np.isin(score.hypnogram.at(found.start_s), NREM))
    inside = asleep >= criteria.differential.most_share
    return held("when", text, f"{shares[0]} (n = {len(found)})", inside, shares[1])


def _fragmentary_muscles(score: Score, text: str, criteria: MovementCriteria) -> Feature:
    """Say on how many channels potentials are, and how many are of two muscles at once."""
    every = score.events.of_kind(KIND)
    nrem = every.where(np.isin(every.text(EXCLUDED_BY), ("", TOGETHER)))
    together = nrem.text(EXCLUDED_BY) == TOGETHER
    channels = np.unique(counted_in(score, KIND).channel).size
    if _usable_muscles(score) < 2 and channels < 2:
        return unknown("muscles", text, "one muscle was recorded")
    words = (
        f"on {plural(channels, 'channel')}; {int(together.sum())} of {len(nrem)} in two muscles "
        "at once, and not counted"
    )
    numbers: dict[str, float | None] = {
        "channels": float(channels),
        "synchronous": float(together.sum()),
        "potentials": float(len(nrem)),
    }
    apart = 1 - share(together) >= criteria.differential.most_share
    return held("muscles", text, words, channels >= 2 and apart, numbers)
