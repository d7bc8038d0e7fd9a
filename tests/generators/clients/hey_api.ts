// Register, read, plan and dispatch with the client that @hey-api/openapi-ts made.

import assert from "node:assert/strict";
import { job } from "./job";
import { dispatchJob, planJob, queryJob, registerJob } from "./nomad";
import { client } from "./nomad/client.gen";

async function main(): Promise<void> {
  client.setConfig({ baseUrl: process.argv[2] });
  const path = { jobID: "made" };
  const registered = await registerJob({ path, body: { Job: job(1) } });
  assert.ok(registered.data, registered.error);
  const stored = await queryJob({ path });
  assert.equal(stored.data?.TaskGroups[0].Tasks[0].KillTimeout, 5_000_000_000);
  assert.equal(stored.data?.ModifyIndex, registered.data.JobModifyIndex);
  const plan = await planJob({ path, body: { Job: job(3), Diff: true } });
  assert.equal(plan.data?.Diff?.Type, "Edited");
  const dispatched = await dispatchJob({ path, body: { Payload: "aGk=", Meta: { input: "a" } } });
  assert.match(dispatched.data?.DispatchedJobID ?? "", /^made\/dispatch-/);
}

main();
