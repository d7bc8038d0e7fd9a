// Requests to the mock: where they go, what they carry, and what a refusal says.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { admin, agent, change, follow, keepToken, Refused, scope } from "../../mockserver/admin/ui/api.js";

/** @type {{url: string, init: RequestInit}[]} */
let sent = [];
let reply = () => Response.json({});

beforeEach(() => {
  const kept = new Map();
  sent = [];
  reply = () => Response.json({});
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
      sent.push({ url, init });
      return reply();
    },
    sessionStorage: {
      getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ value) => kept.set(name, value),
    },
  });
});

afterEach(() => Object.assign(scope, { space: "", region: "" }));

test("A chosen region goes to the agent and to what belongs to a region, and nowhere else", async () => {
  scope.region = "eu1";
  await agent("/v1/jobs");
  await admin("/nodes");
  await change("DELETE", "/jobs/web");
  await change("POST", "/tasks/finish", {});
  await admin("/tasks/rules");
  await admin("/clock");
  await admin("/journal?limit=200");
  assert.deepEqual(
    sent.map(({ url }) => url),
    [
      "/__admin/ui/agent/v1/jobs?region=eu1",
      "/__admin/nodes?region=eu1",
      "/__admin/jobs/web?region=eu1",
      "/__admin/tasks/finish?region=eu1",
      "/__admin/tasks/rules",
      "/__admin/clock",
      "/__admin/journal?limit=200",
    ],
  );
});

test("The token and the space are headers", async () => {
  keepToken("secret");
  scope.space = "mine";
  await admin("/health");
  assert.deepEqual(sent[0]?.init.headers, { Authorization: "Bearer secret", "X-Nomad-Mock-Space": "mine" });
});

test("A change sends JSON, and an empty answer is null", async () => {
  reply = () => new Response(null, { status: 204 });
  assert.equal(await change("PUT", "/clock", { mode: "manual" }), null);
  assert.equal(sent[0]?.init.body, '{"mode":"manual"}');
});

test("A refusal says what is wrong and what to do", async () => {
  reply = () =>
    Response.json({ error: "no such node", findings: ["node: x"], help: "GET /__admin/nodes" }, { status: 404 });
  await assert.rejects(admin("/nodes/x"), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.status, error.message], [404, "no such node; node: x (GET /__admin/nodes)"]);
    return true;
  });
});

test("A refusal that is no JSON is quoted as it is", async () => {
  reply = () => new Response("bad gateway\n", { status: 502 });
  await assert.rejects(admin("/health"), /^Error: bad gateway$/);
});

test("Events are followed across worlds, until the page is left", async () => {
  const left = new AbortController();
  /** @type {string[]} */
  const seen = [];
  reply = () => new Response("id: 7\nevent: change\ndata: {}\n\n");
  await follow(
    (kind) => {
      seen.push(kind);
      if (sent.length === 2) left.abort();
    },
    (state) => seen.push(state),
    left.signal,
  );
  assert.deepEqual(seen.slice(0, 4), ["live", "change", "live", "change"]);
  assert.deepEqual(sent[1]?.init.headers, { "Last-Event-ID": "7" });
});

test("A world that is gone ends the following", async () => {
  /** @type {string[]} */
  const states = [];
  reply = () => Response.json({ error: "no such space" }, { status: 404 });
  await follow(assert.fail, (state) => states.push(state), new AbortController().signal);
  assert.deepEqual(states, ["gone"]);
});

test("A wrong token ends the following, for it would be refused again", async () => {
  /** @type {string[]} */
  const states = [];
  reply = () => Response.json({ error: "the control plane needs a token" }, { status: 401 });
  await follow(assert.fail, (state) => states.push(state), new AbortController().signal);
  assert.deepEqual(states, ["broken"]);
});
