"""Every number of the movements besides leg movements, family by family."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.accelerometer_criteria import ACCELEROMETER, AccelerometerCriteria
from psgscore.model.chin_criteria import (
    BRUXISM,
    LARGE_MOVEMENTS,
    BruxismCriteria,
    LargeMovementCriteria,
)
from psgscore.model.differential_criteria import DIFFERENTIAL, DifferentialCriteria
from psgscore.model.heart_criteria import (
    HEART,
    HEART_RESPONSE,
    HEART_RISE,
    HeartCriteria,
    HeartResponseCriteria,
    HeartRiseCriteria,
)
from psgscore.model.jerk_criteria import (
    FRAGMENTARY,
    GRAPHOELEMENTS,
    JERKS,
    SHORT_BURSTS,
    FragmentaryCriteria,
    GraphoelementCriteria,
    JerkCriteria,
    ShortBurstCriteria,
)
from psgscore.model.rem_criteria import REM_ATONIA, RemAtoniaCriteria
from psgscore.model.restless_criteria import (
    IMMOBILISATION,
    RESTLESS,
    ImmobilisationCriteria,
    RestlessCriteria,
)
from psgscore.model.train_criteria import (
    DISCRETE_BURSTS,
    TRAINS,
    DiscreteBurstCriteria,
    TrainCriteria,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementCriteria:
    """What makes each movement of sleep besides leg movements."""

    short_bursts: ShortBurstCriteria = SHORT_BURSTS
    graphoelements: GraphoelementCriteria = GRAPHOELEMENTS
    jerks: JerkCriteria = JERKS
    fragmentary: FragmentaryCriteria = FRAGMENTARY
    rem_atonia: RemAtoniaCriteria = REM_ATONIA
    bruxism: BruxismCriteria = BRUXISM
    large_movements: LargeMovementCriteria = LARGE_MOVEMENTS
    heart: HeartCriteria = HEART
    heart_rise: HeartRiseCriteria = HEART_RISE
    heart_response: HeartResponseCriteria = HEART_RESPONSE
    accelerometer: AccelerometerCriteria = ACCELEROMETER
    restless: RestlessCriteria = RESTLESS
    immobilisation: ImmobilisationCriteria = IMMOBILISATION
    discrete_bursts: DiscreteBurstCriteria = DISCRETE_BURSTS
    trains: TrainCriteria = TRAINS
    differential: DifferentialCriteria = DIFFERENTIAL


MOVEMENTS = MovementCriteria()
