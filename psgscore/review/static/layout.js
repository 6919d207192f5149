/** Where everything lies on the plot, and what lies under a point. Pure. */

/** @import {Channel, Layout, Marked, Page, Track} from "./types.js" */

const AXIS_H = 20;
const STAGE_H = 22;
const LANE_H = 18;
const GAP = 4;
const EDGE_PX = 5;
const LEAST_TRACK_H = 28;
/** Kept at the top of a leg for the flags of its movements, so that signals do not hide them. */
const FLAG_H = 15;

export const LANES = ["arousal", "respiratory", "movement", "mark"];

/** @type {Readonly<Record<string, number>>} */
const WEIGHTS = { leg: 1.9, EEG: 1, EOG: 0.9, chin: 0.9, ECG: 0.8, respiration: 0.9, SpO2: 0.7 };

/**
 * @param {number} width
 * @param {number} height
 * @param {readonly Channel[]} channels in the order they are drawn
 * @returns {Layout}
 */
export function layoutOf(width, height, channels) {
  const axis = { y: 0, h: AXIS_H };
  const stage = { y: AXIS_H, h: STAGE_H };
  let y = AXIS_H + STAGE_H + 2;
  const lanes = LANES.map((group, k) => ({ group, y: y + k * LANE_H, h: LANE_H }));
  y += LANES.length * LANE_H + GAP;
  const weights = channels.map((one) => WEIGHTS[one.group] ?? 0.8);
  const total = weights.reduce((sum, one) => sum + one, 0);
  const free = height - y - GAP;
  const tracks = channels.map((one, k) => {
    const share = Math.round((free * (weights[k] ?? 0)) / total);
    const h = Math.max(LEAST_TRACK_H, share);
    const flag = one.role.startsWith("leg") ? FLAG_H : 0;
    const track = { id: one.id, y, h, group: one.group, role: one.role, flag };
    y += h;
    return track;
  });
  return { width, height: Math.max(height, y + GAP), axis, stage, lanes, tracks };
}

/**
 * @param {Page} page
 * @param {number} width
 * @param {number} timeS
 */
export const xOf = (page, width, timeS) => ((timeS - page.start_s) / page.span_s) * width;

/**
 * @param {Page} page
 * @param {number} width
 * @param {number} x
 */
export const timeOf = (page, width, x) => page.start_s + (x / width) * page.span_s;

/**
 * The rows an event is drawn in.
 * @param {Layout} layout
 * @param {Marked} event
 * @returns {{y: number, h: number}[]}
 */
export function rowsOf(layout, event) {
  if (event.group === "leg") {
    const own = layout.tracks.filter((one) => one.id === event.channel);
    if (own.length) return own;
    // Its channel is not drawn, or unknown: the other leg is the last place to look for it.
    const legs = layout.tracks.filter((one) => one.group === "leg");
    const same = legs.filter((one) => one.role === event.kind.replace("LM", "leg"));
    return same.length ? same : legs;
  }
  return layout.lanes.filter((one) => one.group === event.group);
}

/**
 * What a press at a point would take hold of.
 * @typedef {{what: "edge", event: Marked, edge: "start_s"|"stop_s"}
 *   | {what: "event", event: Marked}
 *   | {what: "new", group: string, channel: string, y: number, h: number}
 *   | {what: "epoch"} | {what: "none"}} Hold
 */

/**
 * @param {Layout} layout
 * @param {Page} page
 * @param {readonly Marked[]} events on the page
 * @param {{x: number, y: number}} point
 * @param {string} chosen id of the chosen event: its edges come first
 * @returns {Hold}
 */
export function holdAt(layout, page, events, point, chosen) {
  const { x, y } = point;
  if (y >= layout.stage.y && y < layout.stage.y + layout.stage.h) return { what: "epoch" };
  const here = events
    .filter((one) => rowsOf(layout, one).some((row) => y >= row.y && y < row.y + row.h))
    .sort((one, other) => Number(other.id === chosen) - Number(one.id === chosen));
  for (const event of here) {
    const left = xOf(page, layout.width, event.start_s);
    const right = xOf(page, layout.width, event.stop_s);
    // Of a narrow event only the outside of its edges is an edge, so that it can be chosen.
    const inside = Math.min(EDGE_PX, Math.max(0, (right - left) / 4));
    if (x >= left - EDGE_PX && x <= left + inside) return { what: "edge", event, edge: "start_s" };
    if (x >= right - inside && x <= right + EDGE_PX) return { what: "edge", event, edge: "stop_s" };
  }
  const within = here.find(
    (one) =>
      x >= xOf(page, layout.width, one.start_s) && x <= xOf(page, layout.width, one.stop_s),
  );
  if (within) return { what: "event", event: within };
  return emptyAt(layout, y);
}

/** @type {Readonly<Record<string, string>>} */
const MARKED_ON = {
  leg: "leg",
  EEG: "arousal",
  EOG: "arousal",
  chin: "arousal",
  respiration: "respiratory",
  SpO2: "respiratory",
};

/**
 * @param {Layout} layout
 * @param {number} y
 * @returns {Hold}
 */
function emptyAt(layout, y) {
  const lane = layout.lanes.find((one) => y >= one.y && y < one.y + one.h);
  if (lane) return { what: "new", group: lane.group, channel: "", y: lane.y, h: lane.h };
  const track = trackAt(layout, y);
  const group = track && MARKED_ON[track.group];
  if (!track || !group) return { what: "none" };
  const channel = group === "leg" ? track.id : "";
  return { what: "new", group, channel, y: track.y, h: track.h };
}

/**
 * @param {Layout} layout
 * @param {number} y
 * @returns {Track|undefined}
 */
export const trackAt = (layout, y) => layout.tracks.find((one) => y >= one.y && y < one.y + one.h);

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

/**
 * Times of the marks of an axis, whole steps of the clock.
 * @param {Page} page
 * @param {number} width
 * @param {number} startOfDayS clock at the start of the recording
 * @param {number} leastPx between two marks
 */
export function ticks(page, width, startOfDayS, leastPx) {
  const step =
    STEPS_S.find((one) => (one / page.span_s) * width >= leastPx) ?? page.span_s / 2;
  const found = [];
  const first = Math.ceil((page.start_s + startOfDayS) / step - 1e-9) * step - startOfDayS;
  for (let at = first; at <= page.start_s + page.span_s + 1e-9; at += step) found.push(at);
  return { step, at: found };
}

/** uV/mm that are usual, and a mm of the screen as browsers count it. */
export const GAINS = [0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500];
const FINEST = 0.5;
export const PX_PER_MM = 96 / 25.4;

/**
 * The usual gain at which a range fills a track.
 * @param {number} range
 * @param {number} trackPx
 */
export function gainFor(range, trackPx) {
  const wanted = (range * PX_PER_MM) / trackPx;
  const scale = wanted < FINEST ? 10 ** Math.floor(Math.log10(wanted)) : 1;
  const found = GAINS.find((one) => one * scale >= wanted * 0.999);
  return found === undefined ? wanted : found * scale;
}

/**
 * The next gain of the usual ones: up draws larger.
 * @param {number} gain
 * @param {1|-1} step
 */
export function nextGain(gain, step) {
  const row = GAINS.findIndex((one) => one >= gain * 0.999);
  if (row < 0 || (row === 0 && (step > 0 || gain < FINEST * 0.99))) {
    return step > 0 ? gain / 1.5 : gain * 1.5;
  }
  return GAINS[row - step] ?? (step > 0 ? gain / 1.5 : gain * 1.5);
}
