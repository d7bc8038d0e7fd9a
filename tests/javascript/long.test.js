// Long lists: what is folded, cut, and in which order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { jobsView } from "../../mockserver/admin/ui/jobs.js";
import { nodesView } from "../../mockserver/admin/ui/nodes.js";
import { world as empty } from "../../mockserver/admin/ui/reading.js";

/** @import { Content, JobStub, NodeInUse, World } from "../../mockserver/admin/ui/types.d.ts" */

const ACT = async () => {};

/** @param {number} length */
const numbers = (length) => Array.from({ length }, (_, at) => at + 1);

/**
 * Return the elements with this tag, whose order is that of the page.
 * @param {Content} part
 * @param {string} tag
 * @returns {string[]}
 */
const texts = (part, tag) =>
  typeof part === "string"
    ? []
    : [...(part.tag === tag ? [text(part)] : []), ...part.children.flatMap((each) => texts(each, tag))];

/**
 * @param {Content} part
 * @returns {string}
 */
const text = (part) => (typeof part === "string" ? part : part.children.map(text).join(""));

/** @param {Partial<World>} parts */
const worldOf = (parts) => /** @type {World} */ ({ ...empty, ...parts });

/**
 * Return a node with an allocation of each of so many jobs.
 * @param {number} number
 * @param {number} jobs
 */
const node = (number, jobs) =>
  /** @type {NodeInUse} */ ({
    node: { ID: `${number}`, Name: `client-${number}`, Status: "ready", Resources: { CPU: 1, MemoryMB: 1 } },
    allocations: numbers(jobs).map((job) => ({ JobID: `job-${job}` })),
    used: { CPU: 0, MemoryMB: 0 },
  });

test("Nodes and their jobs are in natural order, and many jobs are folded", () => {
  const view = { filter: "", setFilter: () => {} };
  const shown = nodesView(worldOf({ nodes: [node(10, 12), node(2, 1)] }), view, ACT);
  assert.deepEqual(texts(shown, "h3"), ["client-2 ready", "client-10 ready"]);
  assert.deepEqual(texts(shown, "summary"), ["12 allocations of 12 jobs"]);
  assert.deepEqual(texts(shown, "a").slice(0, 4), ["job-1", "job-1", "job-2", "job-3"]);
});

test("Of many nodes the filter picks some", () => {
  const view = { filter: "CLIENT-3", setFilter: () => {} };
  const shown = nodesView(worldOf({ nodes: numbers(30).map((number) => node(number, 0)) }), view, ACT);
  assert.deepEqual(texts(shown, "h3"), ["client-3 ready", "client-30 ready"]);
});

test("Of a long list the first 200 are shown, and how many more there are", () => {
  const jobs = numbers(2000).map(
    (number) => /** @type {JobStub} */ ({ ID: `job-${number}`, Status: "running", JobSummary: null }),
  );
  const filter = { filter: "", setFilter: () => {}, waiting: false, setWaiting: () => {} };
  const view = { ...filter, id: null, evaluation: null, planned: null, setPlanned: () => {} };
  const shown = jobsView(worldOf({ jobs }), view, ACT);
  assert.equal(texts(shown, "li").length, 200);
  assert.ok(texts(shown, "p").includes("and 1800 more: filter to find them"));
});
