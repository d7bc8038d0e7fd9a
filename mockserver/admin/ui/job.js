// One job with everything that hangs on it.

import { allocationPart, isOver, literal, numberOf } from "./allocations.js";
import { change } from "./api.js";
import { h } from "./dom.js";
import { dispatchForm, evaluateButtons } from "./job_actions.js";
import { jobText } from "./job_text.js";
import { button, empty, MOST, pill, summaryBar } from "./parts.js";
import { compared, counted, short } from "./text.js";

/** @import { Act, Evaluation, Job, JobStub, JobsView, World } from "./types.d.ts" */

/** @param {string} id */
export const jobPath = (id) => `#/jobs/${encodeURIComponent(id)}`;

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {JobsView} view
 * @param {Act} act
 */
export function jobDetail(world, stub, view, act) {
  const job = world.job?.ID === stub.ID ? world.job : undefined;
  const reason = world.reasons[stub.ID];
  const children = world.jobs.filter(({ ParentID }) => ParentID === stub.ID).sort((a, b) => compared(b.ID, a.ID));
  return [
    h("a", { class: "back", href: "#/jobs" }, "← All jobs"),
    h("h2", { id: "job-title" }, stub.ID, " ", pill(stub.Status)),
    h("p", { class: "quiet" }, facts(stub, job)),
    reason &&
      (reason.level !== "good" || job?.Periodic) &&
      h("p", { class: `callout ${reason.level}`, id: "why" }, reason.why),
    h(
      "div",
      { key: "actions", class: "buttons actions" },
      button("Stop this job", () =>
        act(() => change("DELETE", `/jobs/${encodeURIComponent(stub.ID)}`), `Job ${stub.ID} is stopped.`),
      ),
      job && evaluateButtons(job, act),
      h("a", { href: `#/rules/${encodeURIComponent(literal(stub.ID))}` }, "Add a rule for its next tasks"),
    ),
    job?.ParameterizedJob && dispatchForm(job.ID, job.ParameterizedJob, act),
    children.length > 0 &&
      h(
        "section",
        { key: "children" },
        h("h3", {}, "Children", h("small", {}, " newest first")),
        h(
          "ul",
          { class: "plain" },
          children
            .slice(0, MOST)
            .map((child) =>
              h("li", { key: child.ID }, h("a", { href: jobPath(child.ID) }, child.ID), " ", pill(child.Status)),
            ),
        ),
        children.length > MOST && empty(`and ${children.length - MOST} more`),
      ),
    job
      ? [
          groups(world, stub, job).map((group) => groupPart(world, stub, group, act)),
          evaluationsPart(world, stub, view),
          jobText(job, view, act),
        ]
      : empty("Loading…"),
  ];
}

/**
 * @param {JobStub} stub
 * @param {Job | undefined} job
 */
function facts(stub, job) {
  const parts = [stub.Type, `priority ${stub.Priority}`];
  if (job) parts.push(`datacenters ${(job.Datacenters ?? []).join(", ")}`, `JobModifyIndex ${job.JobModifyIndex}`);
  if (job?.Periodic) parts.push(`periodic: ${job.Periodic.Spec}`);
  if (job?.ParameterizedJob) parts.push("parameterized: waits to be dispatched");
  if (stub.ParentID) parts.push(`launched by ${stub.ParentID}`);
  return parts.join(" · ");
}

/**
 * Return the groups of the job, and those that only its allocations still know.
 * @param {World} world
 * @param {JobStub} stub
 * @param {Job | undefined} job
 * @returns {{name: string, count: number | null}[]}
 */
function groups(world, stub, job) {
  const known = (job?.TaskGroups ?? []).map((group) => ({ name: group.Name, count: group.Count }));
  const names = new Set(known.map(({ name }) => name));
  const more = [
    ...Object.keys(stub.JobSummary?.Summary ?? {}),
    ...ofJob(world, stub).map(({ TaskGroup }) => TaskGroup),
  ];
  return [...known, ...[...new Set(more)].filter((name) => !names.has(name)).map((name) => ({ name, count: null }))];
}

/**
 * @param {World} world
 * @param {JobStub} stub
 */
const ofJob = (world, stub) => world.allocations.filter((allocation) => allocation.JobID === stub.ID);

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {{name: string, count: number | null}} group
 * @param {Act} act
 */
function groupPart(world, stub, group, act) {
  const all = ofJob(world, stub)
    .filter(({ TaskGroup }) => TaskGroup === group.name)
    .sort((a, b) => b.CreateIndex - a.CreateIndex);
  const summary = stub.JobSummary?.Summary?.[group.name];
  const live = all.filter((allocation) => !isOver(allocation)).sort((a, b) => numberOf(a) - numberOf(b));
  const over = all.filter(isOver);
  return h(
    "section",
    { key: `group ${group.name}`, class: "group" },
    h("h3", {}, `Group ${group.name}`, group.count !== null && h("small", {}, ` wants ${group.count}`)),
    summary && summaryBar([summary]),
    live.slice(0, MOST).map((allocation) => allocationPart(world, allocation, act)),
    live.length > MOST && empty(`and ${live.length - MOST} more`),
    over.length > 0 &&
      h(
        "details",
        { key: "over", open: live.length === 0 },
        h("summary", {}, `${counted(over.length, "allocation")} that ended`),
        over.slice(0, MOST).map((allocation) => allocationPart(world, allocation, act)),
        over.length > MOST && empty(`and ${over.length - MOST} more`),
      ),
    all.length === 0 && empty("no allocations"),
  );
}

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {JobsView} view
 */
function evaluationsPart(world, stub, view) {
  const evaluations = world.evaluations
    .filter(({ JobID }) => JobID === stub.ID)
    .sort((a, b) => b.CreateIndex - a.CreateIndex);
  return h(
    "section",
    { key: "evaluations" },
    h("h3", {}, "Evaluations", h("small", {}, " newest first")),
    evaluations.length === 0 && empty("none"),
    h(
      "ol",
      { class: "chain" },
      evaluations.slice(0, MOST).map((each) => evaluationPart(evaluations, each, stub, view)),
    ),
  );
}

/**
 * @param {Evaluation[]} evaluations
 * @param {Evaluation} evaluation
 * @param {JobStub} stub
 * @param {JobsView} view
 */
function evaluationPart(evaluations, evaluation, stub, view) {
  const failed = Object.entries(evaluation.FailedTGAllocs ?? {});
  const link = (/** @type {string} */ label, /** @type {string} */ id) =>
    id &&
    h(
      "span",
      { key: label },
      `${label} `,
      evaluations.some(({ ID }) => ID === id)
        ? h("a", { href: `${jobPath(stub.ID)}/${id}` }, short(id))
        : h("code", {}, short(id)),
    );
  return h(
    "li",
    {
      key: evaluation.ID,
      id: `evaluation-${evaluation.ID}`,
      tabindex: "-1",
      class: view.evaluation === evaluation.ID ? "chosen" : "",
    },
    h(
      "p",
      { class: "line" },
      h("code", { title: evaluation.ID }, short(evaluation.ID)),
      pill(evaluation.Status),
      h("span", {}, evaluation.TriggeredBy),
      h("small", {}, `index ${evaluation.CreateIndex}`),
    ),
    h(
      "p",
      { class: "line links" },
      link("after", evaluation.PreviousEval),
      link("next", evaluation.NextEval),
      link("blocked", evaluation.BlockedEval),
    ),
    evaluation.StatusDescription && h("small", {}, evaluation.StatusDescription),
    failed.length > 0 &&
      h(
        "small",
        {},
        `could not place ${failed.map(([group, metric]) => `${metric.CoalescedFailures + 1} of ${group}`).join(", ")}`,
      ),
  );
}
