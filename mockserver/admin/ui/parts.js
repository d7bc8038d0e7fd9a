// What several views show in the same way.

import { scope } from "./api.js";
import { h } from "./dom.js";

/** @import { Act, Attributes, Child, GroupSummary } from "./types.d.ts" */

/** The colour of each status. @type {Record<string, string>} */
const LOOKS = {
  running: "good",
  complete: "good",
  ready: "good",
  pending: "wait",
  blocked: "wait",
  starting: "wait",
  queued: "wait",
  initializing: "wait",
  draining: "wait",
  failed: "bad",
  lost: "bad",
  down: "bad",
  dead: "over",
  canceled: "over",
  stopped: "over",
};

/** @param {string} status */
export const pill = (status) => h("span", { class: `pill ${LOOKS[status] ?? ""}` }, status);

/**
 * @param {string} label
 * @param {() => unknown} act
 * @param {Attributes<HTMLButtonElement>} [attributes]
 */
export const button = (label, act, attributes) => h("button", { type: "button", onclick: act, ...attributes }, label);

/** @type {(keyof GroupSummary)[]} */
const COUNTS = ["Running", "Starting", "Queued", "Complete", "Failed", "Lost"];

/**
 * Return a bar of how many allocations are in which state, and the same in words.
 * @param {GroupSummary[]} groups
 */
export function summaryBar(groups) {
  const total = Object.fromEntries(COUNTS.map((name) => [name, groups.reduce((sum, group) => sum + group[name], 0)]));
  const there = COUNTS.filter((name) => total[name] > 0);
  const words = there.map((name) => `${total[name]} ${name.toLowerCase()}`).join(", ") || "no allocations";
  return h(
    "div",
    { class: "summary" },
    h(
      "div",
      { class: "bar", "aria-hidden": "true" },
      there.map((name) =>
        h("i", { key: name, class: name.toLowerCase(), style: { "flex-grow": String(total[name]) } }),
      ),
    ),
    h("small", {}, words),
  );
}

/**
 * Return a bar of how much of something is used.
 * @param {string} label
 * @param {number} used
 * @param {number} of
 * @param {string} unit
 */
export function load(label, used, of, unit) {
  const share = of > 0 ? used / of : 0;
  return h(
    "div",
    { class: "load" },
    h("small", {}, `${label} ${used} of ${of} ${unit}`),
    h(
      "div",
      {
        class: "bar",
        role: "meter",
        "aria-label": label,
        "aria-valuemin": 0,
        "aria-valuemax": of,
        "aria-valuenow": used,
      },
      used > 0 &&
        h("i", { class: share > 0.9 ? "full" : "used", style: { "flex-basis": `${Math.min(share, 1) * 100}%` } }),
    ),
  );
}

/**
 * Return a text whose `…` are code.
 * @param {string} text
 * @returns {Child[]}
 */
export const prose = (text) => text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));

/**
 * Return a command with a button that copies it.
 * @param {string} command
 * @param {string} label of the button
 * @param {Act} act
 */
export const copyable = (command, label, act) =>
  h(
    "div",
    { class: "copyable" },
    h("pre", { tabindex: "0", "aria-label": "Command" }, command),
    button(label, () => act(() => copy(command), "Copied.")),
  );

/**
 * @param {string} text
 * @throws {Error} where the browser does not let a page copy
 */
async function copy(text) {
  if (!navigator.clipboard) throw new Error("A page without HTTPS can copy only at localhost: select the command.");
  await navigator.clipboard.writeText(text);
}

/** Return the words of a curl command that mean the space that is shown. */
export const spaceHeader = () =>
  scope.space && scope.space !== "default" ? ` -H 'X-Nomad-Mock-Space: ${scope.space.replaceAll("'", "'\\''")}'` : "";

/** Most items of a list that are shown, so that the page stays fast. */
export const MOST = 200;

/**
 * Return what stands below a list that is not shown to its end; nothing where it is.
 * @param {number} length
 */
export const more = (length) => length > MOST && empty(`and ${length - MOST} more: filter to find them`);

/** @param {string} text */
export const empty = (text) => h("p", { class: "quiet" }, text);
