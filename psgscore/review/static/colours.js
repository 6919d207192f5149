/** The colours of what is drawn; none of them says anything alone. */

export const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
export const FONT_BOLD = `600 ${FONT}`;

export const COLOURS = {
  paper: "#ffffff",
  paperVeil: "rgba(255, 255, 255, 0.82)",
  ink: "#1c2733",
  quiet: "#55636f",
  grid: "#d5dde4",
  gridFine: "#eff3f6",
  separator: "#e9eef2",
  outside: "#e8ecef",
  rest: "#9fb0bd",
  offset: "#5f7f8f",
  onset: "#b0562a",
  focus: "#0b57d0",
  /** @type {Readonly<Record<string, string>>} */
  signal: {
    leg: "#22303c",
    EEG: "#1f3a5f",
    EOG: "#37507a",
    chin: "#3f3f52",
    ECG: "#7a2e3a",
    respiration: "#1f5c57",
    SpO2: "#6a3d7c",
  },
  /** @type {Readonly<Record<string, {fill: string, line: string, mark: string}>>} */
  side: {
    left: { fill: "0, 98, 178", line: "#00548f", mark: "L" },
    right: { fill: "196, 104, 0", line: "#8f4a00", mark: "R" },
    bilateral: { fill: "0, 125, 95", line: "#00664d", mark: "L+R" },
    "": { fill: "90, 100, 112", line: "#4a5560", mark: "LM" },
  },
  /** @type {Readonly<Record<string, {fill: string, line: string}>>} */
  group: {
    arousal: { fill: "#fbe3b4", line: "#8a5a00" },
    respiratory: { fill: "#cfe6f7", line: "#1d5f92" },
    movement: { fill: "#e5daf3", line: "#61419a" },
    mark: { fill: "#dfe4e8", line: "#4a5560" },
  },
  /** By value of the stage. @type {Readonly<Record<number, string>>} */
  stage: {
    [-1]: "#f1f3f5",
    0: "#f6e7c8",
    1: "#dcebf5",
    2: "#c3dbee",
    3: "#9fc2e2",
    4: "#f3d0d4",
  },
  rem: "#b3263a",
  hypnogram: "#22425f",
  accepted: "#2f7d4f",
};
