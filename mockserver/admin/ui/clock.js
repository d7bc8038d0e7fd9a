// The time of the world and the buttons that move it.

import { change } from "./api.js";
import { h } from "./dom.js";
import { button } from "./parts.js";
import { duration, moment } from "./text.js";

/** @import { Act, Clock, World } from "./types.d.ts" */

/** @type {[string, string][]} */
const MODES = [
  ["manual", "stands still"],
  ["1", "real time"],
  ["10", "10 times as fast"],
  ["60", "60 times as fast"],
  ["3600", "an hour a second"],
];
/** @type {[string, string][]} */
const STEPS = [
  ["1s", "+1 s"],
  ["10s", "+10 s"],
  ["1m", "+1 min"],
  ["1h", "+1 h"],
];

/**
 * Return the time of the world by now.
 * @param {Clock} clock
 * @returns {number} nanoseconds since 1970
 */
export const nowOf = (clock) => clock.now + clock.speed * (performance.now() - clock.read) * 1e6;

/**
 * @param {World} world
 * @param {Act} act
 */
export function clockBar(world, act) {
  const { clock } = world;
  const now = nowOf(clock);
  const mode = clock.mode === "manual" ? "manual" : String(clock.speed);
  const modes = MODES.some(([value]) => value === mode) ? MODES : [...MODES, [mode, `${mode} times as fast`]];
  return [
    h("time", { datetime: clock.time }, moment(now)),
    h(
      "label",
      {},
      "Time ",
      h(
        "select",
        { value: mode, onchange: (event) => act(() => setMode(event.target.value)) },
        modes.map(([value, label]) => h("option", { key: value, value }, label)),
      ),
    ),
    h(
      "div",
      { class: "buttons", role: "group", "aria-label": "Move time ahead" },
      STEPS.map(([step, label]) =>
        button(
          label,
          () => act(() => change("POST", "/clock/advance", { duration: step }), `Time moved ahead by ${step}.`),
          { key: step },
        ),
      ),
      button("To the next event", () => act(toNextEvent), { key: "next" }),
    ),
    h("small", {}, next(clock, now)),
  ];
}

/**
 * @param {Clock} clock
 * @param {number} now
 */
function next(clock, now) {
  if (clock.next_event === null) return "nothing is planned";
  return `next event in ${duration(Math.max(clock.next_event - now, 0))}`;
}

async function toNextEvent() {
  const { happened, clock } = await change("POST", "/clock/advance-to-next-event");
  return happened ? `It is ${clock.time}.` : "Nothing is planned.";
}

/** @param {string} value */
async function setMode(value) {
  const speed = Number(value);
  await change(
    "PUT",
    "/clock",
    value === "manual" ? { mode: "manual" } : speed === 1 ? { mode: "real" } : { mode: "scaled", speed },
  );
  return value === "manual" ? "Time stands still." : `Time passes ${value} times as fast.`;
}
