// What the dashboard knows of the mock, and how each part of it is read.

import { literal } from "./allocations.js";
import * as api from "./api.js";
import { agentPath } from "./job_actions.js";
import { place } from "./place.js";

/** @import { Clock, Reason, Schemas, Space, World } from "./types.d.ts" */

/** What was read last. @type {Omit<World, "clock"> & {clock: Clock | null}} */
export const world = {
  jobs: [],
  reasons: {},
  evaluations: [],
  allocations: [],
  nodes: null,
  nodeNames: new Map(),
  tasks: [],
  job: null,
  faults: [],
  presets: [],
  rules: [],
  requests: [],
  request: null,
  journal: true,
  conduct: null,
  unjudged: "",
  clock: null,
  spaces: [],
  regions: [],
  schemas: null,
};

/** @typedef {"cluster" | "clock" | "faults" | "rules" | "requests" | "about"} Reader */

/** How each part of the world is read. @type {Record<Reader, () => Promise<void>>} */
export const readers = {
  async cluster() {
    const { view, id } = place();
    /** @type {[World["jobs"], {ID: string, Name: string}[], Partial<World>, Partial<World>, Partial<World>]} */
    const [jobs, nodes, ...shown] = await Promise.all([
      api.agent("/v1/jobs"),
      api.agent("/v1/nodes"),
      view === "jobs" ? listed() : {},
      view === "jobs" && id ? chosen(id) : {},
      view === "nodes" ? { nodes: await api.admin("/nodes") } : {},
    ]);
    const nodeNames = new Map(nodes.map(({ ID, Name }) => [ID, Name]));
    Object.assign(world, { jobs, nodeNames }, ...shown);
  },
  async clock() {
    const clock = await /** @type {Promise<Clock>} */ (api.admin("/clock"));
    world.clock = { ...clock, read: performance.now() };
  },
  async faults() {
    world.faults = await api.admin("/faults");
  },
  async rules() {
    world.rules = await api.admin("/tasks/rules");
  },
  async requests() {
    const { view, id } = place();
    /** @type {[World["requests"] | null, World["request"]]} */
    const [requests, request] = await Promise.all([
      ifThere(api.admin("/journal?limit=200")),
      view === "requests" && id ? ifThere(api.admin(`/journal/${id}`)) : null,
    ]);
    Object.assign(world, { requests: (requests ?? []).reverse(), request, journal: requests !== null });
  },
  async about() {
    /** @type {[Space[], string[], World["presets"], Schemas]} */
    const [spaces, regions, presets, schemas] = await Promise.all([
      api.admin("/spaces"),
      api.agent("/v1/regions"),
      api.admin("/faults/presets"),
      world.schemas ?? described(),
    ]);
    Object.assign(world, { spaces, regions, presets, schemas });
  },
};

export const ALL = /** @type {Reader[]} */ (Object.keys(readers));

/** Which parts an event makes out of date, by the event's kind. @type {Record<string, Reader[]>} */
export const STALE = {
  change: ["cluster", "clock"],
  clock: ["clock", "cluster", "faults"],
  arrival: ["requests"],
  request: ["requests"],
  fault: ["faults"],
  rule: ["rules"],
  space: ["about"],
  lost: ALL,
};

/**
 * Return how all jobs are.
 * @returns {Promise<Partial<World>>}
 */
async function listed() {
  const reasons = await /** @type {Promise<Reason[]>} */ (api.admin("/jobs"));
  return { reasons: Object.fromEntries(reasons.map((reason) => [reason.ID, reason])) };
}

/**
 * Return one job with what hangs on it; that of all jobs would be too much in a large cluster.
 * @param {string} id
 * @returns {Promise<Partial<World>>}
 */
async function chosen(id) {
  const path = agentPath(id);
  /** @type {[World["job"], World["allocations"] | null, World["evaluations"] | null, World["tasks"]]} */
  const [job, allocations, evaluations, tasks] = await Promise.all([
    ifThere(api.agent(path)),
    ifThere(api.agent(`${path}/allocations`)),
    ifThere(api.agent(`${path}/evaluations`)),
    api.admin(`/tasks?job=${encodeURIComponent(literal(id))}`),
  ]);
  return { job, allocations: allocations ?? [], evaluations: evaluations ?? [], tasks };
}

/**
 * Have the requests judged; that takes a second, so it is read only when it is asked for.
 * @returns {Promise<Pick<World, "conduct" | "unjudged">>}
 */
export async function judged() {
  try {
    return { conduct: await api.admin("/conduct"), unjudged: "" };
  } catch (error) {
    if (error instanceof api.Refused && error.status !== 401) return { conduct: null, unjudged: error.message };
    throw error;
  }
}

/** Return the schemas of the control plane's description. */
async function described() {
  const description = await /** @type {Promise<{components: {schemas: Schemas}}>} */ (api.admin("/openapi.json"));
  return description.components.schemas;
}

/**
 * Return what a read gives; null where there is no such thing (404) or this mock keeps none (409).
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T | null>}
 */
async function ifThere(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof api.Refused && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}
