/** The column beside the signals: numbers, why, what is on the page, lists, the journal. */

/** @import {Review} from "./review.js" */
import { byId, say } from "./dom.js";
import { changingSide } from "./edit.js";
import { Rows, Tabs, eventText, showHistory, showIndices, showPageList, showWhy } from "./panels.js";

const MOST_LISTED = 200;
const ACTS = ["act-reject", "act-reject-why", "act-remove", "act-side", "act-kind"];

/** Follows what is chosen and what is true. */
export class Column {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    /** What Why tells of. */
    this.told = "";
    this.tabs = new Tabs((name) => this.fill(name));
    this.rows = new Rows("history-more", MOST_LISTED, () => void this.fetchHistory());
  }

  /** @param {string} name of the tab that comes to the front */
  show(name) {
    this.tabs.show(name);
  }

  /** @returns {string} the tab that is in front */
  get name() {
    return this.tabs.name;
  }

  /**
   * Fills a part, if it is the one that is shown.
   * @param {string} name
   */
  fill(name) {
    if (name !== this.name) return;
    if (name === "page") this.listPage();
    if (name === "stops") this.review.steps.list();
    if (name === "history") void this.fetchHistory();
  }

  listPage() {
    const { review } = this;
    const { start_clock: start } = review.recording;
    showPageList(review.onPage(), review.chosen, start, (id) => review.choose(id));
  }

  showNumbers() {
    const { recording, rules, state, about } = this.review;
    const title = recording.rules.find((one) => one.name === rules)?.title ?? "";
    showIndices(state.indices, title, about.blind);
    say(byId("indices-before"), state.adjudication ? "Agreed" : "Automatic");
  }

  /** Tells of what is chosen now, and what may be done with it. */
  chosenChanged() {
    const { recording, editor } = this.review;
    const event = this.review.chosenEvent();
    const blocked = Boolean(editor.whyNot());
    byId("acts").hidden = !event;
    for (const id of ACTS) /** @type {HTMLButtonElement} */ (byId(id)).disabled = blocked;
    byId("act-reject-why").hidden = Boolean(event?.rejected);
    say(byId("act-reject"), event?.rejected ? "Restore" : "Reject");
    const side = event && changingSide(event, recording.channels);
    /** @type {HTMLButtonElement} */ (byId("act-side")).disabled = blocked || !side;
    this.fill("page");
    void this.fetchWhy();
  }

  async fetchWhy() {
    const { review } = this;
    const { chosen, rules, steps } = review;
    const note = steps.note();
    review.decisions.show();
    if (!chosen) {
      this.showWhy(steps.title(), note, "", []);
      return;
    }
    const why = await review.api.why(chosen, rules).catch(() => null);
    if (chosen !== review.chosen || rules !== review.rules) return;
    const event = review.chosenEvent();
    const verdict = event ? eventText(event) : "";
    this.showWhy(why?.title ?? "", note, verdict, why?.lines ?? []);
    if (event) review.tell(`${review.clock(event.start_s)} ${verdict}`);
  }

  /**
   * @param {string} title
   * @param {string} note
   * @param {string} verdict
   * @param {import("./types.js").Why["lines"]} lines
   */
  showWhy(title, note, verdict, lines) {
    showWhy(title, note, verdict, lines);
    const { chosen } = this.review;
    // Of another event one sees the beginning.
    if (chosen !== this.told) byId("part-why").scrollTop = 0;
    this.told = chosen;
  }

  /** Lists entries of the journal, the newest first. */
  async fetchHistory() {
    const { api, state, recording } = this.review;
    const { from, to } = this.rows.of(state.n);
    const found = await api.history(state.n - to + 1).catch(() => null);
    if (!found) return;
    const entries = found.entries.slice(0, to - from);
    showHistory(entries, recording.start_clock, (id) => this.review.event(id));
  }
}
