// The dashboard: reads the world, shows the view that the address names, and follows what happens.

import * as api from "./api.js";
import { clockBar } from "./clock.js";
import { brokenOf, conductView } from "./conduct.js";
import { h, patch } from "./dom.js";
import { faultsView } from "./faults.js";
import { jobsView } from "./jobs.js";
import { nodesView } from "./nodes.js";
import { place, VIEWS } from "./place.js";
import { ALL, judged, readers, STALE, world } from "./reading.js";
import { requestsView } from "./requests.js";
import { rulesView } from "./rules.js";
import { counted } from "./text.js";

/** @import { ViewName } from "./place.js" */
/** @import { Reader } from "./reading.js" */
/** @import { Act, Draft, FormState, JobStub, Part, Planned } from "./types.d.ts" */

const SHORTEST = 150; // milliseconds between two readings; a big world gets more rest

/** @type {{faults: Draft, rules: Draft}} */
const drafts = { faults: {}, rules: {} };
const filters = { jobs: "", nodes: "", requests: "", waiting: false };
/** @type {Planned | null} */
let planned = null;
/** @type {"live" | "broken" | "gone"} */
let live = "broken";
let following = new AbortController();

/**
 * Return an element of the page, which is there from the start.
 * @param {string} id
 */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const ask = /** @type {HTMLDialogElement} */ (element("ask"));

// What is to be read

/** @type {Set<Reader>} */
const wanted = new Set();
/** @type {Promise<void> | null} */
let reading = null;

/**
 * Read again what is out of date, and show it; several wishes in a short time are one.
 * @param {Reader[]} names
 */
function read(names) {
  for (const name of names) wanted.add(name);
  reading ??= readWanted().finally(() => {
    reading = null;
    if (wanted.size && !ask.open) read([]);
  });
  return reading;
}

async function readWanted() {
  await null; // so that wishes of the same moment come along
  const names = [...wanted];
  wanted.clear();
  const began = performance.now();
  const before = world.clock ? world.jobs : null;
  try {
    await Promise.all(names.map((name) => readers[name]()));
    if (before && before !== world.jobs) announce(before, world.jobs);
    problem("reading", "");
    show();
  } catch (error) {
    failed(error, "reading");
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(SHORTEST, 2 * (performance.now() - began))));
}

/** Have the requests judged, where the judgements are shown; nothing else waits for it. */
async function judge() {
  if (place().view !== "conduct") return;
  Object.assign(world, { conduct: null, unjudged: "" });
  show();
  try {
    Object.assign(world, await judged());
    show();
  } catch (error) {
    failed(error, "reading");
  }
}

// What is done

/** Do something, say what came of it, and read again. @type {Act} */
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

/**
 * @param {unknown} error
 * @param {keyof typeof problems} where
 */
function failed(error, where) {
  if (error instanceof api.Refused && error.status === 401) askForToken();
  else problem(where, error instanceof Error ? error.message : String(error));
}

const problems = { reading: "", acting: "" };

/**
 * @param {keyof typeof problems} where
 * @param {string} text empty when all went well
 */
function problem(where, text) {
  problems[where] = text;
  element("problem").textContent = problems.acting || problems.reading;
}

/** @param {string} text */
function say(text) {
  element("news").textContent = text;
}

/**
 * Say what has become of jobs, for users who don't see it.
 * @param {JobStub[]} before
 * @param {JobStub[]} now
 */
function announce(before, now) {
  const statuses = new Map(before.map(({ ID, Status }) => [ID, Status]));
  const changed = now.filter(({ ID, Status }) => statuses.get(ID) !== Status);
  if (changed.length > 3) say(`${counted(changed.length, "job")} changed.`);
  else if (changed.length) say(changed.map(({ ID, Status }) => `Job ${ID} is ${Status}.`).join(" "));
}

function askForToken() {
  if (!ask.open) ask.showModal();
}

// What is shown

function show() {
  const { clock } = world;
  if (!clock) return;
  const shown = { ...world, clock };
  const { view, id, evaluation } = place();
  /** @type {Record<ViewName, () => Part>} */
  const views = {
    jobs: () => {
      const setWaiting = thenShow((/** @type {boolean} */ only) => (filters.waiting = only));
      const setPlanned = thenShow((/** @type {Planned} */ newest) => (planned = newest));
      const state = { waiting: filters.waiting, setWaiting, planned, setPlanned, ...filterOf("jobs") };
      return jobsView(shown, { id, evaluation, ...state }, act);
    },
    nodes: () => nodesView(shown, filterOf("nodes"), act),
    requests: () => requestsView(shown, { id, ...filterOf("requests") }, act),
    conduct: () => conductView(shown, judge),
    faults: () => faultsView(shown, formOf("faults"), act),
    rules: () => rulesView(shown, { job: id, ...formOf("rules") }, act),
  };
  patch(element("views"), links(view));
  patch(element("scope"), scopes());
  patch(element("connection"), connection());
  patch(element("clock"), clockBar(shown, act));
  patch(element("main"), views[view]());
}

/** @param {"jobs" | "nodes" | "requests"} view */
function filterOf(view) {
  return { filter: filters[view], setFilter: thenShow((/** @type {string} */ text) => (filters[view] = text)) };
}

/**
 * @param {"faults" | "rules"} view
 * @returns {FormState}
 */
function formOf(view) {
  return { draft: drafts[view], setDraft: thenShow((/** @type {Draft} */ draft) => (drafts[view] = draft)) };
}

/**
 * Return a setter that shows what it has set.
 * @template T
 * @param {(value: T) => unknown} set
 * @returns {(value: T) => void}
 */
const thenShow = (set) => (value) => {
  set(value);
  show();
};

/** @param {ViewName} view */
function links(view) {
  const active = world.faults.filter((fault) => fault.active).length;
  /** @type {Record<ViewName, number | string>} */
  const counts = {
    jobs: world.jobs.length,
    nodes: world.nodeNames.size,
    requests: world.requests.at(0)?.number ?? 0,
    conduct: world.conduct ? `${brokenOf(world.conduct).length} broken` : "",
    faults: active ? `${active} active` : "",
    rules: world.rules.length || "",
  };
  return VIEWS.map((name) =>
    h(
      "a",
      { key: name, href: `#/${name}`, "aria-current": name === view && "page" },
      name.charAt(0).toUpperCase() + name.slice(1),
      counts[name] !== "" && h("small", {}, ` ${counts[name]}`),
    ),
  );
}

function scopes() {
  const space = world.spaces.find(({ name }) => name === api.scope.space);
  const names = world.spaces.map(({ name }) => name);
  return [
    names.length > 1 && choice("Space", names, "space", space?.name),
    world.regions.length > 1 && choice("Region", world.regions, "region", api.scope.region || space?.settings.region),
  ];
}

/**
 * @param {string} label
 * @param {string[]} names
 * @param {"space" | "region"} which
 * @param {string | undefined} chosen
 */
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

/**
 * @param {"space" | "region"} which
 * @param {string} name
 */
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
        live === "gone" ? "Leave this space" : "Reload",
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
  judge();
}

/** Enter the space whose port this is, unless the user chose one. */
async function home() {
  if (api.scope.space) return;
  try {
    const health = await /** @type {Promise<{space: string}>} */ (api.admin("/health"));
    api.scope.space = health.space;
  } catch (error) {
    failed(error, "reading");
  }
}

addEventListener("hashchange", async () => {
  show();
  judge();
  await read(["requests", "conduct"].includes(place().view) ? ["requests"] : ["cluster"]);
  const { evaluation } = place();
  if (evaluation) document.getElementById(`evaluation-${evaluation}`)?.focus();
});

ask.querySelector("form")?.addEventListener("submit", (event) => {
  const token = /** @type {HTMLInputElement} */ (element("token"));
  event.preventDefault();
  api.keepToken(token.value);
  token.value = "";
  ask.close();
  restart();
});

// A browser has only six connections to a server for all its tabs: one that nobody sees must not keep any.
addEventListener("pagehide", () => following.abort());
addEventListener("pageshow", (event) => event.persisted && restart());
document.addEventListener("visibilitychange", () => (document.hidden ? following.abort() : restart()));

setInterval(() => {
  const { clock } = world;
  if (clock?.speed) patch(element("clock"), clockBar({ ...world, clock }, act));
}, 1000);
restart();
