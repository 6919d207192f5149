"""The options of scoring that one recording and many have in common."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from psgscore.cli_options import (
    AS_IT_COMES,
    HowToRead,
    Lights,
    Map,
    NoneFound,
    OwnCriteria,
    Rules,
    Stager,
    Window,
)
from psgscore.model.criteria import SIDE_BY_SIDE

if TYPE_CHECKING:
    from psgscore.options import Options

DEFAULT_RULES = tuple(rules.name for rules in SIDE_BY_SIDE)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class HowToScore:
    """How a recording is scored.

    Parameters
    ----------
    movements
        Take the movements from the EMG, or from the lab's marks.
    stages
        Stage a recording that comes without stages (auto: if it is long enough), or never.
    fill
        Let automatic stages fill the epochs that the given ones leave unscored.
    arousals
        Who marks arousals where none are given: nobody, a rule of low trust, or psgscoring.
    """

    how: HowToRead = AS_IT_COMES
    rules: Rules = DEFAULT_RULES
    respiratory_window: Window = "wide"
    criteria: OwnCriteria = None
    channels: Map = None
    movements: Literal["detect", "imported"] = "detect"
    none_found: NoneFound = ()
    stages: Literal["auto", "always", "given"] = "auto"
    fill: Annotated[bool, Parameter(negative=())] = False
    backend: Stager = "auto"
    arousals: Literal["given", "rule", "psgscoring"] = "given"
    lights_off: Lights = None
    lights_on: Lights = None

    def options(self) -> Options:
        """Return them as the options of the pipeline, rule sets and criteria read.

        Lights are left out: only the recording can place them. So are the scoring files.

        Raises
        ------
        ConfigError
            A rule set or criteria file is wrong.
        """
        from psgscore.io.rules import load_criteria, load_rules  # noqa: PLC0415 - start-up time
        from psgscore.options import Options  # noqa: PLC0415

        detection, movement_criteria = load_criteria(self.criteria)
        return Options(
            **asdict(self.how),
            rules=tuple(load_rules(name) for name in self.rules),
            respiratory_window=self.respiratory_window,
            channels=self.channels,
            detection=detection,
            movement_criteria=movement_criteria,
            movements=self.movements,
            none_found=frozenset(self.none_found),
            stages=self.stages,
            fill=self.fill,
            backend=self.backend,
            arousals=self.arousals,
        )


AS_SHIPPED = HowToScore()
