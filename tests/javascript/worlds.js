// Worlds to test with: Nomad's objects with every field, of which a test says only what it is about.

/** @import { Allocation, Clock, Evaluation, Job, JobStub, NodeInUse, PlacementMetric, TaskEvent, TaskRun, TaskState, World } from "../../mockserver/admin/ui/types.d.ts" */

/** @type {Clock} */
const CLOCK = { mode: "real", speed: 1, now: 0, time: "1970-01-01T00:00:00Z", next_event: null, read: 0 };

/**
 * @param {Partial<World>} [parts]
 * @returns {World}
 */
export const world = (parts) => ({
  jobs: [],
  evaluations: [],
  allocations: [],
  nodes: [node()],
  tasks: [],
  job: null,
  faults: [],
  presets: [],
  rules: [],
  requests: [],
  request: null,
  journal: true,
  clock: CLOCK,
  spaces: [],
  regions: [],
  schemas: null,
  ...parts,
});

/** A clock that stands still at the beginning of time. */
export const STANDING = { ...CLOCK, mode: "manual", speed: 0 };

/**
 * A pending service job with one group `web`, of which `queued` allocations wait to be placed.
 * @param {Partial<JobStub> & {queued?: number}} [parts]
 * @returns {JobStub}
 */
export const stub = ({ queued = 0, ...parts } = {}) => ({
  ID: "job",
  ParentID: "",
  Type: "service",
  Priority: 50,
  Status: "pending",
  JobSummary: { Summary: { web: { Queued: queued, Complete: 0, Failed: 0, Running: 0, Starting: 0, Lost: 0 } } },
  ...parts,
});

/**
 * A job whose group `web` has a task that asks for 100 MHz and 256 MB.
 * @param {Partial<Job>} [parts]
 * @returns {Job}
 */
export const job = (parts) => ({
  ID: "job",
  Datacenters: ["dc1"],
  JobModifyIndex: 1,
  Periodic: null,
  ParameterizedJob: null,
  TaskGroups: [
    {
      Name: "web",
      Count: 1,
      Tasks: [{ Name: "server", Driver: "docker", Resources: { CPU: 100, MemoryMB: 256 } }],
    },
  ],
  ...parts,
});

/**
 * A ready node of 4000 MHz and 8192 MB, of which nothing is used.
 * @param {Partial<NodeInUse["node"]>} [parts]
 * @returns {NodeInUse}
 */
export const node = (parts) => ({
  node: {
    ID: "node",
    Name: "node-1",
    Datacenter: "dc1",
    NodeClass: "",
    Status: "ready",
    Drain: false,
    Resources: { CPU: 4000, MemoryMB: 8192 },
    Reserved: null,
    ...parts,
  },
  allocations: [],
  used: { CPU: 0, MemoryMB: 0 },
});

/**
 * A complete evaluation of the job, made by its registration.
 * @param {Partial<Evaluation>} [parts]
 * @returns {Evaluation}
 */
export const evaluation = (parts) => ({
  ID: "evaluation",
  JobID: "job",
  Status: "complete",
  StatusDescription: "",
  TriggeredBy: "job-register",
  CreateIndex: 1,
  PreviousEval: "",
  NextEval: "",
  BlockedEval: "",
  FailedTGAllocs: null,
  ...parts,
});

/**
 * Why one allocation of a group could not be placed on the only node.
 * @param {Partial<PlacementMetric>} [parts]
 * @returns {PlacementMetric}
 */
export const metric = (parts) => ({
  NodesEvaluated: 1,
  NodesFiltered: 0,
  NodesAvailable: { dc1: 1 },
  ConstraintFiltered: null,
  DimensionExhausted: null,
  CoalescedFailures: 0,
  ...parts,
});

/**
 * A placed allocation of the job that does not run yet.
 * @param {Partial<Allocation>} [parts]
 * @returns {Allocation}
 */
export const allocation = (parts) => ({
  ID: "allocation",
  Name: "job.web[0]",
  JobID: "job",
  NodeID: "node",
  TaskGroup: "web",
  DesiredStatus: "run",
  DesiredDescription: "",
  ClientStatus: "pending",
  ClientDescription: "",
  CreateIndex: 1,
  TaskStates: null,
  ...parts,
});

/**
 * A pending task of the allocation that starts in two seconds.
 * @param {Partial<TaskRun>} [parts]
 * @returns {TaskRun}
 */
export const task = (parts) => ({
  allocation: "allocation",
  job: "job",
  group: "web",
  task: "server",
  state: "pending",
  next: "start",
  next_at: 2e9,
  ...parts,
});

/**
 * The state of a task with these events.
 * @param {...Partial<TaskEvent>} events
 * @returns {TaskState}
 */
export const state = (...events) => ({ State: "pending", Failed: false, Events: events.map(event) });

/**
 * @param {Partial<TaskEvent>} parts
 * @returns {TaskEvent}
 */
const event = (parts) => ({
  Type: "Received",
  Time: 0,
  ExitCode: 0,
  Signal: 0,
  Message: "",
  DriverError: "",
  DriverMessage: "",
  SetupError: "",
  DownloadError: "",
  ValidationError: "",
  VaultError: "",
  RestartReason: "",
  StartDelay: 0,
  KillReason: "",
  KillError: "",
  FailedSibling: "",
  FailsTask: false,
  ...parts,
});
