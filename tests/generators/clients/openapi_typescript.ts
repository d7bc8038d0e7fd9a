// Register, read, plan and dispatch with the types that openapi-typescript made, and openapi-fetch.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import { job } from "./job";
import type { paths } from "./nomad";

async function main(): Promise<void> {
  const { GET, PUT } = createClient<paths>({ baseUrl: process.argv[2] });
  const params = { path: { jobID: "made" } };
  const registered = await PUT("/v1/job/{jobID}", { params, body: { Job: job(1) } });
  assert.ok(registered.data, registered.error);
  const stored = await GET("/v1/job/{jobID}", { params });
  assert.equal(stored.data?.TaskGroups[0].Tasks[0].KillTimeout, 5_000_000_000);
  assert.equal(stored.data?.ModifyIndex, registered.data.JobModifyIndex);
  const plan = await PUT("/v1/job/{jobID}/plan", { params, body: { Job: job(3), Diff: true } });
  assert.equal(plan.data?.Diff?.Type, "Edited");
  const request = { Payload: "aGk=", Meta: { input: "a" } };
  const dispatched = await PUT("/v1/job/{jobID}/dispatch", { params, body: request });
  assert.match(dispatched.data?.DispatchedJobID ?? "", /^made\/dispatch-/);
}

main();
