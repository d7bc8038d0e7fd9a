// Why a job is not all running, in a sentence: from its newest evaluations, its allocations and the nodes.

import { counted, duration, listed } from "./text.js";

/** @import { Allocation, Evaluation, Job, JobStub, PlacementMetric, Reason, Resources, TaskEvent, TaskGroup, World } from "./types.d.ts" */

const CLASS = "computed class ineligible";

/** The resources whose need is told, by the word of the scheduler, with their units. @type {Record<string, [keyof Resources, string]>} */
const MEASURED = { "cpu exhausted": ["CPU", "MHz"], "memory exhausted": ["MemoryMB", "MB"] };

/**
 * Return why a job is not all running; null when there is nothing to say.
 * @param {World} world
 * @param {JobStub} stub the job as `/v1/jobs` has it
 * @param {Job} [job] the whole job, where it is known: then the answer tells what its groups ask for
 * @returns {Reason | null}
 */
export function why(world, stub, job) {
  const evaluations = world.evaluations.filter((evaluation) => evaluation.JobID === stub.ID);
  const newest = latest(evaluations);
  const failed = unplaced(evaluations);
  const queued = queuedIn(stub);
  if (failed?.FailedTGAllocs && (queued > 0 || evaluations.some((evaluation) => evaluation.Status === "blocked"))) {
    return { text: explain(failed.FailedTGAllocs, world, job), level: "bad" };
  }
  if (newest?.Status === "failed")
    return { text: `Its newest evaluation failed: ${newest.StatusDescription}.`, level: "bad" };
  if (newest?.Status === "pending")
    return { text: `The scheduler has not looked at it yet.${stands(world)}`, level: "wait" };
  return starting(world, stub) ?? ended(world, stub, evaluations);
}

/**
 * Return the newest evaluation that could not place everything, unless a newer one could.
 * @param {Evaluation[]} evaluations
 */
function unplaced(evaluations) {
  const judged = evaluations.filter(
    (evaluation) => evaluation.Status === "complete" && evaluation.TriggeredBy !== "max-plan-attempts",
  );
  const blocked = latest(evaluations.filter((evaluation) => evaluation.Status === "blocked"));
  const cause = blocked && judged.find((evaluation) => evaluation.BlockedEval === blocked.ID);
  const found = cause ?? latest(judged);
  return found?.FailedTGAllocs ? found : null;
}

/**
 * @param {Record<string, PlacementMetric>} failures by task group
 * @param {World} world
 * @param {Job | undefined} job
 */
function explain(failures, world, job) {
  return Object.entries(failures)
    .map(([group, metric]) => {
      const number = metric.CoalescedFailures + 1;
      return `${counted(number, "allocation")} of group ${group} can't be placed: ${obstacle(metric, world, taskGroup(job, group))}.`;
    })
    .join(" ");
}

/**
 * @param {PlacementMetric} metric
 * @param {World} world
 * @param {TaskGroup | undefined} group
 */
function obstacle(metric, world, group) {
  const available = Object.values(metric.NodesAvailable ?? {}).reduce((sum, number) => sum + number, 0);
  if (available === 0) return noNodes(Object.keys(metric.NodesAvailable ?? {}), world);
  const parts = [...exhausted(metric, world, group), ...filtered(metric, group)];
  return parts.length ? parts.join("; ") : `no node of ${metric.NodesEvaluated} fits`;
}

/**
 * @param {string[]} datacenters
 * @param {World} world
 */
function noNodes(datacenters, world) {
  const there = world.nodes.filter(({ node }) => datacenters.includes(node.Datacenter));
  const where = `${datacenters.length === 1 ? "datacenter" : "datacenters"} ${listed(datacenters)}`;
  if (there.length)
    return `no node in its ${where} is ready (${listed(there.map(({ node }) => `${node.Name} is ${node.Drain ? "draining" : node.Status}`))})`;
  const others = [...new Set(world.nodes.map(({ node }) => node.Datacenter))].sort();
  return `there is no node in its ${where}${others.length ? `; all nodes are in ${listed(others)}` : ", nor anywhere else"}`;
}

/**
 * @param {PlacementMetric} metric
 * @param {TaskGroup | undefined} group
 * @returns {string[]}
 */
function filtered(metric, group) {
  if (!metric.NodesFiltered) return [];
  const reasons = Object.entries(metric.ConstraintFiltered ?? {}).filter(([reason]) => reason !== CLASS);
  const nodes = (/** @type {number} */ number) => `${number} of ${counted(metric.NodesEvaluated, "node")}`;
  if (reasons.length === 1) return [rulesOut(reasons[0][0], nodes(metric.NodesFiltered), group)];
  if (reasons.length) return reasons.map(([text, number]) => rulesOut(text, nodes(number), group));
  return [`its constraints rule out ${nodes(metric.NodesFiltered)}, as before`];
}

/**
 * @param {string} text
 * @param {string} nodes
 * @param {TaskGroup | undefined} group
 */
function rulesOut(text, nodes, group) {
  if (text !== "missing drivers") return `${text.includes("${") ? "constraint " : ""}${text} rules out ${nodes}`;
  const drivers = [...new Set((group?.Tasks ?? []).map((task) => task.Driver))];
  return `${drivers.length ? `driver ${listed(drivers)}` : "a driver"} is missing on ${nodes}`;
}

/**
 * @param {PlacementMetric} metric
 * @param {World} world
 * @param {TaskGroup | undefined} group
 */
function exhausted(metric, world, group) {
  return Object.entries(metric.DimensionExhausted ?? {}).map(
    ([dimension, number]) => `${dimension} on ${counted(number, "node")}${need(dimension, world, group)}`,
  );
}

/**
 * Return what a group asks for and what the freest node has, where CPU or memory is exhausted.
 * @param {string} dimension
 * @param {World} world
 * @param {TaskGroup | undefined} group
 */
function need(dimension, world, group) {
  const [name, unit] = MEASURED[dimension] ?? [];
  if (!name || !unit || !group) return "";
  const asked = (group.Tasks ?? []).reduce((sum, task) => sum + (task.Resources?.[name] ?? 0), 0);
  const ready = world.nodes.filter(({ node }) => node.Status === "ready" && !node.Drain);
  const free = Math.max(
    0,
    ...ready.map(({ node, used }) => node.Resources[name] - (node.Reserved?.[name] ?? 0) - used[name]),
  );
  return ` (each asks for ${asked} ${unit}; the most that is free on a node is ${free} ${unit})`;
}

/**
 * Return why allocations that are placed don't run yet; null when there are none.
 * @param {World} world
 * @param {JobStub} stub
 * @returns {Reason | null}
 */
function starting(world, stub) {
  const waiting = world.allocations.filter(
    (allocation) =>
      allocation.JobID === stub.ID && allocation.ClientStatus === "pending" && allocation.DesiredStatus === "run",
  );
  if (!waiting.length) return null;
  const tasks = world.tasks.filter((task) => waiting.some((allocation) => allocation.ID === task.allocation));
  const next = Math.min(...tasks.map((task) => task.next_at).filter((when) => when !== null));
  if (tasks.length && tasks.every(({ state, next }) => state === "pending" && !next)) {
    const held = `${counted(tasks.length, "task")} ${tasks.length === 1 ? "is" : "are"} held in pending by a rule`;
    return { text: `${held}, until started by hand.`, level: "wait" };
  }
  const restarts = waiting.some((allocation) => lastEvent(allocation) === "Restarting");
  const what = `${counted(waiting.length, "allocation")} ${waiting.length === 1 ? "is" : "are"} placed and ${restarts ? "will be restarted" : "not running yet"}`;
  const when = Number.isFinite(next) ? `: the next step is in ${duration(Math.max(next - world.clock.now, 0))}` : "";
  return { text: `${what}${when}.${stands(world)}`, level: "wait" };
}

/** @param {Allocation} allocation */
function lastEvent(allocation) {
  const events = Object.values(allocation.TaskStates ?? {}).flatMap((state) => state.Events ?? []);
  return events.sort((a, b) => a.Time - b.Time).at(-1)?.Type;
}

/**
 * Return what went wrong last.
 * @param {Allocation[]} failed
 */
function cause(failed) {
  const events = failed
    .flatMap((allocation) => Object.values(allocation.TaskStates ?? {}))
    .flatMap((state) => state.Events ?? []);
  const telling = events.map((event) => ({
    time: event.Time,
    text: event.DriverError || event.SetupError || event.DownloadError || event.ValidationError || exit(event),
  }));
  const last = telling
    .filter(({ text }) => text)
    .sort((a, b) => a.time - b.time)
    .at(-1);
  return last?.text ? `: ${last.text.replace(/\.$/, "")}` : "";
}

/** @param {TaskEvent} event */
const exit = (event) => {
  if (event.Type !== "Terminated") return "";
  return event.Signal ? `signal ${event.Signal}` : `exit code ${event.ExitCode}`;
};

/**
 * @param {World} world
 * @param {JobStub} stub
 * @param {Evaluation[]} evaluations
 * @returns {Reason | null}
 */
function ended(world, stub, evaluations) {
  if (stub.Status === "running") return null;
  if (evaluations.length === 0)
    return stub.Status === "dead" ? null : { text: "Nothing has evaluated it yet.", level: "wait" };
  const failed = world.allocations.filter(
    (allocation) => allocation.JobID === stub.ID && allocation.ClientStatus === "failed",
  );
  if (stub.Status === "dead") {
    return failed.length
      ? { text: `It has ended; ${counted(failed.length, "allocation")} failed${cause(failed)}.`, level: "bad" }
      : { text: "It has ended.", level: "" };
  }
  if (failed.length)
    return {
      text: `${counted(failed.length, "allocation")} failed${cause(failed)}; none is left to run.`,
      level: "bad",
    };
  const system = stub.Type === "system" ? ": a system job needs a ready node in its datacenters that fits" : "";
  return { text: `Its newest evaluation found nothing to place${system}.`, level: "wait" };
}

/** @param {World} world */
const stands = (world) => (world.clock.mode === "manual" ? " Time stands still until it is moved." : "");

/**
 * @param {Evaluation[]} evaluations
 * @returns {Evaluation | null}
 */
const latest = (evaluations) =>
  evaluations.length ? evaluations.reduce((a, b) => (a.CreateIndex > b.CreateIndex ? a : b)) : null;

/**
 * @param {Job | undefined} job
 * @param {string} name
 */
const taskGroup = (job, name) => job?.TaskGroups?.find((group) => group.Name === name);

/**
 * Return how many allocations of a job wait to be placed.
 * @param {JobStub} stub
 * @returns {number}
 */
function queuedIn(stub) {
  return Object.values(stub.JobSummary?.Summary ?? {}).reduce((sum, group) => sum + group.Queued, 0);
}
