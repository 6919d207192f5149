"""Numbers of the table "which movement is it" that no rule has already, with their source."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import given, require

_SIT = "Michaud et al. 2001, J Sleep Res 10:65-69"
_OWN = "own: no published limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentialCriteria:
    """When a value of a night lies in the published pattern of a movement."""

    plm_mode_s: tuple[float, float] = given(
        (20.0, 40.0), "usual interval of periodic movements in sleep", confirm=True
    )
    wake_mode_s: tuple[float, float] = given(
        (11.0, 12.0), f"usual interval of movements awake; {_SIT}", confirm=True
    )
    wake_often_s: tuple[float, float] = given(
        (5.0, 10.0), "movements awake are often this long", confirm=True
    )
    most_share: float = given(0.5, f"what is called most of the events; {_OWN}")
    min_stage_h: float = given(0.25, f"of a stage, or it has no index to compare; {_OWN}")

    def __post_init__(self) -> None:
        for name in ("plm_mode_s", "wake_mode_s", "wake_often_s"):
            low, high = getattr(self, name)
            require(0 < low < high, f"{name} must rise from above 0")
        require(0 < self.most_share < 1, "most_share must lie in (0, 1)")
        require(self.min_stage_h > 0, "min_stage_h must be above 0")


DIFFERENTIAL = DifferentialCriteria()
