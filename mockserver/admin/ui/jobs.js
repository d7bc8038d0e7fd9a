// The list of jobs.

import { h } from "./dom.js";
import { jobDetail, jobPath } from "./job.js";
import { empty, pill, summaryBar } from "./parts.js";
import { why } from "./why.js";

/** @import { Act, JobStub, JobsView, World } from "./types.d.ts" */

const MOST = 200;

/**
 * @param {World} world
 * @param {JobsView} view
 * @param {Act} act
 */
export function jobsView(world, view, act) {
  const named = world.jobs.filter((stub) => stub.ID.toLowerCase().includes(view.filter.toLowerCase()));
  const shown = view.waiting ? named.filter((stub) => why(world, stub)?.level) : named;
  const stub = view.id && world.jobs.find(({ ID }) => ID === view.id);
  return h(
    "div",
    { key: "jobs", class: view.id ? "split open" : "split" },
    h(
      "section",
      { class: "list", "aria-labelledby": "jobs-title" },
      h("h2", { id: "jobs-title" }, "Jobs"),
      h(
        "label",
        { class: "filter" },
        "Filter ",
        h("input", { type: "search", oninput: (event) => view.setFilter(event.target.value) }),
      ),
      h(
        "label",
        { class: "filter", key: "waiting" },
        h("input", { type: "checkbox", onchange: (event) => view.setWaiting(event.target.checked) }),
        "only jobs that do not run as they should",
      ),
      shown.length
        ? h(
            "ul",
            { class: "rows" },
            shown.slice(0, MOST).map((each) => row(world, each, each.ID === view.id)),
          )
        : empty(world.jobs.length ? "No job matches." : "There are no jobs. Register one, and it appears here."),
      shown.length > MOST && empty(`and ${shown.length - MOST} more: filter to find them`),
    ),
    h(
      "section",
      { class: "detail", "aria-labelledby": "job-title", key: view.id ?? "" },
      view.id
        ? stub
          ? jobDetail(world, stub, view, act)
          : gone(view.id)
        : empty("Choose a job to see its allocations, tasks and evaluations."),
    ),
  );
}

/** @param {string} id */
const gone = (id) => [h("h2", { id: "job-title" }, id), empty("There is no such job (any more).")];

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {boolean} chosen
 */
function row(world, stub, chosen) {
  const reason = why(world, stub);
  return h(
    "li",
    { key: stub.ID },
    h(
      "a",
      { href: jobPath(stub.ID), "aria-current": chosen && "true" },
      h("span", { class: "title" }, h("b", {}, stub.ID), pill(stub.Status)),
      launched(stub)
        ? h("small", {}, `children: ${launched(stub)}`)
        : summaryBar(Object.values(stub.JobSummary?.Summary ?? {})),
      reason?.level && h("small", { class: `why ${reason.level}` }, reason.text),
    ),
  );
}

/**
 * Return which children a periodic or parameterized job has: only they run.
 * @param {JobStub} stub
 */
function launched({ JobSummary }) {
  return Object.entries(JobSummary?.Children ?? {})
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name.toLowerCase()}`)
    .join(", ");
}
