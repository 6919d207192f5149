/** Times as people read and write them. Pure. */

const DAY_S = 86400;

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");

/**
 * @param {number} seconds
 * @returns {string} hh:mm:ss
 */
export function elapsed(seconds) {
  const whole = Math.floor(Math.max(0, seconds) + 1e-6);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/**
 * @param {string} clock hh:mm:ss, or "" where the recording does not tell
 * @returns {number|null} seconds since midnight
 */
export function secondsOfDay(clock) {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(clock);
  if (!found) return null;
  const seconds = Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0);
  return Number(found[1]) < 24 && Number(found[2]) < 60 && Number(found[3] ?? 0) < 60
    ? seconds
    : null;
}

/**
 * The clock at a time of the recording; the time since its start, with "+", where there is none.
 * @param {string} startClock
 * @param {number} seconds
 */
export function clock(startClock, seconds) {
  const start = secondsOfDay(startClock);
  return start === null ? `+${elapsed(seconds)}` : elapsed((start + seconds + DAY_S) % DAY_S);
}

/**
 * Seconds from the start for a time that a person typed: a clock time, "+hh:mm:ss" since the
 * start, or "123 s".
 * @param {string} text
 * @param {string} startClock
 * @param {number} durationS
 * @returns {number|null} null if it is no time of the recording
 */
export function typedTime(text, startClock, durationS) {
  const plain = text.trim();
  const seconds = /^(\d+(?:\.\d+)?)\s*s$/.exec(plain);
  if (seconds) return within(Number(seconds[1]), durationS);
  const start = plain.startsWith("+") ? null : secondsOfDay(startClock);
  const time = secondsOfDay(plain.replace(/^\+/, ""));
  if (time === null) return null;
  return within(start === null ? time : (time - start + DAY_S) % DAY_S, durationS);
}

/**
 * @param {number} time
 * @param {number} durationS
 */
const within = (time, durationS) => (time <= durationS ? time : null);

/**
 * @param {number|null} value
 * @returns {string} one decimal; "-" for what cannot be known
 */
export function number(value) {
  return value === null || !Number.isFinite(value) ? "-" : value.toFixed(1);
}

/**
 * @param {number|null|undefined} seconds
 * @returns {string} "8 h 00 min"
 */
export function hours(seconds) {
  if (seconds === null || seconds === undefined) return "-";
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/**
 * @param {number} bytes
 */
export function size(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

/**
 * A number of uV/mm and the like, without needless digits.
 * @param {number} value
 */
export function short(value) {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

/**
 * @param {number} gain
 * @param {string} unit
 * @returns {string} "20 \u00b5V/mm"
 */
export const gainText = (gain, unit) =>
  `${short(gain)} ${unit === "uV" ? "\u00b5V" : unit || "unit"}/mm`;

/**
 * As much of a text as there is room for, and a sign that there is more.
 * @param {string} text
 * @param {(text: string) => boolean} fits
 * @returns {string} "" where not even two letters fit
 */
export function cutTo(text, fits) {
  if (fits(text)) return text;
  for (let length = text.length - 1; length > 1; length -= 1) {
    const cut = `${text.slice(0, length)}\u2026`;
    if (fits(cut)) return cut;
  }
  return "";
}

/**
 * How often a thing was done, in words.
 * @param {number} count
 * @param {string} one
 */
export function times(count, one) {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

/**
 * A share in per cent, never rounded up to all of it.
 * @param {number} share
 */
export const percent = (share) =>
  `${(Math.floor(share * 1000) / 10).toFixed(share >= 1 ? 0 : 1)} %`;

/**
 * A moment to a hundredth of a second.
 * @param {string} startClock
 * @param {number} timeS
 */
export function fineClock(startClock, timeS) {
  // Cut off as the clock is: what rounds up belongs to no second that is shown.
  const hundredths = Math.floor(timeS * 100 + 1e-4);
  const whole = Math.floor(hundredths / 100);
  return `${clock(startClock, whole)}.${two(hundredths - 100 * whole)}`;
}

/**
 * When something was done, to the minute; the journal tells the time of no zone but UTC.
 * @param {string} iso
 * @returns {string} "" for none
 */
export const moment = (iso) => (iso ? `${iso.slice(0, 16).replace("T", " ")} UTC` : "");
