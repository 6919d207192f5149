"""The fixed words of a report: what a renderer prints that no score changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Titles and sentences that every report has, in its language.

    Parameters
    ----------
    kind : str
        What this document is, above its title.
    program : str
        After the title of the document, where a window or a file list shows it.
    alerts, headlines, context, interpretation, review : str
        Headings of the parts that are no `Section`.
    no_alerts : str
        In the alert strip, where it is empty.
    skip : str
        Link over the head of the report to its numbers, for those who do not use a mouse.
    page : str
        Before the number of a printed page.
    language_note : str
        That explanations are in English, where the labels are not; "" in English.
    """

    kind: str = "Sleep movement report"
    program: str = "psgscore report"
    alerts: str = "Before reading the numbers"
    no_alerts: str = (
        "Everything asked for was scored, and nothing is known that changes the reading."
    )
    headlines: str = "The four numbers"
    context: str = "Context"
    interpretation: str = "Interpretation"
    review: str = "Review"
    skip: str = "Skip to the numbers"
    page: str = "Page"
    language_note: str = ""


ENGLISH = Wording()
