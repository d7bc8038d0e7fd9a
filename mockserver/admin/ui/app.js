// The dashboard: reads the world, shows the view that the address names, and follows what happens.

import * as api from "./api.js";
import { clockBar } from "./clock.js";
import { h, patch } from "./dom.js";
import { faultsView } from "./faults.js";
import { jobsView } from "./jobs.js";
import { nodesView } from "./nodes.js";
import { requestsView } from "./requests.js";
import { rulesView } from "./rules.js";
import { counted } from "./text.js";

const SHORTEST = 150; // milliseconds between two readings; a big world gets more rest
const VIEWS = ["jobs", "nodes", "requests", "faults", "rules"];

const world = {
  jobs: [],
  evaluations: [],
  allocations: [],
  nodes: [],
  tasks: [],
  job: null,
  faults: [],
  presets: [],
  rules: [],
  requests: [],
  request: null,
  journal: true,
  clock: null,
  spaces: [],
  regions: [],
  schemas: null,
};
const drafts = { faults: {}, rules: {} };
const filters = { jobs: "", requests: "", waiting: false };
const element = (id) => document.getElementById(id);
let live = "broken";
let following = new AbortController();

// What is to be read

const readers = {
  async cluster() {
    const id = place().view === "jobs" ? place().id : null;
    const [jobs, evaluations, allocations, nodes, tasks, job] = await Promise.all([
      api.agent("/v1/jobs"),
      api.agent("/v1/evaluations"),
      api.agent("/v1/allocations"),
      api.admin("/nodes"),
      api.admin("/tasks"),
      id ? ifThere(api.agent(`/v1/job/${encodeURIComponent(id)}`)) : null,
    ]);
    announce(jobs);
    Object.assign(world, { jobs, evaluations, allocations, nodes, tasks, job });
  },
  async clock() {
    world.clock = { ...(await api.admin("/clock")), read: performance.now() };
  },
  async faults() {
    world.faults = await api.admin("/faults");
  },
  async rules() {
    world.rules = await api.admin("/tasks/rules");
  },
  async requests() {
    const { view, id } = place();
    const [requests, request] = await Promise.all([
      ifThere(api.admin("/journal?limit=200")),
      view === "requests" && id ? ifThere(api.admin(`/journal/${id}`)) : null,
    ]);
    Object.assign(world, { requests: (requests ?? []).reverse(), request, journal: requests !== null });
  },
  async about() {
    const [spaces, regions, presets, description] = await Promise.all([
      api.admin("/spaces"),
      api.agent("/v1/regions"),
      api.admin("/faults/presets"),
      world.schemas ? null : api.admin("/openapi.json"),
    ]);
    Object.assign(world, { spaces, regions, presets, schemas: world.schemas ?? description.components.schemas });
  },
};
const ALL = Object.keys(readers);

/** Which of them an event makes out of date. */
const STALE = {
  change: ["cluster", "clock"],
  clock: ["clock", "cluster", "faults"],
  arrival: ["requests"],
  request: ["requests"],
  fault: ["faults"],
  rule: ["rules"],
  space: ["about"],
  lost: ALL,
};

const wanted = new Set();
let reading = null;

/** Read again what is out of date, and show it; several wishes in a short time are one. */
function read(names) {
  for (const name of names) wanted.add(name);
  reading ??= readWanted().finally(() => {
    reading = null;
    if (wanted.size && !element("ask").open) read([]);
  });
  return reading;
}

async function readWanted() {
  await null; // so that wishes of the same moment come along
  const names = [...wanted];
  wanted.clear();
  const began = performance.now();
  try {
    await Promise.all(names.map((name) => readers[name]()));
    problem("reading", "");
    show();
  } catch (error) {
    failed(error, "reading");
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(SHORTEST, 2 * (performance.now() - began))));
}

/** What it gives; null where there is no such thing (404) or this mock keeps none (409). */
async function ifThere(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error.status === 404 || error.status === 409) return null;
    throw error;
  }
}

// What is done

/** Do something, say what came of it, and read again. */
async function act(action, done) {
  try {
    const said = await action();
    problem("acting", "");
    say(done ?? (typeof said === "string" ? said : "Done."));
  } catch (error) {
    failed(error, "acting");
  }
  await read(["cluster", "clock", "faults", "rules", "requests"]);
}

function failed(error, where) {
  if (error.status === 401) askForToken();
  else problem(where, error instanceof api.Refused ? error.message : `The mock can't be reached: ${error.message}`);
}

const problems = { reading: "", acting: "" };

function problem(where, text) {
  problems[where] = text;
  element("problem").textContent = problems.acting || problems.reading;
}

function say(text) {
  element("news").textContent = text;
}

/** Say what has become of jobs, for who doesn't see it. */
function announce(jobs) {
  const before = new Map(world.jobs.map(({ ID, Status }) => [ID, Status]));
  const changed = jobs.filter(({ ID, Status }) => before.get(ID) !== Status);
  if (world.clock && changed.length)
    say(
      changed.length > 3
        ? `${counted(changed.length, "job")} changed.`
        : changed.map(({ ID, Status }) => `Job ${ID} is ${Status}.`).join(" "),
    );
}

function askForToken() {
  if (!element("ask").open) element("ask").showModal();
}

// What is shown

/** The view that the address names: `#/jobs/<ID>/<evaluation>`. */
function place() {
  const [view, id, evaluation] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  return { view: VIEWS.includes(view) ? view : "jobs", id: id || null, evaluation: evaluation || null };
}

function show() {
  if (!world.clock) return;
  const { view, id, evaluation } = place();
  const filter = { filter: filters[view], setFilter: (text) => ((filters[view] = text), show()) };
  const form = { draft: drafts[view], setDraft: (draft) => ((drafts[view] = draft), show()) };
  const views = {
    jobs: () =>
      jobsView(
        world,
        {
          id,
          evaluation,
          waiting: filters.waiting,
          setWaiting: (only) => ((filters.waiting = only), show()),
          ...filter,
        },
        act,
      ),
    nodes: () => nodesView(world, act),
    requests: () => requestsView(world, { id, ...filter }),
    faults: () => faultsView(world, form, act),
    rules: () => rulesView(world, { job: id, ...form }, act),
  };
  patch(element("views"), links(view));
  patch(element("scope"), scopes());
  patch(element("connection"), connection());
  patch(element("clock"), clockBar(world, act));
  patch(element("main"), [views[view]()]);
}

function links(view) {
  const active = world.faults.filter((fault) => fault.active).length;
  const counts = {
    jobs: world.jobs.length,
    nodes: world.nodes.length,
    requests: world.requests.at(0)?.number ?? 0,
    faults: active ? `${active} active` : "",
    rules: world.rules.length || "",
  };
  return VIEWS.map((name) =>
    h(
      "a",
      { key: name, href: `#/${name}`, "aria-current": name === view && "page" },
      name[0].toUpperCase() + name.slice(1),
      counts[name] !== "" && h("small", {}, ` ${counts[name]}`),
    ),
  );
}

function scopes() {
  const space = world.spaces.find(({ name }) => name === api.scope.space);
  return [
    world.spaces.length > 1 &&
      choice(
        "Space",
        world.spaces.map(({ name }) => name),
        "space",
        space?.name,
      ),
    world.regions.length > 1 && choice("Region", world.regions, "region", api.scope.region || space?.settings.region),
  ];
}

function choice(label, names, which, chosen) {
  return h(
    "label",
    { key: which },
    `${label} `,
    h(
      "select",
      { value: chosen, onchange: (event) => enter(which, event.target.value) },
      names.map((name) => h("option", { key: name, value: name }, name)),
    ),
  );
}

function enter(which, name) {
  api.scope[which] = name;
  if (which === "space") api.scope.region = "";
  restart();
}

function connection() {
  const words = { live: "live", broken: "not connected", gone: "space is gone" };
  return [
    h("span", { class: `pill ${live === "live" ? "good" : "wait"}` }, words[live]),
    live !== "live" &&
      h(
        "button",
        { type: "button", onclick: () => (live === "gone" ? enter("space", "") : restart()) },
        live === "gone" ? "Leave it" : "Reload",
      ),
  ];
}

// What happens

async function restart() {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  await home();
  if (signal.aborted) return;
  api.follow(
    (kind) => read(STALE[kind] ?? []),
    (state) => {
      if (state === "live" && live !== "live") read(ALL);
      live = state;
      show();
    },
    signal,
  );
  read(ALL);
}

/** Without a choice, the space whose port this is. */
async function home() {
  if (api.scope.space) return;
  try {
    api.scope.space = (await api.admin("/health")).space;
  } catch (error) {
    failed(error, "reading");
  }
}

addEventListener("hashchange", async () => {
  show();
  await read(place().view === "requests" ? ["requests"] : ["cluster"]);
  const { evaluation } = place();
  if (evaluation) element(`evaluation-${evaluation}`)?.focus();
});

element("ask")
  .querySelector("form")
  .addEventListener("submit", (event) => {
    event.preventDefault();
    api.keepToken(element("token").value);
    element("token").value = "";
    element("ask").close();
    restart();
  });

// A browser has only six connections to a server for all its tabs: one that nobody sees must not keep any.
addEventListener("pagehide", () => following.abort());
addEventListener("pageshow", (event) => event.persisted && restart());
document.addEventListener("visibilitychange", () => (document.hidden ? following.abort() : restart()));

setInterval(() => world.clock?.speed && patch(element("clock"), clockBar(world, act)), 1000);
restart();
