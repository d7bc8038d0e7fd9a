// An allocation, its tasks, and the buttons that move them.

import { change } from "./api.js";
import { h } from "./dom.js";
import { button, pill } from "./parts.js";
import { duration, short, time } from "./text.js";

/** @import { Act, Allocation, Clock, Part, TaskEvent, TaskRun, TaskState, World } from "./types.d.ts" */

const OVER = ["complete", "failed", "lost"];

/** @param {Allocation} allocation */
export const isOver = (allocation) => OVER.includes(allocation.ClientStatus);

/** @param {Allocation} allocation */
export const numberOf = (allocation) => Number(/\[(\d+)\]$/.exec(allocation.Name)?.[1] ?? 0);

/**
 * @param {World} world
 * @param {Allocation} allocation
 * @param {Act} act
 */
export function allocationPart(world, allocation, act) {
  const node = world.nodeNames.get(allocation.NodeID) ?? `node ${short(allocation.NodeID)}`;
  const reason = allocation.ClientDescription || allocation.DesiredDescription;
  return h(
    "article",
    { key: allocation.ID, class: "allocation", "aria-label": `Allocation ${allocation.Name} ${short(allocation.ID)}` },
    h(
      "p",
      { class: "line" },
      h("b", {}, `[${numberOf(allocation)}]`),
      pill(allocation.ClientStatus),
      allocation.DesiredStatus !== "run" && h("small", {}, `desired: ${allocation.DesiredStatus}`),
      h("code", { title: allocation.ID }, short(allocation.ID)),
      h("small", {}, `on ${node}`),
      reason && h("small", {}, reason),
    ),
    tasksOf(world, allocation).map(([name, state]) => taskPart(world, allocation, name, state, act)),
  );
}

/**
 * Return the state of each task, by its name; a task that its node has not reported yet has no events.
 * @param {World} world
 * @param {Allocation} allocation
 * @returns {[string, TaskState][]}
 */
function tasksOf(world, allocation) {
  const states = new Map(Object.entries(allocation.TaskStates ?? {}));
  for (const { allocation: id, task, state } of world.tasks) {
    if (id === allocation.ID && !states.has(task)) states.set(task, { State: state, Failed: false, Events: [] });
  }
  return [...states].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * @param {World} world
 * @param {Allocation} allocation
 * @param {string} name
 * @param {TaskState} state
 * @param {Act} act
 */
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
      run && run.state !== state.State && h("small", {}, `${run.state} by now; its node has not reported it yet`),
      run?.next && h("small", {}, ahead(run, world.clock)),
      taskButtons(run, act),
    ),
    events.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, sentence(events[events.length - 1])),
        h(
          "ol",
          { class: "events" },
          events.map((event, at) => h("li", { key: `${at} ${event.Time}` }, sentence(event))),
        ),
      ),
  );
}

/** What happens next to a task, in words. @type {Record<string, string>} */
const NEXT = { prepare: "to be prepared", start: "to start", end: "to end", killed: "to be killed" };

/**
 * @param {TaskRun} run
 * @param {Clock} clock
 */
function ahead(run, clock) {
  const what = NEXT[run.next] ?? run.next;
  return run.next_at === null ? what : `${what} in ${duration(Math.max(run.next_at - clock.now, 0))}`;
}

/**
 * @param {TaskRun | undefined} run
 * @param {Act} act
 */
function taskButtons(run, act) {
  if (!run || run.state === "dead") return null;
  const tasks = {
    allocation: run.allocation,
    job: literal(run.job),
    group: literal(run.group),
    task: literal(run.task),
  };
  const about = `task ${run.task} of allocation ${short(run.allocation)}`;
  /** @type {(label: string, path: string, body: object, done: string) => Part} */
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

/**
 * Return a name as a glob that means nothing but this name.
 * @param {string} name
 */
export const literal = (name) => name.replace(/[*?[]/g, "[$&]");

/** @param {TaskEvent} event */
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
