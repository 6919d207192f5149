"""Agreement between two scorings of one night."""

from psgscore.agree.doubts import Calibration, calibration, errors_caught
from psgscore.agree.stages import StageAgreement, compare_stages, judged, pooled

__all__ = [
    "Calibration",
    "StageAgreement",
    "calibration",
    "compare_stages",
    "errors_caught",
    "judged",
    "pooled",
]
