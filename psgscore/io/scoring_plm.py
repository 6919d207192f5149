"""Whether a lab's leg movements are all of them, where it also marked PLM.

Some programs mark whole series as PLM, over the movements. Others relabel the movements
themselves: those in a series are PLM, only the others are LM, and numbers from the LM alone
would look like those of a quiet night.
"""

from __future__ import annotations

import numpy as np

from psgscore.model.events import Events
from psgscore.model.finding import Finding


def movements_missing(events: Events) -> Finding | None:
    """Return a finding where PLM marks lie in which no leg movement is marked.

    Parameters
    ----------
    events : Events
        Of one scoring; ``"LM"`` and its sides, and ``"PLM:imported"``.
    """
    legs, series = events.of_kind("LM"), events.of_kind("PLM")
    if not len(legs) or not len(series):
        return None
    n_begun = np.searchsorted(np.sort(legs.start_s), series.stop_s, side="right")
    n_ended = np.searchsorted(np.sort(legs.stop_s), series.start_s, side="left")
    n_alone = int(np.sum(n_begun <= n_ended))
    if not n_alone:
        return None
    message = (
        f"{n_alone} of {len(series)} PLM marks hold no marked leg movement: the program may "
        "have called movements in a series PLM, so the leg movements are not all of them and are "
        "not scored"
    )
    return Finding("scoring.movements-incomplete", message)
