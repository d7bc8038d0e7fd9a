// Why a job is not all running: one sentence for each situation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { why } from "../../mockserver/admin/ui/why.js";
import { allocation, evaluation, job, metric, node, STANDING, state, stub, task, world } from "./worlds.js";

/** @import { PlacementMetric } from "../../mockserver/admin/ui/types.d.ts" */

/**
 * A world in which the group `web` could not be placed for this reason.
 * @param {Partial<PlacementMetric>} parts
 */
const unplaced = (parts) => world({ evaluations: [evaluation({ FailedTGAllocs: { web: metric(parts) } })] });

test("A job that runs needs no explanation", () => {
  assert.equal(why(world({ evaluations: [evaluation()] }), stub({ Status: "running" })), null);
});

test("Without nodes the datacenters of the job are named", () => {
  const lonely = { ...unplaced({ NodesAvailable: { dc1: 0, dc2: 0 } }), nodes: [] };
  assert.deepEqual(why(lonely, stub({ queued: 1 })), {
    text: "1 allocation of group web can't be placed: there is no node in its datacenters dc1 and dc2, nor anywhere else.",
    level: "bad",
  });
});

test("Nodes in other datacenters are pointed out", () => {
  const elsewhere = { ...unplaced({ NodesAvailable: { dc1: 0 } }), nodes: [node({ Datacenter: "dc9" })] };
  assert.match(
    why(elsewhere, stub({ queued: 1 }))?.text ?? "",
    /no node in its datacenter dc1; all nodes are in dc9\.$/,
  );
});

test("Nodes that are down or draining are told apart", () => {
  const nodes = [node({ Name: "a", Status: "down" }), node({ Name: "b", Drain: true })];
  const sick = { ...unplaced({ NodesAvailable: { dc1: 0 } }), nodes };
  assert.match(why(sick, stub({ queued: 1 }))?.text ?? "", /is ready \(a is down and b is draining\)\.$/);
});

test("A constraint that filters nodes is quoted", () => {
  const constraint = "${attr.kernel.name} = windows";
  const filtered = unplaced({ NodesFiltered: 1, ConstraintFiltered: { [constraint]: 1 } });
  const text = why(filtered, stub({ queued: 1 }))?.text;
  assert.equal(text, `1 allocation of group web can't be placed: constraint ${constraint} rules out 1 of 1 node.`);
});

test("A missing driver is named where the whole job is known", () => {
  const filtered = unplaced({ NodesFiltered: 1, ConstraintFiltered: { "missing drivers": 1 } });
  assert.match(why(filtered, stub({ queued: 1 }))?.text ?? "", /a driver is missing on 1 of 1 node/);
  assert.match(why(filtered, stub({ queued: 1 }), job())?.text ?? "", /driver docker is missing on 1 of 1 node/);
});

test("Nodes filtered by their class refer to an earlier evaluation", () => {
  const filtered = unplaced({
    NodesFiltered: 2,
    ConstraintFiltered: { "computed class ineligible": 2 },
    NodesEvaluated: 2,
  });
  assert.match(why(filtered, stub({ queued: 1 }))?.text ?? "", /rule out 2 of 2 nodes, as before/);
});

test("Exhausted memory is compared with what is free", () => {
  const full = unplaced({ DimensionExhausted: { "memory exhausted": 1 }, CoalescedFailures: 2 });
  const text = why(full, stub({ queued: 3 }), job())?.text;
  const expected =
    "3 allocations of group web can't be placed: memory exhausted on 1 node " +
    "(each asks for 256 MB; the most that is free on a node is 8192 MB).";
  assert.equal(text, expected);
});

test("A later evaluation that placed everything ends the explanation", () => {
  const failed = evaluation({ FailedTGAllocs: { web: metric() } });
  const later = evaluation({ ID: "later", CreateIndex: 2 });
  assert.equal(why(world({ evaluations: [failed, later] }), stub({ Status: "running", queued: 1 })), null);
});

test("A blocked evaluation leads to the one that it was made by", () => {
  const cause = evaluation({
    BlockedEval: "blocked",
    FailedTGAllocs: { web: metric({ DimensionExhausted: { "cpu exhausted": 1 } }) },
  });
  const blocked = evaluation({ ID: "blocked", Status: "blocked", CreateIndex: 2 });
  const other = evaluation({ ID: "other", CreateIndex: 3 });
  const text = why(world({ evaluations: [cause, blocked, other] }), stub())?.text;
  assert.match(text ?? "", /cpu exhausted on 1 node/);
});

test("A failed evaluation gives its own reason", () => {
  const failed = evaluation({ Status: "failed", StatusDescription: "maximum attempts reached (5)" });
  const text = why(world({ evaluations: [failed] }), stub())?.text;
  assert.equal(text, "Its newest evaluation failed: maximum attempts reached (5).");
});

test("A pending evaluation waits for the scheduler, and for time where time stands still", () => {
  const evaluations = [evaluation({ Status: "pending" })];
  assert.equal(why(world({ evaluations }), stub())?.text, "The scheduler has not looked at it yet.");
  const text = why(world({ evaluations, clock: STANDING }), stub())?.text;
  assert.equal(text, "The scheduler has not looked at it yet. Time stands still until it is moved.");
});

test("A placed allocation says when its next step is", () => {
  const placed = world({ evaluations: [evaluation()], allocations: [allocation()], tasks: [task()] });
  const text = why(placed, stub())?.text;
  assert.equal(text, "1 allocation is placed and not running yet: the next step is in 2 s.");
});

test("A task that restarts is told from one that starts", () => {
  const restarting = allocation({
    TaskStates: { server: state({ Type: "Started", Time: 1 }, { Type: "Restarting", Time: 2 }) },
  });
  const text = why(world({ evaluations: [evaluation()], allocations: [restarting], tasks: [task()] }), stub())?.text;
  assert.match(text ?? "", /^1 allocation is placed and will be restarted: /);
});

test("Tasks that a rule holds are started by hand", () => {
  const held = world({
    evaluations: [evaluation()],
    allocations: [allocation()],
    tasks: [task({ next: "", next_at: null })],
  });
  assert.equal(why(held, stub())?.text, "1 task is held in pending by a rule, until started by hand.");
});

test("A dead job with failures says what went wrong last", () => {
  const failed = allocation({
    ClientStatus: "failed",
    TaskStates: {
      server: state({ Type: "Terminated", Time: 1, ExitCode: 3 }, { Type: "Terminated", Time: 2, Signal: 9 }),
    },
  });
  const over = world({ evaluations: [evaluation()], allocations: [failed] });
  const text = "It has ended; 1 allocation failed: signal 9.";
  assert.deepEqual(why(over, stub({ Status: "dead" })), { text, level: "bad" });
});

test("A driver's error comes before the exit code", () => {
  const failed = allocation({
    ClientStatus: "failed",
    TaskStates: { server: state({ Type: "Driver Failure", Time: 1, DriverError: "no such image." }) },
  });
  const text = why(world({ evaluations: [evaluation()], allocations: [failed] }), stub())?.text;
  assert.equal(text, "1 allocation failed: no such image; none is left to run.");
});

test("A dead job that nothing went wrong with has ended", () => {
  const over = why(world({ evaluations: [evaluation()] }), stub({ Status: "dead" }));
  assert.deepEqual(over, { text: "It has ended.", level: "" });
});

test("A system job without a fitting node is told what it needs", () => {
  const text = why(world({ evaluations: [evaluation()] }), stub({ Type: "system" }))?.text;
  assert.match(text ?? "", /^Its newest evaluation found nothing to place: a system job needs a ready node/);
});

test("Evaluations and allocations of other jobs don't count", () => {
  const evaluations = [evaluation({ JobID: "other", Status: "failed" })];
  const text = why(world({ evaluations, allocations: [allocation({ JobID: "other" })] }), stub())?.text;
  assert.equal(text, "Nothing has evaluated it yet.");
});
