// The life of a job with what JavaScript brings itself: fetch and JSON.

import assert from "node:assert/strict";

const address = process.env.NOMAD_ADDR;

async function ask(method, path, body) {
  const init = { method, signal: AbortSignal.timeout(60_000) };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  const reply = await fetch(address + path, init);
  if (!reply.ok) {
    await reply.text();
    throw Object.assign(new Error(`${method} ${path}: ${reply.status}`), { status: reply.status });
  }
  return { json: await reply.json(), index: reply.headers.get("X-Nomad-Index") };
}

function aJob(name, count, fields = {}) {
  const task = { Name: "main", Driver: "raw_exec", Config: { command: "sleep", args: ["600"] } };
  task.Resources = { CPU: 50, MemoryMB: 32 };
  task.LogConfig = { MaxFiles: 1, MaxFileSizeMB: 10 };
  const groups = [{ Name: "main", Count: count, Tasks: [task] }];
  const job = { ID: name, Name: name, Region: "global", Type: "service", Priority: 50, Datacenters: ["dc1"] };
  return { Job: { ...job, TaskGroups: groups, ...fields } };
}

async function wait(path, isReached) {
  let index = 0n;
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    const began = Date.now();
    const reply = await ask("GET", index ? `${path}?index=${index}&wait=5s` : path);
    if (isReached(reply.json)) return reply.json;
    const found = BigInt(reply.index);
    index = found < index ? 0n : found;
    await new Promise((done) => setTimeout(done, Math.max(0, 100 - (Date.now() - began))));
  }
  throw new Error(`${path} is not as it should be`);
}

const running = (count) => (found) => found.filter((each) => each.ClientStatus === "running").length === count;

await ask("PUT", "/v1/job/web", aJob("web", 2));
await wait("/v1/job/web/allocations", running(2));
const { json: job } = await ask("GET", "/v1/job/web");
assert.deepEqual([job.ID, job.Status], ["web", "running"]);
assert((await ask("GET", "/v1/jobs")).json.some((each) => each.ID === "web"));
await wait("/v1/job/web/summary", (found) => found.Summary.main.Running === 2);
assert((await ask("GET", "/v1/job/web/evaluations")).json.every((each) => each.JobID === "web"));

const { json: plan } = await ask("PUT", "/v1/job/web/plan", { ...aJob("web", 3), Diff: true });
assert.equal(plan.JobModifyIndex, job.JobModifyIndex);
assert.equal(plan.Diff.Type, "Edited");
await ask("PUT", "/v1/job/web", { ...aJob("web", 3), EnforceIndex: true, JobModifyIndex: plan.JobModifyIndex });
await wait("/v1/job/web/allocations", running(3));
const { json: evaluated } = await ask("PUT", "/v1/job/web/evaluate");
assert.equal((await ask("GET", `/v1/evaluation/${evaluated.EvalID}`)).json.JobID, "web");

await ask("PUT", "/v1/job/import", aJob("import", 1, { Type: "batch", ParameterizedJob: { Payload: "optional" } }));
const payload = Buffer.from("text").toString("base64");
const { json: dispatched } = await ask("PUT", "/v1/job/import/dispatch", { JobID: "import", Payload: payload });
const child = encodeURIComponent(dispatched.DispatchedJobID);
assert.equal((await ask("GET", `/v1/job/${child}`)).json.ParentID, "import");

await ask("DELETE", "/v1/job/web");
await assert.rejects(ask("GET", "/v1/job/web"), { status: 404 });
