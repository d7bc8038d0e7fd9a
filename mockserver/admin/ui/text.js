// Words for numbers, times and IDs.

const SECOND = 1e9;

/**
 * Return the first characters of an ID, as `nomad` prints it.
 * @param {string | null | undefined} id
 */
export const short = (id) => (id ?? "").slice(0, 8);

/**
 * Return a number and its noun, in the plural unless it is one.
 * @param {number} number
 * @param {string} noun
 */
export const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

const collator = new Intl.Collator("en", { numeric: true });

/**
 * Return names in the order in which people count them: `web-2` before `web-10`.
 * @type {(names: Iterable<string>) => string[]}
 */
export const inOrder = (names) => [...names].sort(collator.compare);

/** Return which of two names comes first, as `inOrder` sorts them. */
export const compared = collator.compare;

/**
 * Return the time of day.
 * @param {number} nanoseconds since 1970
 */
export const time = (nanoseconds) => new Date(nanoseconds / 1e6).toISOString().slice(11, 19);

/**
 * Return day and time.
 * @param {number} nanoseconds since 1970
 */
export const moment = (nanoseconds) => new Date(nanoseconds / 1e6).toISOString().slice(0, 19).replace("T", " ");

/**
 * Return a duration in the unit that suits its size.
 * @param {number} nanoseconds
 */
export function duration(nanoseconds) {
  const seconds = nanoseconds / SECOND;
  if (seconds < 1e-3) return `${Math.round(nanoseconds / 1e3)} µs`;
  if (seconds < 1) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.round(seconds / 86400)} days`;
}

/**
 * Return JSON indented, and any other text as it is.
 * @param {string} text
 */
export function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
