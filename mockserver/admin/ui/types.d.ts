// What the dashboard's modules hand each other: the objects of Nomad and of the control plane, as far as they are
// shown, and parts of a page. Only the type checker reads this file.

/** What was read of the mock, for the views. Times are nanoseconds since 1970, durations nanoseconds. */
export interface World {
  jobs: JobStub[];
  /** How each job is, by its ID. */
  reasons: Record<string, Reason>;
  /** Those of the chosen job. */
  evaluations: Evaluation[];
  allocations: Allocation[];
  tasks: TaskRun[];
  /** Null until they are read, for the view that shows them. */
  nodes: NodeInUse[] | null;
  nodeNames: Map<string, string>;
  /** The chosen job as a whole. */
  job: Job | null;
  faults: Fault[];
  presets: Preset[];
  rules: Rule[];
  /** Newest first. */
  requests: Exchange[];
  /** The chosen request as a whole. */
  request: WholeExchange | null;
  /** Whether the mock keeps a journal at all. */
  journal: boolean;
  /** What clients did, judged; null until it is read, or where `unjudged` says why it can't be. */
  conduct: Judged | null;
  unjudged: string;
  clock: Clock;
  spaces: Space[];
  regions: string[];
  /** The schemas of the control plane's description; null until they are read. */
  schemas: Schemas | null;
}

// Nomad's objects

export interface JobStub {
  ID: string;
  ParentID: string;
  Type: string;
  Priority: number;
  Status: string;
  JobSummary: JobSummary | null;
}

export interface JobSummary {
  Summary: Record<string, GroupSummary> | null;
  Children?: { Pending: number; Running: number; Dead: number } | null;
}

export interface GroupSummary {
  Queued: number;
  Complete: number;
  Failed: number;
  Running: number;
  Starting: number;
  Lost: number;
}

export interface Job {
  ID: string;
  Datacenters: string[] | null;
  JobModifyIndex: number;
  Periodic: { Spec: string } | null;
  ParameterizedJob: ParameterizedJob | null;
  TaskGroups: TaskGroup[] | null;
}

export interface ParameterizedJob {
  Payload: string;
  MetaRequired: string[] | null;
  MetaOptional: string[] | null;
}

/** What a plan answers. */
export interface Plan {
  Diff: JobDiff | null;
  FailedTGAllocs: Record<string, PlacementMetric> | null;
}

/** What changes in an object: `Type` is Added, Deleted, Edited or None. */
export interface ObjectDiff {
  Type: string;
  Name: string;
  Fields: FieldDiff[] | null;
  Objects: ObjectDiff[] | null;
}

export interface FieldDiff {
  Type: string;
  Name: string;
  Old: string;
  New: string;
  Annotations: string[] | null;
}

export interface TaskDiff extends ObjectDiff {
  Annotations: string[] | null;
}

export interface GroupDiff extends ObjectDiff {
  Tasks: TaskDiff[] | null;
  /** How many allocations meet what. */
  Updates: Record<string, number> | null;
}

export interface JobDiff extends Omit<ObjectDiff, "Name"> {
  ID: string;
  TaskGroups: GroupDiff[] | null;
}

/** A line of a plan's difference. */
export interface DiffLine {
  depth: number;
  /** Added, Deleted or Edited. */
  type: string;
  text: string;
}

export interface TaskGroup {
  Name: string;
  Count: number;
  Tasks: Task[] | null;
}

export interface Task {
  Name: string;
  Driver: string;
  Resources: Resources | null;
}

export interface Resources {
  /** MHz */
  CPU: number;
  MemoryMB: number;
}

export interface Evaluation {
  ID: string;
  JobID: string;
  Status: string;
  StatusDescription: string;
  TriggeredBy: string;
  CreateIndex: number;
  PreviousEval: string;
  NextEval: string;
  BlockedEval: string;
  FailedTGAllocs: Record<string, PlacementMetric> | null;
}

export interface PlacementMetric {
  CoalescedFailures: number;
}

export interface Allocation {
  ID: string;
  Name: string;
  JobID: string;
  NodeID: string;
  TaskGroup: string;
  DesiredStatus: string;
  DesiredDescription: string;
  ClientStatus: string;
  ClientDescription: string;
  CreateIndex: number;
  TaskStates: Record<string, TaskState> | null;
}

export interface TaskState {
  State: string;
  Failed: boolean;
  Events: TaskEvent[] | null;
}

export interface TaskEvent {
  Type: string;
  Time: number;
  ExitCode: number;
  Signal: number;
  Message: string;
  DriverError: string;
  DriverMessage: string;
  SetupError: string;
  DownloadError: string;
  ValidationError: string;
  VaultError: string;
  RestartReason: string;
  StartDelay: number;
  KillReason: string;
  KillError: string;
  FailedSibling: string;
  FailsTask: boolean;
}

export interface NomadNode {
  ID: string;
  Name: string;
  Datacenter: string;
  NodeClass: string;
  Status: string;
  Drain: boolean;
  Resources: Resources;
  Reserved: Resources | null;
}

// The control plane's objects

export interface NodeInUse {
  node: NomadNode;
  allocations: { JobID: string }[];
  used: Resources;
}

export interface TaskRun {
  allocation: string;
  job: string;
  group: string;
  task: string;
  state: string;
  /** What happens to it next; empty when nothing is planned. */
  next: string;
  next_at: number | null;
}

export interface Clock {
  mode: string;
  speed: number;
  now: number;
  time: string;
  next_event: number | null;
  /** When it was read, in milliseconds since the page began. */
  read: number;
}

export interface Space {
  name: string;
  settings: { region: string; vary?: Vary | null };
}

/** Which freedoms of the documentation replies make use of, and which replies; null for all. */
export interface Vary {
  seed: number;
  freedoms?: string[] | null;
  weather?: boolean | string[];
  replies?: number[] | null;
}

export interface Fault {
  number: number;
  name: string;
  preset?: string;
  active: boolean;
  hits: number;
  seen: number;
  /** When it began, in Unix nanoseconds; 0 as long as it waits for another one. */
  began: number;
  ends: number | null;
  match?: Record<string, unknown>;
  times?: number;
  nth?: number;
  every?: number;
  probability?: number;
  fault: FaultEffect;
  then?: { fault: FaultEffect };
}

export interface FaultEffect {
  kind: string;
  [parameter: string]: unknown;
}

export interface Preset {
  name: string;
  description: string;
}

export interface Rule {
  number: number;
  tasks: Selection;
  outcome: Outcome;
  /** How many more times it counts; null for always. */
  times: number | null;
}

export interface Selection {
  job?: string;
  group?: string;
  task?: string;
  allocation?: string;
}

export interface Outcome {
  run_for?: number | null;
  exit_code?: number;
  signal?: number;
  message?: string;
  kill_after?: number;
  start_after?: number | null;
  start_error?: string;
  start_error_recoverable?: boolean;
}

export interface Judged {
  exchanges: number;
  /** Number of the last exchange that was judged. */
  last: number;
  judgements: Judgement[];
}

export interface Judgement {
  id: string;
  /** MUST, SHOULD or MAY. */
  level: string;
  text: string;
  advice: string;
  /** pass, fail or skip. */
  verdict: string;
  times: number;
  violations: { text: string; exchanges: number[] }[];
}

export interface Exchange {
  number: number;
  time: string;
  method: string;
  path: string;
  query: string;
  operation: string | null;
  pending: boolean;
  status: number | null;
  duration: number | null;
  faults: string[];
  freedoms: string[];
  findings: { request: string[]; reply: string[] };
}

export interface WholeExchange extends Exchange {
  index: { before: Record<string, number>; after: Record<string, number> | null };
  request: Sent;
  reply: (Message & { status: number }) | null;
  wall: { duration: number | null };
}

/** A request; `target` is that of its first line. */
export interface Sent extends Message {
  target: string;
}

export interface Message {
  headers: { name: string; value: string }[];
  body: string;
  encoding: string;
  /** Bytes on the wire. */
  size: number;
  truncated: boolean;
}

/** How a job is, and a sentence that says why. */
export interface Reason {
  ID: string;
  level: "good" | "wait" | "bad";
  why: string;
}

// What a view is told beside the world

/** A text that the user filters by. */
export interface Filter {
  filter: string;
  setFilter: (text: string) => void;
}

export interface JobsView extends Filter {
  /** The ID of the chosen job. */
  id: string | null;
  /** The ID of the chosen evaluation of that job. */
  evaluation: string | null;
  /** Whether only jobs are shown that do not run as they should. */
  waiting: boolean;
  setWaiting: (only: boolean) => void;
  /** What was planned last, and for which job. */
  planned: Planned | null;
  setPlanned: (planned: Planned) => void;
}

export interface Planned {
  id: string;
  plan: Plan;
}

export interface RequestsView extends Filter {
  /** The number of the chosen request. */
  id: string | null;
}

export interface RulesView extends FormState {
  /** The ID of the job that a new rule is about. */
  job: string | null;
}

// Forms made of JSON Schemas

export interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  dependentRequired?: Record<string, string[]>;
  allOf?: { if: Schema; then: { required: string[] } }[];
  anyOf?: Schema[];
  enum?: string[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  $ref?: string;
}

export type Schemas = Record<string, Schema>;

export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
  /** What it is called, if that is not its name. */
  label?: string;
}

/** Values of the selects among the fields of a form, by the field's name. */
export type Draft = Record<string, string>;

export interface FormState {
  draft: Draft;
  setDraft: (draft: Draft) => void;
}

// Parts of a page

/** An element as plain data. */
export interface Part {
  tag: string;
  key: string | undefined;
  attributes: Record<string, unknown>;
  children: Content[];
}

export type Content = Part | string;

/** What may stand where children do; null, undefined and false are left out, a number is its text. */
export type Child = Content | number | boolean | null | undefined;
export type Children = Child | readonly Children[];

export type Listener<Target> = (event: Event & { target: Target }) => unknown;

export interface Attributes<Element> {
  key?: string;
  onclick?: Listener<Element>;
  onchange?: Listener<Element>;
  oninput?: Listener<Element>;
  onsubmit?: Listener<Element>;
  style?: Record<string, string>;
  [name: string]: unknown;
}

/** Do something, tell the user `done` or the text that the action returns, and read the world again. */
export type Act = (action: () => unknown, done?: string) => Promise<void>;
