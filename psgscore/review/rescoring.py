"""The numbers of a review: the same rules as ever, on the events and stages as they stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.restless_criteria import RESTLESS, RestlessCriteria
from psgscore.model.score import Score
from psgscore.model.scoring import covered
from psgscore.review.edits import Base
from psgscore.review.state import ReviewState
from psgscore.score.bilateral import SIDES
from psgscore.score.night import Context, missing_for, score_events

_LIGHTS = "lights."
_HUMAN = ("lights_off", "lights_on")


def base_of(score: Score) -> Base:
    """Return what a review of a score starts from."""
    return Base(
        events=score.events,
        hypnogram=score.hypnogram,
        scorer=score.scorer,
        duration_s=score.duration_s,
    )


def blinded(score: Score) -> Score:
    """Return the score as one who must not see it gets it: no events, no stages, only lights."""
    # What is named here is kept, so that nothing new in a score is shown by accident.
    return Score(
        provenance=score.provenance,
        start=score.start,
        duration_s=score.duration_s,
        hypnogram=None,
        events=score.events.of_kind(*_HUMAN),
        legs=(),
        gaps=score.gaps,
        unreadable=score.unreadable,
        sleep=None,
        rates=(),
        statistics=(),
        histograms=(),
        not_scored=(),
        findings=score.findings,
        subject=score.subject,
    )


def base_sha256(base: Base) -> str:
    """Return the SHA-256 of the events and stages that ids and epochs refer to."""
    events, digest = base.events, hashlib.sha256()
    words = "\n".join([*events.kind.tolist(), *events.channel.tolist()])
    digest.update(events.spans.astype("<f8").tobytes() + words.encode("utf-8", "surrogatepass"))
    if base.hypnogram is not None:
        place = np.array([base.hypnogram.start_s, base.hypnogram.epoch_s], "<f8")
        digest.update(place.tobytes() + base.hypnogram.stages.tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rescoring:
    """How the events of a review are scored: as its base was.

    Parameters
    ----------
    base : Score
        The score under review.
    context : Context
        What is known of the night besides events and stages.
    covers : frozenset of str
        What was scored before the review, found or not.
    """

    base: Score
    context: Context
    covers: frozenset[str]

    @classmethod
    def of(cls, base: Score) -> Rescoring:
        """Work out of a score how it was made."""
        covers = covers_of_score(base)
        bare = Context(
            duration_s=base.duration_s,
            start=base.start,
            covers=covers,
            gaps=base.gaps,
            unreadable=base.unreadable,
            findings=tuple(one for one in base.findings if not one.code.startswith(_LIGHTS)),
            restless=restless_criteria(base),
            provenance=base.provenance,
        )
        # What the rules say of missing things they will say again, unless it is there by then.
        said = missing_for(base.provenance.rules, base.hypnogram, covers)
        known = tuple(one for one in base.not_scored if one not in said)
        return cls(base=base, context=replace(bare, not_scored=known), covers=covers)

    def __call__(self, state: ReviewState) -> Score:
        """Return the leg movements, indices and sleep measures of a review as it stands."""
        return self.score(state.for_rules(), state.hypnogram)

    def score(self, events: Events, hypnogram: Hypnogram | None) -> Score:
        """Return the score of some events and stages of this night."""
        new = covered(events) - self.covers
        context = replace(self.context, covers=self.covers | new)
        if new:
            context = replace(context, findings=(*context.findings, *_begun(new)))
        if self.base.hypnogram is None and hypnogram is not None:
            left = tuple(one for one in context.not_scored if not _for_want_of_stages(one))
            context = replace(context, not_scored=left)
        return score_events(events, hypnogram, rules=self.base.provenance.rules, context=context)


def restless_criteria(score: Score) -> RestlessCriteria:
    """Return how a score looks at leg movements with restless legs in mind."""
    used = score.provenance.movements if score.movements is None else score.movements.criteria
    return RESTLESS if used is None else used.restless


def _for_want_of_stages(missing: NotScored) -> bool:
    words = f"{missing.what} {missing.reason}".lower()
    return "stage" in words or "hypnogram" in words


def covers_of_score(score: Score) -> frozenset[str]:
    """Return what was scored in a score, found or not; see `Context`."""
    found = set(covered(score.events))
    if score.legs:
        verdicts = score.legs[0].verdicts
        # A leg that was looked at has a count, be it 0.
        counted = {rate.name for rate in score.rates}
        found |= {"LM"} | {f"LM:{side}" for side in SIDES if f"clm_{side}" in counted}
        looked = {
            "arousal": verdicts.arousal,
            "automatic_arousal": verdicts.automatic_arousal,
            "respiratory": verdicts.respiratory,
        }
        found |= {name for name, column in looked.items() if column is not None}
    else:
        found.discard("LM")
    if score.sleep is not None and score.sleep.arousals is not None:
        found.add("arousal")
    return frozenset(found)


def doubt_of(hypnogram: Hypnogram | None) -> list[float | None]:
    """Return by epoch how unsure its stage is, 0 to 1; None where nothing says so."""
    if hypnogram is None:
        return []
    if hypnogram.probabilities is None:
        return [None] * len(hypnogram)
    staged = hypnogram.stages != Stage.UNSCORED
    rows = np.arange(len(hypnogram))
    sure = np.asarray(hypnogram.probabilities)[rows, np.where(staged, hypnogram.stages, 0)]
    known = staged & np.isfinite(sure)
    return [
        round(1 - float(p), 3) if ok else None
        for p, ok in zip(sure.tolist(), known.tolist(), strict=True)
    ]


def _begun(kinds: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            "review.begun-here",
            f"nobody had scored {kind} before the review: what was marked in it is taken for all "
            "there is",
        )
        for kind in sorted(kinds)
    ]
