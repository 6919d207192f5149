/** Small documents as the server sends them. */

/** @param {Record<string, unknown>} [change] */
export function channel(change = {}) {
  return {
    id: "c0", label: "Left Leg", role: "leg:left", group: "leg", rate_hz: 256, unit: "uV",
    shown: true, derived: false, made_of: "", range: 100, usable: true, why_not: "",
    filter: { text: "10 to 100 Hz", high_pass_hz: 10, low_pass_hz: 100, as_scored: true },
    ...change,
  };
}

export const CHANNELS = [
  channel(),
  channel({ id: "c1", label: "Right Leg", role: "leg:right" }),
  channel({ id: "c2", label: "C3-M2", role: "EEG", group: "EEG" }),
  channel({ id: "c3", label: "Flow", role: "flow", group: "respiration" }),
];

export const KINDS = [
  { kind: "LM:left", title: "", group: "leg" },
  { kind: "LM:right", title: "", group: "leg" },
  { kind: "LM", title: "", group: "leg" },
  { kind: "arousal", title: "", group: "arousal" },
  { kind: "apnea:central", title: "", group: "respiratory" },
  { kind: "lights_off", title: "", group: "mark" },
];

/** One movement of both legs in a series, one that was rejected, one arousal. */
export function state() {
  return {
    n: 3, changed: true,
    events: {
      id: ["e0", "e1", "e2", "e3"],
      start_s: [10, 10.2, 40, 41], stop_s: [12, 12.2, 41, 44],
      kind: ["LM:left", "LM:right", "LM:left", "arousal"], channel: ["c0", "c1", "c0", ""],
      peak_uv: [1, 1, 1, null], resting_uv: [1, 1, 1, null],
      rejected: ["", "", "rejected in review", ""],
      changed: [false, false, true, false], excluded_by: ["", "", "rejected in review", ""],
    },
    movements: {
      wasm: {
        start_s: [10], stop_s: [12.2], side: ["bilateral"], stage: [2], series: [4],
        plm: [true], candidate: [true], excluded_by: [""], arousal: [null],
        respiratory: [false], events: [["e0", "e1"]],
      },
    },
    hypnogram: null, indices: [], not_scored: [], recompute_ms: 1, review: {},
  };
}
