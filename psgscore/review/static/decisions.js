/** Deciding a difference: taking over what another scorer has, or leaving it. */

/** @import {Edit} from "./edit.js" */
/** @import {Review} from "./review.js" */
/** @import {Page, Stop} from "./types.js" */
import { byId, say } from "./dom.js";
import * as edits from "./edit.js";

/** What is done about the difference that was stepped to. */
export class Decisions {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    /** Edits after which the next difference is shown: what they add is not chosen. */
    this.passed = new WeakSet();
  }

  /** @returns {boolean} whether two scorers are decided between */
  between() {
    return this.review.about.others.length === 2;
  }

  /** @returns {Stop|null} the difference that is to be decided, if one was stepped to */
  stop() {
    const { stop } = this.review.steps;
    return stop?.claims && this.review.steps.open(stop) ? stop : null;
  }

  /**
   * Takes over what one of the other scorers has there.
   * @param {number} who
   */
  take(who) {
    const stop = this.stop();
    const { about, recording } = this.review;
    const edit = stop && edits.takingOver(stop, who, about.stages, recording.channels);
    if (stop && edit) this.decide(stop, edit);
    else this.review.tell(stop ? `${about.others[who] ?? "Nobody"} has nothing there.` : "There is nothing to take over.");
  }

  /** @returns {boolean} whether there was something to leave as it is */
  dismiss() {
    const stop = this.stop();
    const edit = stop && edits.dismissing(stop);
    if (!stop || !edit) return false;
    this.decide(stop, edit);
    return true;
  }

  /**
   * A stage was given to the marked epoch.
   * @returns {boolean} whether that decided the difference that was stepped to
   */
  staged() {
    const stop = this.between() ? this.stop() : null;
    if (!stop || stop.epoch !== this.review.place.epoch) return false;
    this.goOn(stop);
    return true;
  }

  /**
   * A page was accepted as it is, and so everything that lies on it.
   * @param {Page} page
   * @returns {boolean} whether that decided differences between two scorers
   */
  accepted(page) {
    const { steps } = this.review;
    if (!this.between() || steps.mode !== "disagreements") return false;
    const to = page.start_s + page.span_s;
    const done = steps.stops.filter((one) => one.start_s >= page.start_s && one.stop_s <= to);
    for (const stop of done) steps.settle(stop);
    if (done.length) steps.step(1);
    return done.length > 0;
  }

  /**
   * @param {Stop} stop
   * @param {Edit} edit
   */
  decide(stop, edit) {
    if (!this.review.editor.send(edit)) return;
    if (this.between()) this.passed.add(edit);
    this.goOn(stop);
  }

  /** @param {Stop} stop that is decided */
  goOn(stop) {
    const { steps } = this.review;
    steps.settle(stop);
    if (this.between()) steps.step(1);
  }

  /** Shows what may be done about the difference, if one was stepped to. */
  show() {
    const stop = this.stop();
    const { others } = this.review.about;
    const [first, second] = stop?.claims ?? [];
    const blocked = Boolean(this.review.editor.whyNot());
    const names = this.between() ? others.map((one) => `Take ${one}'s`) : ["Take over"];
    const own = first ? names[0] : names[1];
    byId("decide").hidden = !first && !second;
    for (const id of ["take", "take-second", "dismiss"]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = blocked;
    }
    say(byId("take"), own ?? "");
    say(byId("take-second"), names[1] ?? "");
    byId("take-second").hidden = !first || !second;
    byId("dismiss").hidden = !stop || !edits.dismissing(stop);
  }
}
