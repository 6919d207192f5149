/** Where one is in the night: the page that is shown, and the epoch that the stage keys are for. */

/** @import {Review} from "./review.js" */
/** @import {Page, Stop} from "./types.js" */
import { byId, say } from "./dom.js";
import { showSpans, showStages } from "./head.js";
import * as states from "./state.js";

const ADDRESS_MS = 250;
const FIRST_SPAN_S = 30;

/** Pages and epochs of one recording. */
export class Place {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    /** @type {Page} */
    this.page = this.pageWith(0, FIRST_SPAN_S);
    this.epoch = 0;
    this.addressing = 0;
  }

  /** @param {number} timeS */
  begin(timeS) {
    this.page = this.pageWith(timeS, this.page.span_s);
    this.epoch = this.firstEpoch();
    this.showSpans();
    this.tell();
  }

  /**
   * @param {number} timeS
   * @param {number} spanS
   */
  pageWith(timeS, spanS) {
    return states.pageWith(timeS, spanS, this.review.recording.duration_s);
  }

  // -- epochs ----------------------------------------------------------------------------------

  grid() {
    return states.epochGrid(this.review.state, this.review.recording);
  }

  /** @returns {number} how many whole epochs there are */
  epochs() {
    return states.epochCount(this.grid(), this.review.recording.duration_s);
  }

  firstEpoch() {
    return Math.min(states.epochAt(this.grid(), this.page.start_s), Math.max(0, this.epochs() - 1));
  }

  /** @returns {number} where the marked epoch begins */
  epochS() {
    const { start_s: startS, epoch_s: epochS } = this.grid();
    return startS + this.epoch * epochS;
  }

  /** @param {number} timeS */
  chooseEpoch(timeS) {
    const epoch = states.epochAt(this.grid(), timeS);
    if (epoch < this.epochs()) this.epoch = epoch;
    this.epochChanged();
  }

  /** Goes on to the next epoch, on the next page if it is there. */
  nextEpoch() {
    if (this.epoch + 1 >= this.epochs()) return;
    this.epoch += 1;
    const { page } = this;
    const next = this.epochS();
    if (next >= page.start_s + page.span_s - 1e-6 || next < page.start_s - 1e-6) {
      this.show(this.pageWith(next, page.span_s));
    } else {
      this.epochChanged();
    }
  }

  epochChanged() {
    this.review.sheet.marksSoon();
    this.showStageKeys();
  }

  // -- pages -----------------------------------------------------------------------------------

  /**
   * @param {Page} page
   * @param {number|null} askedAt when a key asked for it
   */
  show(page, askedAt = null) {
    const direction = page.start_s < this.page.start_s ? -1 : 1;
    this.page = page;
    const from = this.epochS();
    const stop = page.start_s + page.span_s;
    if (from >= stop || from + this.grid().epoch_s <= page.start_s) this.epoch = this.firstEpoch();
    this.review.arrived(direction, askedAt);
    this.tell();
  }

  /** @param {number} timeS */
  goTo(timeS) {
    this.review.steps.leave(timeS);
    this.show(this.pageWith(timeS, this.page.span_s));
  }

  /**
   * @param {number} pages
   * @param {number|null} askedAt
   */
  turn(pages, askedAt = null) {
    const { span_s: span, start_s: start } = this.page;
    const page = states.pageAt(start + pages * span, span, this.review.recording.duration_s);
    this.review.steps.leave(page.start_s);
    this.show(page, askedAt);
  }

  /**
   * @param {Stop} stop
   * @param {number|null} askedAt
   */
  goStop(stop, askedAt) {
    if (stop.epoch !== null) this.epoch = stop.epoch;
    // An epoch fills a page of its length: there is no room around it.
    const margin = stop.epoch === null ? undefined : 0;
    const { duration_s: durationS } = this.review.recording;
    const { start_s: startS, stop_s: stopS } = stop;
    this.show(states.pageShowing(this.page, startS, stopS, durationS, margin), askedAt);
  }

  /**
   * Around what is chosen, else around the marked epoch: a short page after a long one is the one
   * it was before.
   * @param {number} spanS
   */
  setSpan(spanS) {
    const chosen = this.review.chosenEvent();
    this.show(this.pageWith(chosen?.start_s ?? Math.max(this.page.start_s, this.epochS()), spanS));
    this.showSpans();
  }

  /** @param {1|-1} step */
  stepSpan(step) {
    const span = states.SPANS_S[states.SPANS_S.indexOf(this.page.span_s) + step];
    if (span !== undefined) this.setSpan(span);
  }

  // -- what is said of it ----------------------------------------------------------------------

  tell() {
    const { review } = this;
    const { start_s: start, span_s: span } = this.page;
    const stop = Math.min(review.recording.duration_s, start + span);
    const text = `${review.clock(start)} \u2013 ${review.clock(stop)}`;
    say(byId("place"), text);
    byId("place").setAttribute("aria-label", `Go to a time; now ${text}`);
    this.showStageKeys();
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.showAddress(), ADDRESS_MS);
  }

  /** Keeps the place for a reload; browsers take only so many changes of an address. */
  showAddress() {
    const { review } = this;
    if (review.closed) return;
    const query = new URLSearchParams({ r: review.recording.rid, t: String(this.page.start_s) });
    history.replaceState(null, "", `/?${query}`);
  }

  showSpans() {
    showSpans(this.page.span_s, (span) => this.setSpan(span));
  }

  showStageKeys() {
    const { review, epoch } = this;
    const { editor } = review;
    const blocked = Boolean(editor.whyNot());
    const give = (/** @type {number} */ stage) => editor.stage(stage);
    showStages(review.about.stages, epoch, review.stageOf(epoch), give, blocked);
  }
}
