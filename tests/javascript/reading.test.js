// What is read of the mock: as little as the view needs.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { readers, world } from "../../mockserver/admin/ui/reading.js";

/** @type {string[]} */
let asked = [];

beforeEach(() => {
  asked = [];
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ url) => {
      asked.push(url.replace("/__admin", "").replace("/ui/agent", ""));
      return url.endsWith("/v1/nodes")
        ? Response.json([{ ID: "1", Name: "one" }])
        : Response.json(url.endsWith("/gone") ? { error: "job not found" } : [], {
            status: url.endsWith("/gone") ? 404 : 200,
          });
    },
    location: { hash: "" },
    sessionStorage: { getItem: () => null },
  });
});

for (const [hash, more] of /** @type {[string, string[]][]} */ ([
  ["#/jobs", ["/jobs"]],
  ["#/nodes", ["/nodes"]],
  ["#/faults", []],
  [
    "#/jobs/a%2F*",
    ["/jobs", "/tasks?job=a%2F%5B*%5D", "/v1/job/a%2F*", "/v1/job/a%2F*/allocations", "/v1/job/a%2F*/evaluations"],
  ],
])) {
  test(`At ${hash} no more of the cluster is read than is shown`, async () => {
    location.hash = hash;
    await readers.cluster();
    assert.deepEqual(asked.sort(), [...more, "/v1/jobs", "/v1/nodes"].sort());
    assert.equal(world.nodeNames.get("1"), "one");
  });
}

test("A job that is gone has nothing that hangs on it", async () => {
  location.hash = "#/jobs/gone";
  await readers.cluster();
  assert.deepEqual([world.job, world.allocations], [null, []]);
});
