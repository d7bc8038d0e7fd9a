// Requests to the mock this page comes from: reads of the agent, the control plane, and its stream of events.

const ADMIN = "/__admin";
const TOKEN = "nomad-mock-token";
const LONGEST_PAUSE = 10_000;

/** A request that was not done: what is wrong and what to do. */
export class Refused extends Error {
  /** @param {number} status @param {{error: string, findings: string[], help: string}} problem */
  constructor(status, problem) {
    super([problem.error, ...(problem.findings ?? [])].join("; ") + (problem.help ? ` (${problem.help})` : ""));
    this.status = status;
  }
}

/** Which world is shown; no space is the one whose port this is. @type {{space: string, region: string}} */
export const scope = { space: "", region: "" };

export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** What an agent answers to a GET of `/v1…`. @param {string} path @returns {Promise<any>} */
export const agent = (path) => request("GET", `${ADMIN}/ui/agent${withRegion(path)}`);

/** @param {string} path behind `/__admin` @returns {Promise<any>} */
export const admin = (path) => request("GET", `${ADMIN}${withRegion(path)}`);

/** @param {string} method @param {string} path behind `/__admin` @param {any} [body] @returns {Promise<any>} */
export const change = (method, path, body) => request(method, `${ADMIN}${withRegion(path)}`, body);

/**
 * The events of the world as they come, for as long as the page is there; a broken stream is begun again.
 * Not an EventSource, for that can say neither the token nor the space.
 * @param {(kind: string, data: any) => void} happened
 * @param {(state: "live" | "broken" | "gone") => void} changed
 * @param {AbortSignal} signal
 */
export async function follow(happened, changed, signal) {
  let last = "";
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const reply = await fetch(`${ADMIN}/events`, { headers: headers(last ? { "Last-Event-ID": last } : {}), signal });
      if (!reply.ok) throw new Refused(reply.status, await problemOf(reply));
      changed("live");
      pause = 500;
      for await (const event of events(reply.body)) {
        last = event.id || last;
        happened(event.event, JSON.parse(event.data));
      }
      if (!signal.aborted) continue; // this world is over: there may be a next one
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401) return changed("broken");
      if (error.status === 404) return changed("gone");
    }
    changed("broken");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Server-sent events out of their text. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r", "");
    const whole = text.split("\n\n");
    text = whole.pop();
    for (const lines of whole) {
      const event = fields(lines);
      if (event.data) yield event;
    }
  }
}

function fields(lines) {
  const event = { id: "", event: "message", data: "" };
  for (const line of lines.split("\n")) {
    const [name, ...rest] = line.split(":");
    const value = rest.join(":").replace(/^ /, "");
    if (name === "data") event.data += (event.data && "\n") + value;
    else if (name in event) event[name] = value;
  }
  return event;
}

async function request(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(path, { method, headers: headers({}), ...sent });
  if (!reply.ok) throw new Refused(reply.status, await problemOf(reply));
  return reply.status === 204 ? null : reply.json();
}

async function problemOf(reply) {
  const text = await reply.text();
  try {
    return JSON.parse(text);
  } catch {
    return { error: text.trim() || `status ${reply.status}`, findings: [], help: "" };
  }
}

function headers(more) {
  const token = sessionStorage.getItem(TOKEN);
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(scope.space ? { "X-Nomad-Mock-Space": scope.space } : {}),
    ...more,
  };
}

function withRegion(path) {
  return scope.region ? `${path}${path.includes("?") ? "&" : "?"}region=${encodeURIComponent(scope.region)}` : path;
}
