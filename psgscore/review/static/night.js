/** The strip of the whole night: always there, a click goes there. */

/** @import {Marked, Page, Recording, State} from "./types.js" */
import { byId, make } from "./dom.js";
import { clock } from "./format.js";
import { STRIP_H, STRIP_NAMES, drawNight, drawPlace } from "./strip.js";

/** Draws the night once per change, and the place in it at every page. */
export class Night {
  /**
   * @param {(timeS: number) => void} go
   * @param {Recording} recording
   */
  constructor(go, recording) {
    this.go = go;
    this.recording = recording;
    this.host = byId("strip");
    this.under = /** @type {HTMLCanvasElement} */ (byId("strip-night"));
    this.over = /** @type {HTMLCanvasElement} */ (byId("strip-place"));
    /** @type {import("./strip.js").Night|null} */
    this.night = null;
    this.due = false;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.host.addEventListener("pointerdown", (event) => this.press(event), { signal });
    this.host.addEventListener("pointermove", (event) => event.buttons & 1 && this.press(event), {
      signal,
    });
    this.host.addEventListener("keydown", (event) => this.key(event), { signal });
    this.host.setAttribute("aria-valuemax", String(Math.round(recording.duration_s)));
    byId("strip-names").replaceChildren(
      ...STRIP_NAMES.map(({ name, y }) => {
        const element = make("span", {}, name);
        element.style.top = `${y}px`;
        return element;
      }),
    );
  }

  close() {
    this.stop.abort();
  }

  /** @param {PointerEvent} event */
  press(event) {
    const box = this.host.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.go(share * this.recording.duration_s);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowUp: 600, ArrowDown: -600 }[event.key];
    if (step === undefined || !this.night) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(Math.max(0, this.night.page.start_s + step));
  }

  /**
   * @param {State} state
   * @param {Marked[]} events
   * @param {Page} page
   */
  show(state, events, page) {
    this.night = {
      width: Math.max(100, this.host.clientWidth),
      height: STRIP_H,
      ratio: Math.max(1, window.devicePixelRatio || 1),
      recording: this.recording,
      hypnogram: state.hypnogram,
      events,
      accepted_s: state.review.accepted_s,
      page,
      lights_s: this.recording.lights_s,
    };
    this.soon();
    this.place(page);
  }

  /** Stage keys come fast: the night is drawn once for all of a frame. */
  soon() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      if (this.night) drawNight(this.under, this.night);
    });
  }

  resized() {
    if (!this.night) return;
    this.night.width = Math.max(100, this.host.clientWidth);
    this.night.ratio = Math.max(1, window.devicePixelRatio || 1);
    this.soon();
    drawPlace(this.over, this.night);
  }

  /** @param {Page} page */
  place(page) {
    if (!this.night) return;
    this.night.page = page;
    drawPlace(this.over, this.night);
    this.host.setAttribute("aria-valuenow", String(Math.round(page.start_s)));
    this.host.setAttribute("aria-valuetext", clock(this.recording.start_clock, page.start_s));
  }
}
