/** The signals with what is marked on them: canvases, labels beside them, and the pointer. */

/** @import {Channel, Layout, Marked, Page} from "./types.js" */
/** @import {Scene} from "./draw.js" */
/** @import {Marks} from "./marks.js" */
/** @import {Hold} from "./layout.js" */
import { byId, button, make } from "./dom.js";
import { drawSignals } from "./draw.js";
import { LEAST_DRAG_PX } from "./edit.js";
import { gainText } from "./format.js";
import { holdAt, layoutOf, timeOf, xOf } from "./layout.js";
import { drawMarks } from "./marks.js";

/**
 * @typedef {{choose: (id: string) => void, chooseEpoch: (timeS: number) => void,
 *   chooseChannel: (id: string) => void, page: () => Page, events: () => Marked[],
 *   chosen: () => string, redraw: () => void, editable: () => boolean,
 *   added: (hold: Hold, fromS: number, toS: number) => void,
 *   moved: (event: Marked, edge: "start_s"|"stop_s", timeS: number) => void,
 *   pointed: (timeS: number|null) => void, resized: () => void}} Hands
 */

const LANE_NAMES = new Map([
  ["arousal", "Arousals"],
  ["respiratory", "Breathing"],
  ["movement", "Movements"],
  ["mark", "Marks"],
]);

/** Draws, and turns what the pointer does into what is wanted. */
export class Plot {
  /**
   * @param {Hands} hands
   * @param {number} mostPx columns that the server gives
   */
  constructor(hands, mostPx) {
    this.hands = hands;
    this.mostPx = mostPx;
    this.signals = /** @type {HTMLCanvasElement} */ (byId("signals"));
    this.marks = /** @type {HTMLCanvasElement} */ (byId("marks"));
    this.area = byId("plot-area");
    this.gutter = byId("gutter");
    /** @type {Layout} */
    this.layout = layoutOf(600, 400, []);
    /** @type {{hold: Hold, fromS: number, nowS: number, x: number, far: boolean}|null} */
    this.drag = null;
    /** @type {number|null} */
    this.pointerX = null;
    /** What stands beside the signals. */
    this.labelled = "";
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.marks.addEventListener("pointerdown", (event) => this.down(event), { signal });
    this.marks.addEventListener("pointermove", (event) => this.move(event), { signal });
    this.marks.addEventListener("pointerup", (event) => this.up(event), { signal });
    this.marks.addEventListener("pointercancel", () => this.letGo(), { signal });
    this.marks.addEventListener("pointerleave", () => this.leave(), { signal });
    this.watch = new ResizeObserver(() => hands.resized());
    this.watch.observe(this.area);
  }

  close() {
    this.stop.abort();
    this.watch.disconnect();
  }

  /** Device pixels per CSS pixel, so that no page has more columns than the server gives. */
  ratio() {
    const dense = Math.max(1, window.devicePixelRatio || 1);
    return Math.min(dense, this.mostPx / Math.max(1, this.layout.width));
  }

  /** @returns {number} columns of device pixels */
  columns() {
    return Math.max(1, Math.round(this.layout.width * this.ratio()));
  }

  /** @param {readonly Channel[]} channels */
  arrange(channels) {
    const scroller = byId("plot");
    const width = Math.max(200, this.area.clientWidth);
    this.layout = layoutOf(width, Math.max(200, scroller.clientHeight - 1), channels);
    this.area.style.height = `${this.layout.height}px`;
  }

  /**
   * Writes the names beside the signals, unless they stand there already: a name that is being
   * pressed, read out or pointed at stays where it is.
   * @param {readonly Channel[]} channels
   * @param {Map<string, number>} gains
   * @param {Set<string>} inverted
   * @param {string} chosen
   */
  label(channels, gains, inverted, chosen) {
    const { lanes, tracks } = this.layout;
    const rows = channels.map((channel, row) => {
      const gain = gains.get(channel.id);
      const scale = gain === undefined ? "" : gainText(gain, channel.unit);
      return {
        id: channel.id,
        label: channel.label,
        title: `${channel.made_of || channel.label}: ${channel.filter.text}`,
        scale,
        turned: inverted.has(channel.id),
        pressed: channel.id === chosen,
        y: tracks[row]?.y ?? 0,
        h: tracks[row]?.h ?? 0,
      };
    });
    const wanted = JSON.stringify([lanes, rows]);
    if (wanted === this.labelled) return;
    this.labelled = wanted;
    const focused = document.activeElement;
    const again = focused instanceof HTMLElement ? focused.dataset["channel"] : undefined;
    const names = rows.map((one) => nameOf(one, () => this.hands.chooseChannel(one.id)));
    this.gutter.replaceChildren(...lanes.map(laneName), ...names);
    if (again) names.find((one) => one.dataset["channel"] === again)?.focus();
  }

  /** @param {Omit<Scene, "layout"|"ratio">} scene */
  drawSignals(scene) {
    drawSignals(this.signals, { ...scene, layout: this.layout, ratio: this.ratio() });
  }

  /** @param {Omit<Marks, "layout"|"ratio"|"drag"|"moved"|"pointer_x">} marks */
  drawMarks(marks) {
    const drag = this.drag?.far ? this.drag : null;
    const hold = drag?.hold;
    drawMarks(this.marks, {
      ...marks,
      layout: this.layout,
      ratio: this.ratio(),
      pointer_x: this.pointerX,
      drag:
        drag && hold?.what === "new"
          ? { start_s: drag.fromS, stop_s: drag.nowS, y: hold.y, h: hold.h }
          : null,
      moved: drag && hold?.what === "edge" ? movedBy(hold, drag.nowS) : null,
    });
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.marks.getBoundingClientRect();
    const x = Math.min(Math.max(0, event.clientX - box.left), this.layout.width);
    return { x, y: event.clientY - box.top };
  }

  /** @param {{x: number, y: number}} point */
  holdAt(point) {
    const { hands, layout } = this;
    return holdAt(layout, hands.page(), hands.events(), point, hands.chosen());
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    const point = this.point(event);
    const timeS = timeOf(this.hands.page(), this.layout.width, point.x);
    this.drag = { hold: this.holdAt(point), fromS: timeS, nowS: timeS, x: point.x, far: false };
    this.marks.setPointerCapture(event.pointerId);
    byId("plot").focus({ preventScroll: true });
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  move(event) {
    const point = this.point(event);
    const timeS = timeOf(this.hands.page(), this.layout.width, point.x);
    this.pointerX = point.x;
    this.hands.pointed(timeS);
    if (this.drag) {
      this.drag.nowS = timeS;
      const takes = this.drag.hold.what === "new" || this.drag.hold.what === "edge";
      const far = Math.abs(point.x - this.drag.x) >= LEAST_DRAG_PX;
      if (takes && far && this.hands.editable()) this.drag.far = true;
    } else {
      const hold = this.holdAt(point);
      const shapes = { edge: "ew-resize", event: "pointer", new: "crosshair", epoch: "pointer" };
      this.marks.style.cursor = hold.what === "none" ? "default" : shapes[hold.what];
    }
    this.hands.redraw();
  }

  /** @param {PointerEvent} event */
  up(event) {
    const drag = this.drag;
    this.letGo();
    if (!drag) return;
    const { hold } = drag;
    const timeS = timeOf(this.hands.page(), this.layout.width, this.point(event).x);
    if (!drag.far) {
      if (hold.what === "epoch") this.hands.chooseEpoch(timeS);
      else this.hands.choose(hold.what === "edge" || hold.what === "event" ? hold.event.id : "");
    } else if (hold.what === "new") this.hands.added(hold, drag.fromS, timeS);
    else if (hold.what === "edge") this.hands.moved(hold.event, hold.edge, timeS);
  }

  /** @returns {boolean} whether something was held */
  letGo() {
    const held = this.drag !== null;
    this.drag = null;
    this.hands.redraw();
    return held;
  }

  leave() {
    this.pointerX = null;
    this.hands.pointed(null);
    this.hands.redraw();
  }

  /**
   * Brings a row into view, for those who step by keys.
   * @param {Marked} event
   */
  reveal(event) {
    const track = this.layout.tracks.find((one) => one.id === event.channel);
    const scroller = byId("plot");
    if (!track || scroller.scrollHeight <= scroller.clientHeight) return;
    const above = track.y < scroller.scrollTop;
    const below = track.y + track.h > scroller.scrollTop + scroller.clientHeight;
    if (above || below) scroller.scrollTop = Math.max(0, track.y - 40);
  }

  /** @param {number} timeS */
  xOf(timeS) {
    return xOf(this.hands.page(), this.layout.width, timeS);
  }
}

/**
 * @param {{group: string, y: number, h: number}} lane
 * @returns {HTMLElement}
 */
function laneName({ group, y, h }) {
  return placed(make("div", { class: "lane" }, LANE_NAMES.get(group) ?? group), y, h);
}

/**
 * @param {{id: string, label: string, title: string, scale: string, turned: boolean,
 *   pressed: boolean, y: number, h: number}} row
 * @param {() => void} choose
 * @returns {HTMLElement}
 */
function nameOf({ id, label, title, scale, turned, pressed, y, h }, choose) {
  const told = turned ? `${title}, inverted` : title;
  const name = button("", choose, { class: "track", "aria-pressed": String(pressed), title: told });
  name.dataset["channel"] = id;
  const below = make("small", {}, scale);
  // An arrow for eyes: a word more would take the row from the name.
  if (turned) below.append(" \u2193", make("span", { class: "unseen" }, "inverted"));
  name.append(make("b", {}, label), below);
  return placed(name, y, h);
}

/**
 * @param {HTMLElement} element
 * @param {number} y
 * @param {number} h
 */
function placed(element, y, h) {
  element.style.top = `${y}px`;
  element.style.height = `${h}px`;
  return element;
}

/**
 * @param {Extract<Hold, {what: "edge"}>} hold
 * @param {number} nowS
 */
function movedBy({ event, edge }, nowS) {
  const fixed = edge === "start_s" ? event.stop_s : event.start_s;
  return { id: event.id, start_s: Math.min(nowS, fixed), stop_s: Math.max(nowS, fixed) };
}
