/** Draws what is marked over the signals: epochs, movements, events, and what is chosen. */

/** @import {Hypnogram, Layout, Marked, Page, StageKey} from "./types.js" */
import { COLOURS, FONT, FONT_BOLD } from "./colours.js";
import { prepared } from "./draw.js";
import { cutTo } from "./format.js";
import { rowsOf, xOf } from "./layout.js";
import { covered } from "./state.js";

/**
 * @typedef {{layout: Layout, page: Page, ratio: number, events: Marked[], chosen: string,
 *   hypnogram: Hypnogram|null, grid: {start_s: number, epoch_s: number}, epochs: number,
 *   epoch: number, stages: StageKey[], accepted_s: number[][], pointer_x: number|null,
 *   drag: {start_s: number, stop_s: number, y: number, h: number}|null,
 *   moved: {id: string, start_s: number, stop_s: number}|null,
 *   awaited: Map<number, number>,
 *   sought: {start_s: number, stop_s: number}|null}} Marks
 */

/** Doubt about a stage that is shown. */
const DOUBT_SHOWN = 0.5;
const FLAG_H = 14;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Marks} marks
 */
export function drawMarks(canvas, marks) {
  const { layout } = marks;
  const context = prepared(canvas, layout.width, layout.height, marks.ratio);
  context.textBaseline = "middle";
  drawEpochs(context, marks);
  drawLanes(context, layout);
  const shown = marks.events.map((one) =>
    marks.moved && marks.moved.id === one.id ? { ...one, ...marks.moved } : one,
  );
  for (const one of shown) {
    if (one.group === "leg") drawMovement(context, marks, one);
    else drawEvent(context, marks, one);
  }
  if (marks.sought) drawSought(context, marks, marks.sought);
  if (marks.drag) drawDrag(context, marks, marks.drag);
  if (marks.pointer_x !== null) {
    context.fillStyle = "rgba(11, 87, 208, 0.45)";
    context.fillRect(Math.round(marks.pointer_x), layout.stage.y, 1, layout.height);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 */
function drawEpochs(context, marks) {
  const { layout, page, grid, hypnogram } = marks;
  const { y, h } = layout.stage;
  const first = Math.max(0, Math.floor((page.start_s - grid.start_s) / grid.epoch_s));
  const last = Math.min(
    marks.epochs - 1,
    Math.ceil((page.start_s + page.span_s - grid.start_s) / grid.epoch_s) - 1,
  );
  for (let epoch = first; epoch <= last; epoch += 1) {
    const from = grid.start_s + epoch * grid.epoch_s;
    const left = Math.max(0, xOf(page, layout.width, from));
    const right = Math.min(layout.width, xOf(page, layout.width, from + grid.epoch_s));
    const stage = marks.awaited.get(epoch) ?? hypnogram?.stages[epoch] ?? -1;
    const chosen = epoch === marks.epoch;
    context.fillStyle = COLOURS.stage[stage] ?? COLOURS.outside;
    context.fillRect(left, y + 1, right - left, h - 3);
    context.fillStyle = COLOURS.paper;
    context.fillRect(right - 1, y, 2, h);
    if (chosen) {
      context.strokeStyle = COLOURS.focus;
      context.lineWidth = 2;
      context.strokeRect(left + 1, y + 1, right - left - 2, h - 3);
    }
    const accepted = covered(marks.accepted_s, from, from + grid.epoch_s);
    const text = stageText(marks, epoch, stage, accepted, right - left);
    context.font = chosen ? FONT_BOLD : FONT;
    context.fillStyle = COLOURS.ink;
    context.textAlign = "center";
    context.fillText(text, (left + right) / 2, y + h / 2 - 0.5, right - left - 4);
  }
  context.textAlign = "left";
  context.font = FONT;
}

/**
 * @param {Marks} marks
 * @param {number} epoch
 * @param {number} stage
 * @param {boolean} accepted
 * @param {number} wide
 */
function stageText(marks, epoch, stage, accepted, wide) {
  const known = marks.stages.find((one) => one.value === stage);
  const long = wide > 150;
  const name = stage < 0 ? (long ? "unscored" : "\u2013") : known?.name ?? "\u2013";
  if (marks.awaited.has(epoch)) return long ? `Epoch ${epoch + 1}: ${name} \u00b7 saving ...` : `${name} ...`;
  const doubt = marks.hypnogram?.doubt[epoch] ?? null;
  const who = marks.hypnogram?.scorer[epoch] ?? "";
  const sure = doubt !== null && doubt >= DOUBT_SHOWN ? " ?" : "";
  const done = accepted ? " \u2713" : "";
  if (!long) return `${name}${sure}${done}`;
  const by = stage >= 0 && who && who !== "given" ? ` \u00b7 ${who}` : "";
  return `Epoch ${epoch + 1}: ${name}${by}${sure ? " \u00b7 in doubt" : ""}${done ? " \u00b7 accepted \u2713" : ""}`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 */
function drawLanes(context, layout) {
  for (const lane of layout.lanes) {
    context.fillStyle = COLOURS.separator;
    context.fillRect(0, lane.y + lane.h - 1, layout.width, 1);
  }
}

/**
 * A movement of a leg: dark if it is periodic, light if it stands alone, hatched if rejected,
 * with a dashed frame if it counts for nothing.
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 * @param {Marked} event
 */
function drawMovement(context, marks, event) {
  const { layout, page } = marks;
  const look = COLOURS.side[event.side] ?? COLOURS.side[""];
  if (!look) return;
  const left = xOf(page, layout.width, event.start_s);
  const wide = Math.max(2, xOf(page, layout.width, event.stop_s) - left);
  for (const row of rowsOf(layout, event)) {
    const box = { x: left, y: row.y + 2, w: wide, h: row.h - 5 };
    const body = event.rejected ? 0.04 : event.plm ? 0.24 : event.counted ? 0.1 : 0.05;
    context.fillStyle = `rgba(${look.fill}, ${body})`;
    context.fillRect(box.x, box.y, box.w, box.h);
    const flag = { ...box, h: Math.min(FLAG_H, box.h) };
    context.fillStyle = COLOURS.paper;
    context.fillRect(flag.x, flag.y, flag.w, flag.h);
    context.fillStyle = event.plm ? look.line : `rgba(${look.fill}, ${event.counted ? 0.22 : 0.06})`;
    context.fillRect(flag.x, flag.y, flag.w, flag.h);
    if (event.rejected) hatch(context, box, `rgba(${look.fill}, 0.6)`);
    context.strokeStyle = look.line;
    context.lineWidth = 1;
    context.setLineDash(event.counted ? [] : [3, 3]);
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    context.setLineDash([]);
    if (event.id === marks.chosen) frame(context, box);
    tag(context, layout, flag, movementText(event, look.mark), event.plm ? COLOURS.paper : look.line);
  }
}

/**
 * @param {Marked} event
 * @param {string} mark
 * @returns {string[]} longest first: the longest that fits is drawn
 */
function movementText(event, mark) {
  const star = event.changed ? "*" : "";
  if (event.rejected) return [`${mark}${star} rejected`, `${mark}${star}`, "\u00d7"];
  if (event.plm) return [`${mark}${star} PLM ${event.series}`, `${mark}${star} P`, `${mark}${star}`, "P"];
  if (!event.counted) return [`${mark}${star} not counted`, `${mark}${star}`];
  return [`${mark}${star}`];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 * @param {Marked} event
 */
function drawEvent(context, marks, event) {
  const { layout, page } = marks;
  const look = COLOURS.group[event.group] ?? COLOURS.group["mark"];
  if (!look) return;
  const left = xOf(page, layout.width, event.start_s);
  const wide = Math.max(3, xOf(page, layout.width, event.stop_s) - left);
  for (const row of rowsOf(layout, event)) {
    const box = { x: left, y: row.y + 1, w: wide, h: row.h - 3 };
    context.fillStyle = event.rejected ? COLOURS.paper : look.fill;
    context.fillRect(box.x, box.y, box.w, box.h);
    if (event.rejected) hatch(context, box, look.line);
    context.strokeStyle = look.line;
    context.lineWidth = 1;
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    if (event.id === marks.chosen) frame(context, box);
    const from = Math.max(0, box.x) + 4;
    const room = Math.min(layout.width, box.x + box.w) - from - 2;
    const text = `${event.kind}${event.changed ? "*" : ""}${event.rejected ? " rejected" : ""}`;
    context.fillStyle = COLOURS.ink;
    const fits = (/** @type {string} */ one) => context.measureText(one).width <= room;
    context.fillText(cutTo(text, fits), from, box.y + box.h / 2 + 0.5);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {{x: number, y: number, w: number, h: number}} box
 * @param {string[]} texts
 * @param {string} colour
 */
function tag(context, layout, box, texts, colour) {
  const from = Math.max(1, box.x + 3);
  const room = Math.min(layout.width, box.x + box.w) - from - 2;
  context.font = FONT_BOLD;
  const text = texts.find((one) => context.measureText(one).width <= room);
  if (text) {
    context.fillStyle = colour;
    context.fillText(text, from, box.y + box.h / 2 + 0.5);
  }
  context.font = FONT;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number, w: number, h: number}} box
 * @param {string} colour
 */
function hatch(context, box, colour) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = box.x - box.h; x < box.x + box.w; x += 7) {
    context.moveTo(x, box.y + box.h);
    context.lineTo(x + box.h, box.y);
  }
  context.stroke();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number, w: number, h: number}} box
 */
function frame(context, box) {
  context.strokeStyle = COLOURS.focus;
  context.lineWidth = 2;
  context.strokeRect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
  context.fillStyle = COLOURS.focus;
  const tall = Math.min(18, box.h);
  for (const x of [box.x - 3, box.x + box.w - 1]) {
    context.fillRect(x, box.y + (box.h - tall) / 2, 4, tall);
  }
}

/**
 * The place of a difference where this review has nothing to choose.
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 * @param {{start_s: number, stop_s: number}} sought
 */
function drawSought(context, { layout, page }, sought) {
  const left = xOf(page, layout.width, sought.start_s);
  const wide = xOf(page, layout.width, sought.stop_s) - left;
  const top = layout.lanes[0]?.y ?? 0;
  context.fillStyle = "rgba(107, 74, 0, 0.07)";
  context.fillRect(left, top, wide, layout.height - top);
  context.strokeStyle = "#6b4a00";
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.strokeRect(left + 0.5, top + 0.5, wide - 1, layout.height - top - 2);
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 * @param {{start_s: number, stop_s: number, y: number, h: number}} drag
 */
function drawDrag(context, marks, drag) {
  const { layout, page } = marks;
  const left = xOf(page, layout.width, Math.min(drag.start_s, drag.stop_s));
  const right = xOf(page, layout.width, Math.max(drag.start_s, drag.stop_s));
  context.fillStyle = "rgba(11, 87, 208, 0.16)";
  context.fillRect(left, drag.y + 1, right - left, drag.h - 2);
  context.strokeStyle = COLOURS.focus;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.5, drag.y + 1.5, right - left - 1, drag.h - 3);
  const text = `${Math.abs(drag.stop_s - drag.start_s).toFixed(2)} s`;
  const wide = context.measureText(text).width + 8;
  const x = Math.min(Math.max(0, right + 4), layout.width - wide);
  context.fillStyle = COLOURS.focus;
  context.fillRect(x, drag.y + 2, wide, 15);
  context.fillStyle = "#ffffff";
  context.fillText(text, x + 4, drag.y + 10);
}
