/** What is shown, worked out from what the server sent. Pure. */

/** @import {Disagreement, EventColumns, Kind, Marked, Movements, Page, Recording, State, Stop, Uncertain} from "./types.js" */

export const SPANS_S = [10, 30, 60, 120, 300];

/**
 * A page that lies in the recording.
 * @param {number} startS
 * @param {number} spanS
 * @param {number} durationS
 * @returns {Page}
 */
export function pageAt(startS, spanS, durationS) {
  const last = Math.max(0, (Math.ceil(durationS / spanS - 1e-9) - 1) * spanS);
  return { start_s: Math.min(Math.max(0, startS), last), span_s: spanS };
}

/**
 * The page of a fixed grid that holds a time, so that pages are the same however one came.
 * @param {number} timeS
 * @param {number} spanS
 * @param {number} durationS
 */
export function pageWith(timeS, spanS, durationS) {
  return pageAt(Math.floor(timeS / spanS + 1e-9) * spanS, spanS, durationS);
}

/**
 * The page to show a stretch of time: the page at hand if it is on it, else the page of the grid,
 * else one that begins a little before.
 * @param {Page} page
 * @param {number} startS
 * @param {number} stopS
 * @param {number} durationS
 * @param {number} margin seconds around it that are to be on the page as well
 */
export function pageShowing(page, startS, stopS, durationS, margin = page.span_s / 50) {
  /** @param {Page} one */
  const shows = (one) => startS >= one.start_s && stopS <= one.start_s + one.span_s - margin;
  if (shows(page) && startS >= page.start_s + margin) return page;
  const grid = pageWith(startS, page.span_s, durationS);
  if (shows(grid)) return grid;
  const before = Math.max(0, Math.min(page.span_s / 5, page.span_s - (stopS - startS)));
  return pageAt(startS - before, page.span_s, durationS);
}

/**
 * @param {string} kind
 * @param {readonly Kind[]} kinds
 * @returns {string} the row it is drawn in
 */
export function groupOf(kind, kinds) {
  const known = kinds.find((one) => one.kind === kind);
  if (known) return known.group;
  const head = kind.split(":")[0];
  const like = kinds.find((one) => one.kind.split(":")[0] === head);
  return like ? like.group : "mark";
}

/**
 * Joins events with the verdicts of one rule set.
 * @param {State} state
 * @param {string} rules
 * @param {readonly Kind[]} kinds
 * @returns {Marked[]} in order of time
 */
export function markedEvents(state, rules, kinds) {
  const movements = state.movements[rules];
  const rowOf = movements ? movementRows(movements) : new Map();
  /** @type {Map<string, string>} */
  const groups = new Map();
  const events = state.events;
  return events.id.map((id, k) => {
    const kind = /** @type {string} */ (events.kind[k]);
    let group = groups.get(kind);
    if (group === undefined) {
      group = groupOf(kind, kinds);
      groups.set(kind, group);
    }
    return oneMarked(events, k, group, movements, rowOf.get(id) ?? -1);
  });
}

/**
 * @param {Movements} movements
 * @returns {Map<string, number>} row by id of a single-leg event
 */
function movementRows(movements) {
  const rows = new Map();
  movements.events.forEach((ids, row) => ids.forEach((id) => rows.set(id, row)));
  return rows;
}

/**
 * @param {EventColumns} events
 * @param {number} k
 * @param {string} group
 * @param {Movements|undefined} movements
 * @param {number} row
 * @returns {Marked}
 */
function oneMarked(events, k, group, movements, row) {
  const kind = events.kind[k] ?? "";
  const rejected = events.rejected[k] ?? "";
  const judged = movements && row >= 0 ? movements : null;
  const excluded = judged?.excluded_by[row] || events.excluded_by[k] || "";
  return {
    id: events.id[k] ?? "",
    start_s: events.start_s[k] ?? 0,
    stop_s: events.stop_s[k] ?? 0,
    kind,
    channel: events.channel[k] ?? "",
    group,
    side: judged?.side[row] || (kind.startsWith("LM:") ? kind.slice(3) : ""),
    plm: judged?.plm[row] ?? false,
    series: judged?.series[row] ?? 0,
    counted: !rejected && !excluded && (group !== "leg" || (judged?.candidate[row] ?? false)),
    rejected,
    excluded_by: excluded,
    changed: events.changed[k] ?? false,
    movement: row,
  };
}

/**
 * Those of sorted events that reach into a page.
 * @param {readonly Marked[]} events
 * @param {Page} page
 */
export function onPage(events, page) {
  const stop = page.start_s + page.span_s;
  return events.filter((one) => one.start_s < stop && one.stop_s > page.start_s);
}

/**
 * Every event, or those of the legs only; both legs of one movement as one.
 * @param {readonly Marked[]} events
 * @param {boolean} legsOnly
 * @returns {Stop[]}
 */
export function stopsOfEvents(events, legsOnly) {
  const seen = new Set();
  /** @type {Stop[]} */
  const stops = [];
  for (const one of events) {
    if (legsOnly ? one.group !== "leg" : one.group === "mark") continue;
    if (one.movement >= 0 && seen.has(one.movement)) continue;
    if (one.movement >= 0) seen.add(one.movement);
    stops.push({ start_s: one.start_s, stop_s: one.stop_s, event: one.id, epoch: null, text: "" });
  }
  return stops;
}

/**
 * @param {readonly Uncertain[]} items
 * @returns {Stop[]} in order of time
 */
export function stopsOfDoubt(items) {
  const stops = items.map(({ start_s, stop_s, event, epoch, reasons, what }) => ({
    start_s,
    stop_s,
    event,
    epoch,
    text: `${what === "stage" ? "Stage in doubt: " : ""}${reasons.join("; ")}`,
  }));
  return stops.sort((one, other) => one.start_s - other.start_s);
}

/**
 * @param {readonly Disagreement[]} items
 * @returns {Stop[]}
 */
export function stopsOfDifference(items) {
  return items.map(({ start_s, stop_s, event, epoch, text, kind, claims }) => ({
    start_s,
    stop_s,
    event,
    epoch,
    text,
    kind,
    claims,
  }));
}

/**
 * The next stop after, or the previous before, the one at hand.
 * @param {readonly Stop[]} stops in order of time
 * @param {Stop|null} at the last one, if nothing else was done since
 * @param {number} timeS where one is otherwise
 * @param {1|-1} step
 * @returns {Stop|null}
 */
export function stepFrom(stops, at, timeS, step) {
  const place = at ? stops.findIndex((one) => sameStop(one, at)) : -1;
  if (place >= 0) return stops[place + step] ?? null;
  if (step > 0) return stops.find((one) => one.start_s > timeS) ?? null;
  return stops.findLast((one) => one.start_s < timeS) ?? null;
}

/**
 * @param {Stop} one
 * @param {Stop} other
 */
export function sameStop(one, other) {
  return (
    one.event === other.event &&
    one.epoch === other.epoch &&
    one.kind === other.kind &&
    one.start_s === other.start_s &&
    one.stop_s === other.stop_s
  );
}

/**
 * Begin and length of the epochs, from the stages or else from the recording.
 * @param {State} state
 * @param {Recording} recording
 */
export function epochGrid(state, recording) {
  const { hypnogram } = state;
  return hypnogram
    ? { start_s: hypnogram.start_s, epoch_s: hypnogram.epoch_s }
    : { start_s: 0, epoch_s: recording.epoch_s };
}

/**
 * @param {{start_s: number, epoch_s: number}} grid
 * @param {number} timeS
 */
export function epochAt(grid, timeS) {
  return Math.max(0, Math.floor((timeS - grid.start_s) / grid.epoch_s + 1e-9));
}

/**
 * How many whole epochs there are.
 * @param {{start_s: number, epoch_s: number}} grid
 * @param {number} durationS
 */
export function epochCount(grid, durationS) {
  return Math.max(0, Math.floor((durationS - grid.start_s) / grid.epoch_s + 1e-6));
}

/**
 * @param {readonly number[][]} spans
 * @param {number} startS
 * @param {number} stopS
 * @returns {boolean} whether one of the spans holds the whole stretch
 */
export function covered(spans, startS, stopS) {
  return spans.some(([from = 0, to = 0]) => from <= startS + 1e-6 && to >= stopS - 1e-6);
}

/**
 * The resting level of a leg at a time, linear between its points.
 * @param {readonly import("./types.js").LevelPiece[]} pieces
 * @param {number} timeS
 * @returns {number|null}
 */
export function restAt(pieces, timeS) {
  for (const piece of pieces) {
    const place = (timeS - piece.start_s) / piece.step_s;
    const left = Math.floor(place);
    if (place < 0 || left >= piece.rest_uv.length) continue;
    const one = piece.rest_uv[left] ?? null;
    const other = piece.rest_uv[Math.min(left + 1, piece.rest_uv.length - 1)] ?? null;
    if (one === null || other === null) return one;
    return one + (other - one) * (place - left);
  }
  return null;
}
