// Rules: what becomes of tasks at their next start, instead of what their jobs say.

import { change } from "./api.js";
import { h } from "./dom.js";
import { fieldParts, fieldsOf, filledIn, submitted } from "./forms.js";
import { button, empty } from "./parts.js";
import { counted } from "./text.js";

/** @import { Act, Outcome, Rule, RulesView, Schemas, Selection, World } from "./types.d.ts" */

/**
 * The kinds of outcome: the fields that specify each, and what it is without any.
 * @type {Record<string, {label: string, fields: string[], least: object}>}
 */
const OUTCOMES = {
  exits: { label: "ends", fields: ["exit_code", "signal", "message", "run_for"], least: { exit_code: 0 } },
  hangs: { label: "stays pending until it is started by hand", fields: [], least: { hang: true } },
  late: { label: "starts late", fields: ["start_after"], least: { start_after: "30s" } },
  fails: {
    label: "can't be started",
    fields: ["start_error", "start_error_recoverable"],
    least: { start_error: "failed to start" },
  },
  runs: { label: "runs until it is stopped", fields: ["kill_after"], least: { run_for: null } },
};

/**
 * @param {World} world
 * @param {RulesView} view
 * @param {Act} act
 */
export function rulesView(world, view, act) {
  return h(
    "section",
    { key: "rules", "aria-labelledby": "rules-title" },
    h("h2", { id: "rules-title" }, "Rules for tasks"),
    h(
      "p",
      { class: "quiet" },
      "A rule decides what becomes of tasks that start from now on. Of the rules that match a task, the newest counts. To end a task that runs already, use the buttons of its job.",
    ),
    world.rules.length === 0
      ? empty("There are no rules: every task does what its job says.")
      : h(
          "ul",
          { class: "rows" },
          [...world.rules].reverse().map((rule) => row(rule, act)),
        ),
    world.rules.length > 0 &&
      h(
        "div",
        { class: "buttons" },
        button("Drop all", () => act(() => change("DELETE", "/tasks/rules"), "All rules are dropped.")),
      ),
    world.schemas && newRule(world.schemas, namesIn(world), view, act),
  );
}

/**
 * @param {Rule} rule
 * @param {Act} act
 */
function row({ number, tasks, outcome, times }, act) {
  return h(
    "li",
    { key: String(number), class: "line" },
    h("b", {}, selection(tasks)),
    h("span", {}, does(outcome)),
    h("small", {}, times === null ? "every time" : `${counted(times, "time")} more`),
    button("Drop", () => act(() => change("DELETE", `/tasks/rules/${number}`), `Rule ${number} is dropped.`), {
      "aria-label": `Drop rule ${number}`,
    }),
  );
}

/** @param {Selection} tasks */
function selection({ job, group, task, allocation }) {
  const parts = [
    ["job", job],
    ["group", group],
    ["task", task],
    ["allocation", allocation],
  ].filter(([, value]) => value && value !== "*");
  return parts.map(([name, value]) => `${name} ${value}`).join(", ") || "any task";
}

/**
 * Return a saved outcome in words.
 * @param {Outcome} outcome
 */
export function does(outcome) {
  if ("start_error" in outcome)
    return `can't be started: ${outcome.start_error}${outcome.start_error_recoverable ? " (may be tried again)" : ""}`;
  if (outcome.start_after === null) return "stays pending until it is started by hand";
  const words = [];
  if (outcome.start_after !== undefined) words.push(`starts after ${seconds(outcome.start_after)}`);
  if (outcome.run_for === null) words.push("runs until it is stopped");
  if (typeof outcome.run_for === "number")
    words.push(
      `ends ${outcome.run_for ? `after ${seconds(outcome.run_for)}` : "at once"} with exit code ${outcome.exit_code ?? 0}${outcome.signal ? `, signal ${outcome.signal}` : ""}`,
    );
  if (outcome.message) words.push(`“${outcome.message}”`);
  if (outcome.kill_after !== undefined) words.push(`takes ${seconds(outcome.kill_after)} to stop`);
  return words.join(", ");
}

/** @param {number} nanoseconds */
const seconds = (nanoseconds) => `${nanoseconds / 1e9} s`;

/**
 * @param {World} world
 * @returns {Record<string, string[]>}
 */
const namesIn = ({ jobs }) => ({
  job: jobs.map(({ ID }) => ID),
  group: [...new Set(jobs.flatMap(({ JobSummary }) => Object.keys(JobSummary?.Summary ?? {})))],
});

/**
 * @param {Schemas} schemas
 * @param {Record<string, string[]>} known
 * @param {RulesView} view
 * @param {Act} act
 */
function newRule(schemas, known, { draft, setDraft, job }, act) {
  const kind = draft.outcome ?? "exits";
  const selected = fieldsOf(schemas.Selection, schemas);
  const outcome = fieldsOf(schemas.Outcome, schemas).filter(({ name }) => OUTCOMES[kind].fields.includes(name));
  const often = fieldsOf(schemas.NewRule, schemas).filter(({ name }) => name === "times");
  const add = (/** @type {HTMLFormElement} */ form) =>
    act(async () => {
      const body = {
        tasks: filledIn(form, selected, "rule"),
        outcome: { ...OUTCOMES[kind].least, ...filledIn(form, outcome, `rule-${kind}`) },
        ...filledIn(form, often, "rule"),
      };
      const rule = await change("POST", "/tasks/rules", body);
      return `Rule ${rule.number} applies from now on: ${selection(rule.tasks)} ${does(rule.outcome)}.`;
    });
  return h(
    "form",
    { key: `new ${job ?? ""}`, class: "form", onsubmit: submitted(add), "aria-label": "A new rule" },
    h("h3", {}, "A new rule"),
    h(
      "fieldset",
      {},
      h("legend", {}, "Which tasks"),
      fieldParts(selected, "rule", { values: { job: job ?? "" }, known }),
    ),
    h(
      "fieldset",
      {},
      h("legend", {}, "What becomes of them"),
      h(
        "div",
        { class: "field" },
        h("label", { for: "rule-outcome" }, "outcome"),
        h(
          "select",
          { id: "rule-outcome", value: kind, onchange: (event) => setDraft({ outcome: event.target.value }) },
          Object.entries(OUTCOMES).map(([name, { label }]) => h("option", { key: name, value: name }, label)),
        ),
      ),
      fieldParts(outcome, `rule-${kind}`),
      fieldParts(often, "rule"),
    ),
    h("div", { class: "buttons" }, h("button", { class: "first" }, "Add this rule")),
  );
}
