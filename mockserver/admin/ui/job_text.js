// A job as JSON, and what would change if an edited text were registered.

import { put } from "./api.js";
import { h } from "./dom.js";
import { submitted } from "./forms.js";
import { agentPath } from "./job_actions.js";
import { empty } from "./parts.js";

/** @import { Act, DiffLine, FieldDiff, GroupDiff, Job, JobDiff, JobsView, ObjectDiff, Plan, TaskDiff } from "./types.d.ts" */

const TEXT = "job-text";

/**
 * @param {Job} job
 * @param {JobsView} view
 * @param {Act} act
 */
export function jobText(job, view, act) {
  const text = JSON.stringify(job, null, 2);
  const plan = (/** @type {HTMLFormElement} */ form) =>
    act(async () => {
      view.setPlanned({ id: job.ID, plan: await put(`${agentPath(job.ID)}/plan`, { Job: jobIn(form), Diff: true }) });
      return "Planned; nothing was changed.";
    });
  const register = (/** @type {HTMLFormElement} */ form) =>
    act(() => put(agentPath(job.ID), { Job: jobIn(form) }), `Job ${job.ID} is registered.`);
  const formOf = (/** @type {Event} */ event) =>
    /** @type {HTMLFormElement} */ (/** @type {HTMLButtonElement} */ (event.currentTarget).form);
  return h(
    "details",
    { key: "text", class: "form" },
    h("summary", {}, "JSON, and plan a change"),
    h(
      "form",
      { onsubmit: submitted(plan), "aria-label": `Edit ${job.ID}` },
      h("textarea", {
        name: TEXT,
        class: "text",
        "aria-label": "The job as JSON; edit it to plan a change",
        rows: 24,
        spellcheck: "false",
        value: text,
      }),
      h(
        "div",
        { class: "buttons" },
        h("button", { class: "first" }, "Plan"),
        h("button", { type: "button", onclick: (event) => register(formOf(event)) }, "Register"),
        h(
          "button",
          {
            type: "button",
            onclick: (event) => {
              textIn(formOf(event)).value = text;
            },
          },
          "Back to the present version",
        ),
      ),
    ),
    view.planned?.id === job.ID && planPart(view.planned.plan),
  );
}

/** @param {HTMLFormElement} form */
const textIn = (form) => /** @type {HTMLTextAreaElement} */ (form.elements.namedItem(TEXT));

/**
 * @param {HTMLFormElement} form
 * @throws {Error} that says where the text is not JSON
 */
function jobIn(form) {
  try {
    const job = JSON.parse(textIn(form).value);
    return job.Job ?? job;
  } catch (error) {
    throw new Error(`The job is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {Plan} plan */
function planPart({ Diff, FailedTGAllocs }) {
  const lines = Diff ? diffLines(Diff) : [];
  const failed = Object.entries(FailedTGAllocs ?? {});
  return h(
    "section",
    { key: "plan", "aria-label": "Plan" },
    h("h3", {}, "What the plan says"),
    lines.length > 0
      ? h(
          "ol",
          { class: "diff", tabindex: "0", "aria-label": "Difference" },
          lines.map(({ depth, type, text }) =>
            h("li", { class: type.toLowerCase(), style: { "padding-left": `${depth + 0.5}rem` } }, text),
          ),
        )
      : empty("No field would change."),
    failed.map(([group, { CoalescedFailures }]) =>
      h("p", { key: group, class: "callout wait" }, `${CoalescedFailures + 1} of group ${group} could not be placed.`),
    ),
  );
}

/** What stands before what is added, deleted, edited. @type {Record<string, string>} */
const SIGNS = { Added: "+", Deleted: "-", Edited: "+/-" };

/**
 * Return the lines of a difference, as `nomad plan` puts them; what stays as it is has none.
 * @param {JobDiff} job
 * @returns {DiffLine[]}
 */
export function diffLines(job) {
  return [
    ...objectLines({ ...job, Name: `Job ${job.ID}` }, 0),
    ...(job.TaskGroups ?? []).flatMap((group) => [
      ...objectLines({ ...group, Name: `Group ${group.Name}${inBrackets(updates(group))}` }, 1),
      ...(group.Tasks ?? []).flatMap(taskLines),
    ]),
  ];
}

/** @param {GroupDiff} group */
const updates = ({ Updates }) => Object.entries(Updates ?? {}).map(([what, number]) => `${number} ${what}`);

/** @param {TaskDiff} task */
const taskLines = (task) => objectLines({ ...task, Name: `Task ${task.Name}${inBrackets(task.Annotations ?? [])}` }, 2);

/**
 * @param {ObjectDiff} object
 * @param {number} depth
 * @returns {DiffLine[]}
 */
function objectLines({ Type, Name, Fields, Objects }, depth) {
  if (!(Type in SIGNS)) return [];
  return [
    { depth, type: Type, text: `${SIGNS[Type]} ${Name}` },
    ...(Fields ?? []).filter((field) => field.Type in SIGNS).map((field) => fieldLine(field, depth + 1)),
    ...(Objects ?? []).flatMap((object) => objectLines(object, depth + 1)),
  ];
}

/**
 * @param {FieldDiff} field
 * @param {number} depth
 * @returns {DiffLine}
 */
function fieldLine({ Type, Name, Old, New, Annotations }, depth) {
  const values = { Added: `"${New}"`, Deleted: `"${Old}"` }[Type] ?? `"${Old}" → "${New}"`;
  return { depth, type: Type, text: `${SIGNS[Type]} ${Name}: ${values}${inBrackets(Annotations ?? [])}` };
}

/** @param {string[]} words */
const inBrackets = (words) => (words.length ? ` (${words.join(", ")})` : "");
