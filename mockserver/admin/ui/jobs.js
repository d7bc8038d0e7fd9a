// Jobs, and one job with everything that hangs on it.

import { change } from "./api.js";
import { h } from "./dom.js";
import { button, empty, pill, summaryBar } from "./parts.js";
import { counted, duration, short, time } from "./text.js";
import { why } from "./why.js";

const MOST = 200;
const OVER = ["complete", "failed", "lost"];

export const jobPath = (id) => `#/jobs/${encodeURIComponent(id)}`;

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
        "only what does not run as it should",
      ),
      shown.length
        ? h(
            "ul",
            { class: "rows" },
            shown.slice(0, MOST).map((each) => row(world, each, each.ID === view.id)),
          )
        : empty(world.jobs.length ? "No job is like this." : "There are no jobs. Register one, and it appears here."),
      shown.length > MOST && empty(`and ${shown.length - MOST} more: filter them`),
    ),
    h(
      "section",
      { class: "detail", "aria-labelledby": "job-title", key: view.id ?? "" },
      view.id
        ? stub
          ? detail(world, stub, view, act)
          : gone(view.id)
        : empty("Choose a job to see its allocations, tasks and evaluations."),
    ),
  );
}

const gone = (id) => [h("h2", { id: "job-title" }, id), empty("There is no such job (any more).")];

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

/** Which children a periodic or parameterized job has; of these it is only they that run. */
function launched({ JobSummary }) {
  return ["Pending", "Running", "Dead"]
    .filter((name) => JobSummary?.Children?.[name] > 0)
    .map((name) => `${JobSummary.Children[name]} ${name.toLowerCase()}`)
    .join(", ");
}

function detail(world, stub, view, act) {
  const job = world.job?.ID === stub.ID ? world.job : undefined;
  const reason = why(world, stub, job);
  const children = world.jobs.filter(({ ParentID }) => ParentID === stub.ID);
  return [
    h("a", { class: "back", href: "#/jobs" }, "← All jobs"),
    h("h2", { id: "job-title" }, stub.ID, " ", pill(stub.Status)),
    h("p", { class: "quiet" }, facts(stub, job)),
    reason && h("p", { class: `callout ${reason.level}`, id: "why" }, reason.text),
    h(
      "div",
      { key: "actions", class: "buttons actions" },
      button("Stop this job", () =>
        act(() => change("DELETE", `/jobs/${encodeURIComponent(stub.ID)}`), `Job ${stub.ID} is stopped.`),
      ),
      h("a", { href: `#/rules/${encodeURIComponent(literal(stub.ID))}` }, "Decide about its next tasks"),
    ),
    children.length > 0 &&
      h(
        "section",
        { key: "children" },
        h("h3", {}, "Children"),
        h(
          "ul",
          { class: "plain" },
          children.map((child) =>
            h("li", { key: child.ID }, h("a", { href: jobPath(child.ID) }, child.ID), " ", pill(child.Status)),
          ),
        ),
      ),
    groups(world, stub, job).map((group) => groupPart(world, stub, group, view, act)),
    evaluationsPart(world, stub, view),
  ];
}

function facts(stub, job) {
  const parts = [stub.Type, `priority ${stub.Priority}`];
  if (job) parts.push(`datacenters ${(job.Datacenters ?? []).join(", ")}`, `JobModifyIndex ${job.JobModifyIndex}`);
  if (job?.Periodic) parts.push(`periodic: ${job.Periodic.Spec}`);
  if (job?.ParameterizedJob) parts.push("parameterized: waits to be dispatched");
  if (stub.ParentID) parts.push(`launched by ${stub.ParentID}`);
  return parts.join(" · ");
}

/** The groups of the job, and those that only its allocations still know. */
function groups(world, stub, job) {
  const known = (job?.TaskGroups ?? []).map((group) => ({ name: group.Name, count: group.Count }));
  const names = new Set(known.map(({ name }) => name));
  const more = [
    ...Object.keys(stub.JobSummary?.Summary ?? {}),
    ...ofJob(world, stub).map(({ TaskGroup }) => TaskGroup),
  ];
  return [...known, ...[...new Set(more)].filter((name) => !names.has(name)).map((name) => ({ name, count: null }))];
}

const ofJob = (world, stub) => world.allocations.filter((allocation) => allocation.JobID === stub.ID);

function groupPart(world, stub, group, view, act) {
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
    live.map((allocation) => allocationPart(world, allocation, act)),
    over.length > 0 &&
      h(
        "details",
        { key: "over", open: live.length === 0 },
        h("summary", {}, counted(over.length, "allocation") + " that ended"),
        over.slice(0, MOST).map((allocation) => allocationPart(world, allocation, act)),
      ),
    all.length === 0 && empty("no allocations"),
  );
}

const isOver = (allocation) => OVER.includes(allocation.ClientStatus);

const numberOf = (allocation) => Number(/\[(\d+)\]$/.exec(allocation.Name)?.[1] ?? 0);

function allocationPart(world, allocation, act) {
  const node =
    world.nodes.find((each) => each.node.ID === allocation.NodeID)?.node.Name ?? `node ${short(allocation.NodeID)}`;
  const why = allocation.ClientDescription || allocation.DesiredDescription;
  return h(
    "article",
    { key: allocation.ID, class: "allocation", "aria-label": `Allocation ${allocation.Name} ${short(allocation.ID)}` },
    h(
      "p",
      { class: "line" },
      h("b", {}, `[${numberOf(allocation)}]`),
      pill(allocation.ClientStatus),
      allocation.DesiredStatus !== "run" && h("small", {}, `to be: ${allocation.DesiredStatus}`),
      h("code", { title: allocation.ID }, short(allocation.ID)),
      h("small", {}, `on ${node}`),
      why && h("small", {}, why),
    ),
    tasksOf(world, allocation).map(([name, state]) => taskPart(world, allocation, name, state, act)),
  );
}

function tasksOf(world, allocation) {
  const states = Object.entries(allocation.TaskStates ?? {});
  const known = new Set(states.map(([name]) => name));
  const more = world.tasks.filter((task) => task.allocation === allocation.ID && !known.has(task.task));
  return [...states, ...more.map((task) => [task.task, { State: task.state, Failed: false, Events: [] }])].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
}

function taskPart(world, allocation, name, state, act) {
  const run = world.tasks.find((task) => task.allocation === allocation.ID && task.task === name);
  const events = state.Events ?? [];
  return h(
    "div",
    { key: name, class: "task" },
    h(
      "p",
      { class: "line" },
      h("span", {}, `task ${name}`),
      pill(state.Failed ? "failed" : state.State),
      run && run.state !== state.State && h("small", {}, `is ${run.state} by now, which its node has not reported yet`),
      run?.next && h("small", {}, ahead(run, world.clock)),
      taskButtons(run, act),
    ),
    events.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, sentence(events.at(-1))),
        h(
          "ol",
          { class: "events" },
          events.map((event, at) => h("li", { key: `${at} ${event.Time}` }, sentence(event))),
        ),
      ),
  );
}

function ahead(run, clock) {
  const what =
    { prepare: "to be prepared", start: "to start", end: "to end", killed: "to be killed" }[run.next] ?? run.next;
  return run.next_at === null ? what : `${what} in ${duration(Math.max(run.next_at - clock.now, 0))}`;
}

function taskButtons(run, act) {
  if (!run || run.state === "dead") return null;
  const tasks = {
    allocation: run.allocation,
    job: literal(run.job),
    group: literal(run.group),
    task: literal(run.task),
  };
  const about = `task ${run.task} of allocation ${short(run.allocation)}`;
  const end = (label, path, body, done) =>
    button(label, () => act(() => change("POST", `/tasks/${path}`, { tasks, ...body }), `${about} ${done}.`), {
      key: label,
      "aria-label": `${label}: ${about}`,
    });
  const buttons =
    run.state === "running"
      ? [
          end("Finish", "finish", {}, "ended with exit code 0"),
          end("Fail", "fail", { exit_code: 1 }, "failed"),
          end("Fail for good", "fail", { exit_code: 1, restart: false }, "failed for good"),
        ]
      : [end("Start now", "start", {}, "starts")];
  return h("span", { class: "buttons" }, buttons);
}

/** A name as a glob that means nothing but this name. */
const literal = (name) => name.replace(/[*?[]/g, "[$&]");

function sentence(event) {
  const details = [
    event.DriverError,
    event.DriverMessage,
    event.SetupError,
    event.DownloadError,
    event.ValidationError,
    event.VaultError,
    event.RestartReason,
    event.KillReason,
    event.KillError,
    event.Message,
    event.FailedSibling && `sibling ${event.FailedSibling} failed`,
    event.Type === "Terminated" && `exit code ${event.ExitCode}${event.Signal ? `, signal ${event.Signal}` : ""}`,
    event.Type === "Restarting" && `in ${duration(event.StartDelay)}`,
    event.FailsTask && "fails the task",
  ].filter(Boolean);
  return `${time(event.Time)} ${event.Type}${details.length ? `: ${details.join(", ")}` : ""}`;
}

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

function evaluationPart(evaluations, evaluation, stub, view) {
  const failed = Object.entries(evaluation.FailedTGAllocs ?? {});
  const link = (label, id) =>
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
