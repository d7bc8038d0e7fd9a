// What several views show in the same way.

import { h } from "./dom.js";

/** @import { Attributes, Child, GroupSummary } from "./types.d.ts" */

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

/** @param {string} text */
export const empty = (text) => h("p", { class: "quiet" }, text);
