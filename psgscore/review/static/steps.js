/** Stepping: from one movement, doubt or difference to the next. */

/** @import {Review} from "./review.js" */
/** @import {Stop} from "./types.js" */
import { byId, say } from "./dom.js";
import { Rows, eventText, showStops } from "./panels.js";
import * as states from "./state.js";

/** @typedef {"legs"|"all"|"uncertain"|"disagreements"} Mode */

/** @type {Readonly<Record<Mode, string>>} */
const TITLES = {
  legs: "Leg movements",
  all: "All events",
  uncertain: "Uncertain",
  disagreements: "Differences",
};

const MOST_LISTED = 400;

/**
 * @param {string} value
 * @returns {value is Mode}
 */
export const isMode = (value) => Object.hasOwn(TITLES, value);

/** What is stepped through, and where one is in it. */
export class Steps {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    /** @type {Mode} */
    this.mode = "legs";
    /** @type {Stop[]} */
    this.stops = [];
    /** @type {Stop|null} */
    this.stop = null;
    /** Where one is when one is at no stop. */
    this.lastS = 0;
    /** How often the server was asked what there is: an older answer is not taken. */
    this.asked = 0;
    /** What was decided since it last answered. @type {Stop[]} */
    this.settled = [];
    this.rows = new Rows("stops-more", MOST_LISTED, () => this.list());
  }

  /** @returns {boolean} whether one steps through what there is, not through what to decide */
  plain() {
    return this.mode === "all" || this.mode === "legs";
  }

  /** Works out anew what there is to step to. */
  refresh() {
    const { mode, review } = this;
    if (mode === "all" || mode === "legs") {
      this.stops = states.stopsOfEvents(review.events, mode === "legs");
      this.show();
      return;
    }
    this.asked += 1;
    const { asked } = this;
    void this.fetch(mode).then((stops) => {
      if (this.mode !== mode || asked !== this.asked) return;
      // What was decided and is not on the disk yet is no longer to be decided.
      if (!review.journal.waiting) this.settled = [];
      this.stops = stops.filter((one) => !this.settled.some((done) => states.sameStop(one, done)));
      this.show();
      review.decisions.show();
    }, (error) => review.voice.say(String(error.message)));
  }

  /** @param {"uncertain"|"disagreements"} mode */
  async fetch(mode) {
    const { api } = this.review;
    return mode === "uncertain"
      ? states.stopsOfDoubt((await api.uncertain()).items)
      : states.stopsOfDifference((await api.disagreements()).items);
  }

  /** @param {Mode} mode */
  setMode(mode) {
    const { review } = this;
    if (mode === "disagreements" && !review.about.others.length) {
      review.voice.say("There is no other scorer: begin with --second FILE, or --adjudicate A B.");
      return;
    }
    this.mode = mode;
    this.leave(review.place.page.start_s);
    /** @type {HTMLSelectElement} */ (byId("mode")).value = mode;
    review.column.show(this.plain() ? "why" : "stops");
    byId("part-stops").scrollTop = 0;
    this.refresh();
  }

  /**
   * Begins with a mode, or, in it already, goes back to leg movements.
   * @param {"uncertain"|"disagreements"} mode
   */
  switchMode(mode) {
    this.setMode(this.mode === mode ? "legs" : mode);
  }

  /**
   * @param {1|-1} step
   * @param {number|null} askedAt when a key asked for it
   */
  step(step, askedAt = null) {
    const at = this.stop ?? this.at(this.review.chosen);
    const next = states.stepFrom(this.stops, at, this.lastS - (step > 0 ? 1e-6 : 0), step);
    // What is to be decided is gone round until nothing is left.
    const round = this.plain() ? null : this.stops.at(step > 0 ? 0 : -1) ?? null;
    const stop = next ?? round;
    if (stop) this.go(stop, askedAt);
    else this.review.tell(step > 0 ? "That was the last one." : "That was the first one.");
  }

  /**
   * @param {Stop} stop
   * @param {number|null} askedAt
   */
  go(stop, askedAt = null) {
    this.stop = stop;
    this.lastS = stop.start_s;
    this.review.goStop(stop, askedAt);
    this.show();
  }

  /**
   * @param {string} id of an event
   * @returns {Stop|null}
   */
  at(id) {
    return this.stops.find((one) => one.event && one.event === id) ?? null;
  }

  /**
   * An event was chosen otherwise than by stepping.
   * @param {string} id
   * @param {number|undefined} timeS
   */
  chose(id, timeS) {
    this.stop = this.at(id);
    if (timeS !== undefined) this.lastS = timeS;
    this.show();
  }

  /**
   * @param {Stop} stop
   * @returns {boolean} whether it is still to be decided
   */
  open(stop) {
    return this.stops.some((one) => states.sameStop(one, stop));
  }

  /** @param {Stop} stop that was decided */
  settle(stop) {
    this.settled.push(stop);
    this.stops = this.stops.filter((one) => !states.sameStop(one, stop));
    this.leave(stop.start_s);
    this.show();
  }

  /** @param {number} timeS where one went otherwise than by stepping */
  leave(timeS) {
    this.stop = null;
    this.lastS = timeS;
  }

  /** @returns {string} why one was brought to what is chosen, "" for nothing */
  note() {
    return this.stop && this.stop.event === this.review.chosen ? this.stop.text : "";
  }

  /** @returns {string} what one was brought to where no event is chosen, "" for nothing */
  title() {
    const { stop } = this;
    if (!this.note() || !stop) return "";
    return stop.epoch === null ? "Difference" : `Epoch ${stop.epoch + 1}`;
  }

  /** @returns {Stop|null} what is looked for where no event is */
  sought() {
    return this.stop && !this.stop.event && this.stop.text ? this.stop : null;
  }

  show() {
    const at = this.stops.findIndex((one) => this.isHere(one));
    this.rows.reach(at);
    say(byId("stop-count"), at >= 0 ? `${at + 1} of ${this.stops.length}` : `${this.stops.length}`);
    this.review.column.fill("stops");
  }

  /** Fills the list of what there is to step to. */
  list() {
    const { review, rows } = this;
    say(byId("stops-title"), TITLES[this.mode]);
    const { from, to } = rows.of(this.stops.length);
    const stops = this.stops.slice(from, to).map((one) => ({ ...one, text: this.textOf(one) }));
    const here = stops.find((one) => this.isHere(one)) ?? null;
    showStops(stops, here, review.recording.start_clock, (one) => this.go(one));
  }

  /** @param {Stop} stop */
  isHere(stop) {
    return this.stop !== null && states.sameStop(stop, this.stop);
  }

  /** @param {Stop} stop */
  textOf(stop) {
    const event = this.review.event(stop.event);
    if (!stop.text) return event ? eventText(event) : "";
    return event && this.mode === "uncertain" ? `${event.kind} \u00b7 ${stop.text}` : stop.text;
  }
}
