/** Signing a review, writing its files again, and reopening it. */

/** @import {Review} from "./review.js" */
/** @import {State, Tally} from "./types.js" */
import { ApiError } from "./api.js";
import * as dialogs from "./dialogs.js";
import { percent, times } from "./format.js";

/** The end of a review, and the beginning of its next revision. */
export class Signing {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    this.writes = false;
  }

  async sign() {
    const { review } = this;
    await review.journal.last;
    const by = await dialogs.askSign(review.about, this.facts());
    if (by) await this.writing(() => review.api.sign(review.state.n, by));
  }

  /** @returns {string[]} what is signed */
  facts() {
    const { recording, state, rules } = this.review;
    const { review, indices, adjudication } = state;
    const title = recording.rules.find((one) => one.name === rules)?.title;
    const plms = indices.find((one) => one.rules === title);
    const facts = [
      `${recording.name}, revision ${review.revision}`,
      `${times(review.edits, "edit")}; ${percent(review.accepted_share)} of the night accepted`,
    ];
    if (adjudication) facts.push(...adjudicated(adjudication));
    if (plms) facts.push(`${plms.label} (${plms.rules}): ${plms.now?.toFixed(1) ?? "-"} ${plms.unit}`);
    return facts;
  }

  async exportAgain() {
    await this.writing(() => this.review.api.exportAgain());
  }

  /** @param {() => Promise<{files: string[], folder: string, state: State}>} write */
  async writing(write) {
    if (this.writes) return;
    const { journal, voice } = this.review;
    this.writes = true;
    voice.say("Writing report, tables and annotations. This takes up to half a minute.", true);
    try {
      const { files, folder, state } = await write();
      voice.quiet();
      journal.take(state, null);
      dialogs.showFiles(files, folder);
    } catch (error) {
      if (error instanceof ApiError && error.state) journal.take(error.state, null);
      voice.say(error instanceof Error ? error.message : String(error));
      // It may be signed although a file could not be written.
      await journal.look().catch(() => undefined);
    } finally {
      this.writes = false;
    }
  }

  async reopen() {
    const { journal, voice, api } = this.review;
    await journal.last;
    const why = await dialogs.askReopen();
    if (why === null) return;
    try {
      voice.quiet();
      journal.take(await api.reopen(this.review.state.n, why), null);
    } catch (error) {
      journal.failed(error);
    }
  }
}

/**
 * What signing an adjudication says, and what it leaves open.
 * @param {Tally} tally
 * @returns {string[]}
 */
function adjudicated(tally) {
  const { differences, undecided } = tally;
  const facts = [
    `${times(tally.events, "event")} and ${times(tally.epochs, "epoch")} agreed; ${differences - undecided} of ${times(differences, "difference")} decided`,
  ];
  if (undecided) {
    facts.push(
      `left undecided: ${times(tally.open_epochs, "epoch")} unscored for that, ${times(tally.open_events, "event")} not counted`,
    );
  }
  if (tally.unscored_epochs) {
    facts.push(`decided without a stage: ${times(tally.unscored_epochs, "epoch")}`);
  }
  return facts;
}
