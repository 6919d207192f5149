/** One recording under review: what is shown, where, and what was chosen. */

/** @import {About, Marked, Page, Recording, State, Stop} from "./types.js" */
/** @import {Edit} from "./edit.js" */
/** @import {View} from "./sheet.js" */
import { ApiError, RecordingApi } from "./api.js";
import { Column } from "./column.js";
import { Decisions } from "./decisions.js";
import { byId, choices, say } from "./dom.js";
import { Editor } from "./editor.js";
import { clock, fineClock } from "./format.js";
import { showNotes, showSaved, showStanding } from "./head.js";
import { Journal } from "./journal.js";
import { Night } from "./night.js";
import { Place } from "./place.js";
import { Sheet } from "./sheet.js";
import { Signing } from "./signing.js";
import * as states from "./state.js";
import { Steps } from "./steps.js";

const LOOK_MS = 4000;

/** @typedef {{say: (text: string, good?: boolean) => void, quiet: () => void}} Voice */

/** The page of one recording. */
export class Review {
  /**
   * @param {About} about
   * @param {Recording} recording
   * @param {State} state
   * @param {RecordingApi} api
   * @param {Voice} voice
   */
  constructor(about, recording, state, api, voice) {
    this.about = about;
    this.recording = recording;
    this.api = api;
    this.voice = voice;
    this.journal = new Journal(api, state, {
      now: (found, edit) => this.now(found, edit),
      busy: (waiting) => this.showSaved(waiting),
      refused: (text) => voice.say(text),
    });
    this.rules = recording.rules[0]?.name ?? "";
    /** Stages that were given and are not on the disk yet, by epoch. @type {Map<number, number>} */
    this.awaited = new Map();
    this.chosen = "";
    this.channel = "";
    /** @type {Marked[]} */
    this.events = [];
    this.closed = false;
    this.place = new Place(this);
    this.column = new Column(this);
    this.decisions = new Decisions(this);
    this.editor = new Editor(this);
    this.signing = new Signing(this);
    this.steps = new Steps(this);
    this.sheet = new Sheet(this.view(), this.hands(), api, about.limits.px);
    this.night = new Night((timeS) => this.place.goTo(timeS), recording);
  }

  get state() {
    return this.journal.state;
  }

  /** @returns {View} */
  view() {
    return {
      page: () => this.place.page,
      recording: () => this.recording,
      channel: () => this.channel,
      marks: () => this.marks(),
      drawn: () => this.column.fill("page"),
      failed: (text) => this.voice.say(text),
    };
  }

  /** @returns {import("./plot.js").Hands} */
  hands() {
    return {
      page: () => this.place.page,
      events: () => this.onPage(),
      chosen: () => this.chosen,
      choose: (id) => this.choose(id),
      chooseEpoch: (timeS) => this.place.chooseEpoch(timeS),
      chooseChannel: (id) => this.chooseChannel(id),
      redraw: () => this.sheet.marksSoon(),
      editable: () => !this.editor.whyNot(),
      added: (hold, fromS, toS) => void this.editor.added(hold, fromS, toS),
      moved: (event, edge, timeS) => this.editor.moved(event, edge, timeS),
      pointed: (timeS) =>
        say(byId("pointed"), timeS === null ? "" : fineClock(this.recording.start_clock, timeS)),
      resized: () => this.resized(),
    };
  }

  /** @param {number|null} atS where to begin */
  begin(atS) {
    const { recording } = this;
    say(byId("name"), recording.name);
    choices(
      /** @type {HTMLSelectElement} */ (byId("rules")),
      recording.rules.map(({ name, title }) => ({ value: name, text: title })),
      this.rules,
    );
    choices(
      /** @type {HTMLSelectElement} */ (byId("montage")),
      recording.montages.map(({ name, title }) => ({ value: name, text: title })),
      this.sheet.arrangement.name,
    );
    showNotes(recording);
    const mode = /** @type {HTMLSelectElement} */ (byId("mode"));
    const differences = mode.querySelector("option[value=disagreements]");
    if (differences instanceof HTMLOptionElement) differences.disabled = !this.about.others.length;
    this.column.show("why");
    const [off] = recording.lights_s;
    this.place.begin(atS ?? off ?? 0);
    this.steps.leave(this.place.page.start_s);
    this.now(this.state, null);
    this.sheet.draw();
    void this.sheet.fetchLevels();
    this.looking = setInterval(() => void this.look(), LOOK_MS);
    if (recording.readonly) this.voice.say(`Read only: ${recording.readonly_why}`);
    if (this.decisions.between()) this.steps.setMode("disagreements");
    else if (!recording.channels.some((one) => one.role.startsWith("leg"))) {
      this.steps.setMode("all");
    }
    byId("plot").focus();
  }

  close() {
    this.closed = true;
    clearInterval(this.looking);
    this.sheet.close();
    this.night.close();
  }

  async look() {
    try {
      await this.journal.look();
    } catch (error) {
      if (error instanceof ApiError && error.status !== 425) {
        const more = error.status === 0 ? " What was saved is on the disk." : "";
        this.voice.say(`${error.message}${more}`);
      }
    }
  }

  // -- what is true now ------------------------------------------------------------------------

  /**
   * @param {State} state
   * @param {Edit|null} edit
   */
  now(state, edit) {
    const known = new Set(this.events.map((one) => one.id));
    this.events = states.markedEvents(state, this.rules, this.about.kinds);
    if (edit?.type === "add" && !this.decisions.passed.has(edit)) {
      const added = this.events.find((one) => !known.has(one.id));
      if (added) this.chosen = added.id;
    }
    if (!this.chosenEvent()) this.chosen = "";
    this.steps.refresh();
    showStanding(state, this.recording.readonly, this.about);
    this.showSaved(this.journal.waiting);
    this.place.showStageKeys();
    this.column.showNumbers();
    this.night.show(state, this.events, this.place.page);
    this.chosenChanged();
    if (edit && String(edit["kind"] ?? "").startsWith("lights")) void this.fetchRecording();
    this.column.fill("history");
  }

  async fetchRecording() {
    const found = await this.api.recording().catch(() => null);
    if (!found) return;
    this.recording = found;
    this.night.recording = found;
    this.night.show(this.state, this.events, this.place.page);
  }

  /** @param {string} name of the rule set that judges */
  setRules(name) {
    this.rules = name;
    this.now(this.state, null);
  }

  /** @param {string} id */
  event(id) {
    return this.events.find((one) => one.id === id);
  }

  chosenEvent() {
    return this.event(this.chosen);
  }

  onPage() {
    return states.onPage(this.events, this.place.page);
  }

  /**
   * The stage of an epoch: the one that is being saved, or the one that is.
   * @param {number} epoch
   */
  stageOf(epoch) {
    return this.awaited.get(epoch) ?? this.state.hypnogram?.stages[epoch] ?? -1;
  }

  /** What is marked on the page. */
  marks() {
    const { place } = this;
    return {
      page: place.page,
      events: this.onPage(),
      chosen: this.chosen,
      hypnogram: this.state.hypnogram,
      grid: place.grid(),
      epochs: place.epochs(),
      epoch: place.epoch,
      stages: this.about.stages,
      accepted_s: this.state.review.accepted_s,
      awaited: this.awaited,
      sought: this.steps.sought(),
    };
  }

  // -- where -----------------------------------------------------------------------------------

  /**
   * Another page is there.
   * @param {1|-1} direction from the page before
   * @param {number|null} askedAt when a key asked for it
   */
  arrived(direction, askedAt) {
    const { sheet, place } = this;
    sheet.direction = direction;
    sheet.askedAt = askedAt;
    const event = this.chosenEvent();
    // What is not on the page is not chosen: no key may change what nobody sees.
    if (event && !this.onPage().includes(event)) {
      this.chosen = "";
      this.chosenChanged();
    }
    sheet.draw();
    this.night.place(place.page);
  }

  /**
   * @param {Stop} stop
   * @param {number|null} askedAt
   */
  goStop(stop, askedAt) {
    this.chosen = stop.event;
    this.place.goStop(stop, askedAt);
    this.chosenChanged();
    if (stop.text) this.column.show("why");
  }

  resized() {
    this.sheet.draw();
    this.night.resized();
  }

  // -- choosing --------------------------------------------------------------------------------

  /** @param {string} id */
  choose(id) {
    this.chosen = id;
    this.steps.chose(id, this.chosenEvent()?.start_s);
    if (id && this.column.name !== "page") this.column.show("why");
    this.chosenChanged();
  }

  /** @param {string} id */
  chooseChannel(id) {
    this.channel = this.channel === id ? "" : id;
    this.sheet.label();
  }

  /** Nothing is held or chosen any more. */
  escape() {
    if (!this.sheet.plot.letGo()) this.choose("");
    byId("plot").focus();
  }

  chosenChanged() {
    const event = this.chosenEvent();
    if (event) this.sheet.plot.reveal(event);
    this.sheet.marksSoon();
    this.column.chosenChanged();
  }

  /** @param {number} waiting edits that are not on the disk yet */
  showSaved(waiting) {
    if (!waiting && this.awaited.size) {
      this.awaited.clear();
      this.place.epochChanged();
    }
    showSaved(waiting, this.state.review.edits);
  }

  /** @param {number} timeS */
  clock(timeS) {
    return clock(this.recording.start_clock, timeS);
  }

  /** @param {string} text for screen readers */
  tell(text) {
    say(byId("told"), text);
  }
}
