/** What a person's hands do to events and stages, turned into edits. */

/** @import {Edit} from "./edit.js" */
/** @import {Hold} from "./layout.js" */
/** @import {Review} from "./review.js" */
/** @import {Marked} from "./types.js" */
import * as dialogs from "./dialogs.js";
import * as edits from "./edit.js";

/** The hands of a reviewer on one recording. */
export class Editor {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    /** Last answer to "what is it?", by group. @type {Map<string, string>} */
    this.lastKind = new Map();
  }

  /** @returns {string} why nothing may be edited, "" if it may */
  whyNot() {
    const { recording, state } = this.review;
    if (recording.readonly) return `Read only: ${recording.readonly_why}`;
    if (state.review.locked) return "This review is signed. Reopen it to change something.";
    return "";
  }

  /** @returns {boolean} whether it may be edited; says why not */
  may() {
    const blocked = this.whyNot();
    if (blocked) this.review.voice.say(blocked);
    return !blocked;
  }

  /**
   * @param {Edit|null|(() => Edit|null)} edit or what makes it once those before it are done
   * @returns {boolean} whether it was sent
   */
  send(edit) {
    if (!this.may() || !edit) return false;
    const { voice, journal } = this.review;
    voice.quiet();
    void journal.send(typeof edit === "function" ? edit : () => edit);
    return true;
  }

  /**
   * Edits what is chosen now, as it is when those edits before it are done: keys come fast.
   * @param {(event: Marked) => Edit|null} make
   */
  sendChosen(make) {
    const { review } = this;
    const { chosen } = review;
    if (!review.event(chosen)) {
      review.tell("Nothing is chosen.");
      return;
    }
    this.send(() => {
      const event = review.event(chosen);
      return event ? make(event) : null;
    });
  }

  /**
   * @param {Hold} hold
   * @param {number} fromS
   * @param {number} toS
   */
  async added(hold, fromS, toS) {
    if (hold.what !== "new") return;
    const { recording, about, sheet } = this.review;
    const where = edits.stretch(fromS, toS, recording.duration_s);
    const channel = sheet.arrangement.all.find((one) => one.id === hold.channel);
    const kinds = edits.kindsFor(about.kinds, hold.group, channel);
    if (!where || !kinds.length) return;
    const last = this.lastKind.get(hold.group) ?? "";
    const kind = kinds.length === 1 ? kinds[0]?.kind : await dialogs.askKind(kinds, last);
    if (!kind) return;
    this.lastKind.set(hold.group, kind);
    this.send(edits.adding(where, kind, hold.channel));
  }

  /**
   * @param {Marked} event
   * @param {"start_s"|"stop_s"} edge
   * @param {number} timeS
   */
  moved(event, edge, timeS) {
    this.review.chosen = event.id;
    this.send(edits.moving(event, edge, timeS, this.review.recording.duration_s));
  }

  /**
   * @param {"start_s"|"stop_s"} edge
   * @param {1|-1} step
   */
  nudge(edge, step) {
    const { duration_s: durationS } = this.review.recording;
    this.sendChosen((event) => edits.nudging(event, edge, step, durationS));
  }

  /** Marks an event by its times. */
  async mark() {
    if (!this.may()) return;
    const { recording, about, place, channel, sheet } = this.review;
    const legs = sheet.arrangement.shown().filter((one) => one.role.startsWith("leg"));
    const own = legs.find((one) => one.id === channel) ?? legs[0];
    const kind = own ? edits.legKind(own.role) : "arousal";
    const middle = place.page.start_s + place.page.span_s / 2;
    const found = await dialogs.askEvent(recording, about.kinds, middle, kind);
    if (!found) return;
    const where = edits.stretch(found.start_s, found.stop_s, recording.duration_s);
    const on = edits.channelFor(found.kind, { channel: own?.id ?? "" }, sheet.arrangement.all);
    if (where) this.send(edits.adding(where, found.kind, on));
  }

  async changeKind() {
    const event = this.review.chosenEvent();
    if (!event || this.whyNot()) return;
    const { about, recording } = this.review;
    const kind = await dialogs.askKind(about.kinds, event.kind);
    if (kind && kind !== event.kind) this.send(edits.relabelling(event, kind, recording.channels));
  }

  /** Takes the chosen event out; at a difference without one, leaves the difference. */
  remove() {
    const { chosen, decisions } = this.review;
    if (!chosen && decisions.dismiss()) return;
    this.sendChosen(({ id }) => ({ type: "remove", id }));
  }

  reject() {
    this.sendChosen((event) => edits.rejecting(event));
  }

  /** Rejects, and says why. */
  async rejectWhy() {
    const event = this.review.chosenEvent();
    if (!event || event.rejected || !this.may()) return;
    const reason = await dialogs.askRejection();
    if (reason !== null) this.sendChosen((one) => edits.rejecting(one, reason));
  }

  changeSide() {
    this.sendChosen((event) => edits.changingSide(event, this.review.recording.channels));
  }

  /** @param {number} value of the stage of the marked epoch */
  stage(value) {
    const { review } = this;
    const { epoch } = review.place;
    if (epoch >= review.place.epochs() || !this.send(edits.restaging(epoch, value))) return;
    review.awaited.set(epoch, value);
    if (!review.decisions.staged()) review.place.nextEpoch();
  }

  accept() {
    const { decisions, place, recording, steps } = this.review;
    const { page } = place;
    if (!this.send(edits.accepting(page, recording.duration_s))) return;
    if (steps.plain()) place.turn(1);
    else if (!decisions.accepted(page)) steps.step(1);
  }

  /** @param {"undo"|"redo"} type */
  back(type) {
    const { journal, state } = this.review;
    const { can_undo: undo, can_redo: redo } = state.review;
    if (journal.waiting || (type === "undo" ? undo : redo)) this.send({ type });
    else this.review.tell(`There is nothing to ${type}.`);
  }
}
