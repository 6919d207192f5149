/**
 * What the server sends, as the page knows it. Times are seconds from the start of the
 * recording; unknown is null, never 0.
 *
 * @typedef {{value: number, name: string, key: string}} StageKey
 * @typedef {{kind: string, title: string, group: string}} Kind
 * @typedef {{program: string, version: string, disclaimer: string, reviewer: string,
 *   blind: boolean, mode: string, others: string[], stages: StageKey[], kinds: Kind[],
 *   filters: string[], limits: {span_s: number, px: number, channels: number},
 *   idle_exit_s: number}} About
 *
 * @typedef {{text: string, high_pass_hz: number|null, low_pass_hz: number|null,
 *   as_scored: boolean}} Filter
 * @typedef {{id: string, label: string, role: string, group: string, rate_hz: number,
 *   unit: string, shown: boolean, derived: boolean, made_of: string, filter: Filter,
 *   range: number|null, usable: boolean, why_not: string}} Channel
 * @typedef {{name: string, title: string, channels: string[]}} Montage
 * @typedef {{id: string, label: string, rate_hz: number}} Electrode
 * @typedef {{name: string, title: string}} Rules
 * @typedef {{code: string, message: string, where: string, severity: string}} Finding
 * @typedef {{what: string, reason: string}} NotScored
 * @typedef {{rid: string, name: string, duration_s: number, start_clock: string,
 *   readonly: boolean, readonly_why: string, epoch_s: number, gaps: number[][],
 *   unreadable: number[][], lights_s: (number|null)[], rules: Rules[], channels: Channel[],
 *   montages: Montage[], electrodes: Electrode[],
 *   leg_lines: {onset_rise_uv: number, offset_rise_uv: number}, findings: Finding[],
 *   not_scored: NotScored[]}} Recording
 *
 * @typedef {{id: string[], start_s: number[], stop_s: number[], kind: string[],
 *   channel: string[], peak_uv: (number|null)[], resting_uv: (number|null)[],
 *   rejected: string[], changed: boolean[],
 *   excluded_by: string[]}} EventColumns
 * @typedef {{start_s: number[], stop_s: number[], side: string[], stage: number[],
 *   series: number[], plm: boolean[], candidate: boolean[], excluded_by: string[],
 *   arousal: (boolean|null)[], respiratory: (boolean|null)[], events: string[][]}} Movements
 * @typedef {{start_s: number, epoch_s: number, stages: number[], scorer: string[],
 *   doubt: (number|null)[]}} Hypnogram
 * @typedef {{key: string, label: string, rules: string, unit: string, automatic: number|null,
 *   before: number|null, now: number|null, count: number|null, hours: number|null}} Index
 * @typedef {{state: string, revision: number, signed_by: string, signed_at: string,
 *   edits: number, counts: Record<string, number>, can_undo: boolean, can_redo: boolean,
 *   undo_text: string, redo_text: string, accepted_s: number[][], accepted_share: number,
 *   locked: boolean}} Review
 * @typedef {{n: number, changed: boolean, review: Review, events: EventColumns,
 *   movements: Record<string, Movements>, hypnogram: Hypnogram|null, indices: Index[],
 *   not_scored: NotScored[], adjudication: Tally|null, recompute_ms: number}} State
 * How far deciding between two scorers has come.
 * @typedef {{events: number, epochs: number, differences: number, open_events: number,
 *   open_epochs: number, unscored_epochs: number, undecided: number}} Tally
 *
 * @typedef {{start_s: number, step_s: number, rest_uv: (number|null)[]}} LevelPiece
 * @typedef {{channel: string, pieces: LevelPiece[]}} Level
 * @typedef {{label: string, value: string, note: string}} WhyLine
 * @typedef {{event: string, title: string, lines: WhyLine[]}} Why
 * @typedef {{start_s: number, stop_s: number, what: string, event: string,
 *   epoch: number|null, reasons: string[], doubt: number}} Uncertain
 * What another scorer has: an event, or, where `kind` is "", a stage.
 * @typedef {{start_s: number, stop_s: number, kind: string, stage: string}} Claim
 * @typedef {{start_s: number, stop_s: number, what: string, kind: string, event: string,
 *   epoch: number|null, text: string, claims: (Claim|null)[]}} Disagreement
 * @typedef {{n: number, at: string, by: string, edit: Record<string, unknown>,
 *   why: string}} Entry
 * @typedef {{state: string, step: string, share: number, error: string}} Status
 * @typedef {{rid: string, name: string, pending?: boolean, size_bytes?: number, state?: string,
 *   by?: string, at?: string, edits?: number, duration_s?: number|null,
 *   quality?: {severity: string, message: string, where: string}[], findings?: number,
 *   legs?: number|null, indices?: {key: string, label: string, rules: string, unit: string,
 *   value: number|null}[], error?: string}} Row
 *
 * One event with its verdict, as it is drawn.
 * @typedef {{id: string, start_s: number, stop_s: number, kind: string, channel: string,
 *   group: string, side: string, plm: boolean, series: number, counted: boolean,
 *   rejected: string, excluded_by: string, changed: boolean,
 *   movement: number}} Marked
 *
 * One thing to step to; `claims` is what each of the other scorers has there.
 * @typedef {{start_s: number, stop_s: number, event: string, epoch: number|null,
 *   text: string, kind?: string, claims?: (Claim|null)[]}} Stop
 *
 * @typedef {{start_s: number, span_s: number, px: number, min: Float32Array[],
 *   max: Float32Array[]}} Tile
 * A row of a channel; `flag` of its height, at its top, is kept for what is marked.
 * @typedef {{id: string, y: number, h: number, group: string, role: string,
 *   flag: number}} Track
 * @typedef {{group: string, y: number, h: number}} Lane
 * @typedef {{width: number, height: number, axis: {y: number, h: number},
 *   stage: {y: number, h: number}, lanes: Lane[], tracks: Track[]}} Layout
 * @typedef {{start_s: number, span_s: number}} Page
 */
export {};
