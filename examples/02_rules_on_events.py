"""The rules alone: the same eight movements under two standards."""

import numpy as np

import psgscore

onsets = np.array([100, 120, 140, 160, 164, 184, 204, 224], float)
events = psgscore.Events.of("LM:left", onsets, onsets + 2)
stages = psgscore.Hypnogram(np.full(120, psgscore.Stage.N2, np.int8))
score = psgscore.score_events(events, stages)
for leg in score.legs:
    print(leg.criteria.title, "series:", leg.verdicts.series.tolist())
