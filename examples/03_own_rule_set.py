"""A rule set of one's own is another value of the same type."""

from dataclasses import replace

import psgscore

mine = replace(psgscore.WASM_2016, name="at-least-five", min_movements=5)
events = psgscore.Events.of("LM:left", [100, 120, 140, 160], [102, 122, 142, 162])
score = psgscore.score_events(events, rules=[psgscore.WASM_2016, mine])
for leg in score.legs:
    print(leg.criteria.name, int(leg.verdicts.plm.sum()), "periodic movements")
