"""Which legs the movements come from, and what cannot be said of the others."""

from __future__ import annotations

from psgscore.model.score import ChannelUsed, Score

SIDES = ("left", "right", "bilateral")


def leg_channels(score: Score) -> tuple[ChannelUsed, ...]:
    """Return the leg channels the score rests on."""
    channels = score.provenance.channels
    return tuple(channel for channel in channels if channel.role.startswith("leg"))


def one_leg_only(score: Score) -> str:
    """Say, in a few words, that there is no second leg; "" where there are two or none is known."""
    roles = {channel.role for channel in leg_channels(score)}
    if not score.legs or not roles:
        return ""
    if roles == {"leg:both"}:
        return "both legs on one derivation"
    sides = roles & {"leg:left", "leg:right"}
    if len(sides) == 1 and len(leg_channels(score)) == 1:
        return f"{sides.pop().removeprefix('leg:')} leg only"
    return ""


def unknown_sides(score: Score) -> frozenset[str]:
    """Return the sides of which nothing can be known: a count of 0 there would mislead."""
    found = {side for leg in score.legs for side in leg.verdicts.side.tolist()}
    one = one_leg_only(score)
    if one.endswith("leg only"):
        return frozenset(SIDES) - {one.split()[0]}
    if one or found == {""}:
        return frozenset(SIDES)
    return frozenset()


def why_no_sides(score: Score) -> str:
    """Say, in a few words, why left and right are not known."""
    one = one_leg_only(score)
    if not one and not any(len(leg.movements) for leg in score.legs):
        return "there is no leg movement"
    return one or "the legs are not told apart"
