// Register, read, plan and dispatch with the types that quicktype made, which check what they read and write.

import assert from "node:assert/strict";
import { job } from "./job";
import { Convert } from "./nomad";

async function send(method: string, path: string, body?: string): Promise<string> {
  const reply = await fetch(process.argv[2] + path, { method, body });
  assert.equal(reply.status, 200);
  return reply.text();
}

async function main(): Promise<void> {
  const registration = Convert.jobRegisterRequestToJson({ Job: job(1) });
  const registered = Convert.toJobRegisterReply(await send("PUT", "/v1/job/made", registration));
  const stored = Convert.toJob(await send("GET", "/v1/job/made"));
  assert.equal(stored.TaskGroups[0].Tasks[0].KillTimeout, 5_000_000_000);
  assert.equal(stored.ModifyIndex, registered.JobModifyIndex);
  const asked = Convert.jobPlanRequestToJson({ Job: job(3), Diff: true });
  const plan = Convert.toJobPlanReply(await send("PUT", "/v1/job/made/plan", asked));
  assert.equal(plan.Diff?.Type, "Edited");
  const request = Convert.jobDispatchRequestToJson({ Payload: "aGk=", Meta: { input: "a" } });
  const dispatched = Convert.toJobDispatchReply(await send("PUT", "/v1/job/made/dispatch", request));
  assert.match(dispatched.DispatchedJobID, /^made\/dispatch-/);
}

main();
