"""Agreement between scorings: events, stages, indices over recordings, several scorers."""

from psgscore.agree.consensus import event_consensus, stage_consensus
from psgscore.agree.doubts import Calibration, calibration, errors_caught
from psgscore.agree.events import EventAgreement, Hits, MatchRule, compare_events
from psgscore.agree.indices import BlandAltman, Estimate, bland_altman, icc_2_1
from psgscore.agree.matching import match_by_onset, match_by_overlap
from psgscore.agree.pairs import PairAgreement, against_others, all_pairs, compare_pair, consensus
from psgscore.agree.resample import bootstrap_mean
from psgscore.agree.stages import StageAgreement, compare_stages, judged, pooled

__all__ = [
    "BlandAltman",
    "Calibration",
    "Estimate",
    "EventAgreement",
    "Hits",
    "MatchRule",
    "PairAgreement",
    "StageAgreement",
    "against_others",
    "all_pairs",
    "bland_altman",
    "bootstrap_mean",
    "calibration",
    "compare_events",
    "compare_pair",
    "compare_stages",
    "consensus",
    "errors_caught",
    "event_consensus",
    "icc_2_1",
    "judged",
    "match_by_onset",
    "match_by_overlap",
    "pooled",
    "stage_consensus",
]
