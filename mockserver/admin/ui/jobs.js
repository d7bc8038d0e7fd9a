// The list of jobs.

import { h } from "./dom.js";
import { jobDetail, jobPath } from "./job.js";
import { copyable, empty, MOST, more, pill, spaceHeader, summaryBar } from "./parts.js";

/** @import { Act, JobStub, JobsView, Reason, World } from "./types.d.ts" */

/**
 * @param {World} world
 * @param {JobsView} view
 * @param {Act} act
 */
export function jobsView(world, view, act) {
  const named = world.jobs.filter((stub) => stub.ID.toLowerCase().includes(view.filter.toLowerCase()));
  const shown = view.waiting ? named.filter(({ ID }) => isWrong(world.reasons[ID])) : named;
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
        : nothing(world, act),
      more(shown.length),
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

/**
 * @param {World} world
 * @param {Act} act
 */
function nothing(world, act) {
  if (world.jobs.length) return empty("No job matches.");
  const command = `nomad-mock example-job | curl -X PUT -d @-${spaceHeader()} ${location.origin}/v1/job/example`;
  return [empty("There are no jobs. Register one, and it appears here:"), copyable(command, "Copy", act)];
}

/** @param {string} id */
const gone = (id) => [h("h2", { id: "job-title" }, id), empty("There is no such job (any more).")];

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {boolean} chosen
 */
function row(world, stub, chosen) {
  const reason = world.reasons[stub.ID];
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
      isWrong(reason) && h("small", { class: `why ${reason.level}` }, reason.why),
    ),
  );
}

/**
 * Whether a job does not run as it should; of a new one the mock has not said so yet.
 * @param {Reason | undefined} reason
 * @returns {reason is Reason}
 */
const isWrong = (reason) => reason !== undefined && reason.level !== "good";

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
