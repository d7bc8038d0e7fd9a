import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Deployer } from "./deployer.js";

const address = process.env.NOMAD_ADDR;
const deployer = new Deployer(address);

/** Asks the mock's control plane, which no Nomad has. */
async function control(method, path, body) {
  const reply = await fetch(`${address}/__admin/${path}`, { method, body: body && JSON.stringify(body) });
  assert(reply.ok, await reply.clone().text());
  return reply.json();
}

beforeEach(() => control("POST", "reset"));

function aJob(name, count = 1, fields = {}) {
  const task = {
    Name: "main",
    Driver: "raw_exec",
    Config: { command: "sleep", args: ["600"] },
    Resources: { CPU: 50, MemoryMB: 32 },
    LogConfig: { MaxFiles: 1, MaxFileSizeMB: 10 },
  };
  const names = { ID: name, Name: name, Region: "global", Datacenters: ["dc1"] };
  const groups = [{ Name: "main", Count: count, Tasks: [task] }];
  return { ...names, Type: "service", Priority: 50, TaskGroups: groups, ...fields };
}

test("the life of a job", async () => {
  await deployer.deploy(aJob("web", 2));
  await deployer.waitUntilRunning("web", 2);
  assert.equal((await deployer.scale("web", "main", 3)).Place, 1);
  await deployer.waitUntilRunning("web", 3);
  await deployer.stop("web");
  await deployer.waitUntilRunning("web", 0);
});

test("jobs that start others", async () => {
  await deployer.deploy(aJob("import", 1, { Type: "batch", ParameterizedJob: { Payload: "required" } }));
  await deployer.waitUntilRunning(await deployer.dispatch("import", "some text"), 1);
  const periodic = { Enabled: true, SpecType: "cron", Spec: "0 3 * * *" };
  await deployer.deploy(aJob("nightly", 1, { Type: "batch", Periodic: periodic }));
  assert(await deployer.launch("nightly"));
});

test("a server that fails", async () => {
  // one attempt is answered by 500, the reply to the next one is lost; then a query breaks
  const [register, allocations] = [{ operation: "register" }, { operation: "allocations" }];
  await control("POST", "faults", { fault: { kind: "status", status: 500 }, match: register, nth: 1 });
  await control("POST", "faults", { fault: { kind: "drop", carried_out: true }, match: register, nth: 2 });
  await control("POST", "faults", { fault: { kind: "drop" }, match: allocations, nth: 1 });
  await deployer.deploy(aJob("web"));
  await deployer.waitUntilRunning("web", 1);
  assert.equal((await control("GET", "journal/count?operation=register")).count, 3);
});
