// Requests to the mock this page comes from: the agent, the control plane, and its stream of events.

import { events } from "./event_stream.js";

const ADMIN = "/__admin";
const TOKEN = "nomad-mock-token";
const LONGEST_PAUSE = 10_000; // milliseconds

/** The paths of the control plane that belong to one region; all others refuse the parameter. */
const REGIONAL = /^\/(jobs|nodes|tasks(?!\/rules))(\/|$)/;

/** A request that the mock refused: what is wrong and what to do. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{error: string, findings: string[], help: string}} problem
   */
  constructor(status, problem) {
    super([problem.error, ...(problem.findings ?? [])].join("; ") + (problem.help ? ` (${problem.help})` : ""));
    this.status = status;
  }
}

/** A request that got no answer. */
export class Unreachable extends Error {
  /** @param {unknown} error */
  constructor(error) {
    super(`The mock can't be reached: ${error instanceof Error ? error.message : error}`);
  }
}

/** Which world is shown; no space means the one whose port this is. @type {{space: string, region: string}} */
export const scope = { space: "", region: "" };

/** @param {string} token of the control plane, kept until the tab is closed */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/**
 * Return what an agent answers to a GET of `/v1…`.
 * @template T
 * @param {string} path
 * @returns {Promise<T>}
 */
export const agent = (path) => request("GET", `${ADMIN}/ui/agent${withRegion(path)}`);

/**
 * Send a write to the agent, and return its answer; the journal does not have it, as with all that the dashboard does.
 * @template T
 * @param {string} path below `/v1`
 * @param {object} [body]
 * @returns {Promise<T>}
 */
export const put = (path, body) => request("PUT", `${ADMIN}/ui/agent${withRegion(path)}`, body);

/**
 * Return what the control plane answers to a GET.
 * @template T
 * @param {string} path behind `/__admin`
 * @returns {Promise<T>}
 */
export const admin = (path) => request("GET", controlPath(path));

/**
 * Send a change to the control plane, and return its answer.
 * @template T
 * @param {string} method
 * @param {string} path behind `/__admin`
 * @param {object} [body]
 * @returns {Promise<T>}
 */
export const change = (method, path, body) => request(method, controlPath(path), body);

/**
 * Follow the events of the world for as long as the page is there; a broken stream is opened again.
 * An EventSource would not do: it can send neither the token nor the space.
 * @param {(kind: string) => void} happened
 * @param {(state: "live" | "broken" | "gone") => void} changed
 * @param {AbortSignal} signal
 */
export async function follow(happened, changed, signal) {
  let last = "";
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const reply = await fetch(`${ADMIN}/events`, { headers: headers(last ? { "Last-Event-ID": last } : {}), signal });
      if (!reply.ok || !reply.body) throw new Refused(reply.status, await problemOf(reply));
      changed("live");
      pause = 500;
      for await (const event of events(reply.body)) {
        last = event.id || last;
        happened(event.event);
      }
      if (!signal.aborted) continue; // this world is over: there may be a next one
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof Refused ? error.status : null;
      if (status === 401) return changed("broken");
      if (status === 404) return changed("gone");
    }
    changed("broken");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function request(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(path, { method, headers: headers({}), ...sent }).catch((error) => {
    throw new Unreachable(error);
  });
  if (!reply.ok) throw new Refused(reply.status, await problemOf(reply));
  return reply.status === 204 ? null : reply.json();
}

/** @param {Response} reply */
async function problemOf(reply) {
  const text = await reply.text();
  try {
    return JSON.parse(text);
  } catch {
    return { error: text.trim() || `status ${reply.status}`, findings: [], help: "" };
  }
}

/**
 * @param {Record<string, string>} more
 * @returns {Record<string, string>}
 */
function headers(more) {
  const token = sessionStorage.getItem(TOKEN);
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(scope.space ? { "X-Nomad-Mock-Space": scope.space } : {}),
    ...more,
  };
}

/** @param {string} path behind `/__admin` */
const controlPath = (path) => `${ADMIN}${REGIONAL.test(path) ? withRegion(path) : path}`;

/** @param {string} path */
function withRegion(path) {
  return scope.region ? `${path}${path.includes("?") ? "&" : "?"}region=${encodeURIComponent(scope.region)}` : path;
}
