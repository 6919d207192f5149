"""What the page is told of the server it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the page is told of the server.

    Parameters
    ----------
    reviewer : str
        Who reviews.
    blind : bool
        Nothing automatic is shown.
    folder : bool
        There is a worklist.
    others : tuple of str
        Names of other scorers: one to compare with, or two between whom the reviewer decides.
    idle_exit_s : float
        The server leaves when nobody asked for anything for so long.
    """

    reviewer: str = ""
    blind: bool = False
    folder: bool = False
    others: tuple[str, ...] = ()
    idle_exit_s: float = 1800.0
