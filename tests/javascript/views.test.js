// What views are made of: parts of a page as plain data, addresses, and words for rules.

import assert from "node:assert/strict";
import { test } from "node:test";
import { literal } from "../../mockserver/admin/ui/allocations.js";
import { brokenOf, counts } from "../../mockserver/admin/ui/conduct.js";
import { h } from "../../mockserver/admin/ui/dom.js";
import { placeOf } from "../../mockserver/admin/ui/place.js";
import { variation } from "../../mockserver/admin/ui/requests.js";
import { does } from "../../mockserver/admin/ui/rules.js";

test("Children are flat, and what is not there is left out", () => {
  const part = h("p", { key: "k", class: "quiet" }, "a", null, false, undefined, [1, ["b", h("b", {})]]);
  assert.deepEqual(part, {
    tag: "p",
    key: "k",
    attributes: { class: "quiet" },
    children: ["a", "1", "b", { tag: "b", key: undefined, attributes: {}, children: [] }],
  });
});

test("An address names a view, a job and an evaluation", () => {
  assert.deepEqual(placeOf("#/jobs/a%2Fb/1234"), { view: "jobs", id: "a/b", evaluation: "1234" });
  assert.deepEqual(placeOf("#/nodes"), { view: "nodes", id: null, evaluation: null });
});

test("An address that names nothing leads to the jobs", () => {
  assert.equal(placeOf("").view, "jobs");
  assert.equal(placeOf("#/nothing").view, "jobs");
});

test("A name becomes a glob that means only this name", () => {
  assert.equal(literal("a*[b]?"), "a[*][[]b][?]");
});

for (const [vary, text] of /** @type {[Parameters<typeof variation>[0], string][]} */ ([
  [{ seed: 7, freedoms: null, weather: false, replies: null }, "Replies vary with seed 7"],
  [{ seed: 7, weather: true, replies: [2] }, "Replies vary with seed 7, with weather, only reply 2"],
  [{ seed: 7, freedoms: ["a", "b", "c", "d"], weather: [] }, "Replies vary with seed 7, by 4 freedoms"],
  [{ seed: 7, freedoms: ["json.*", "list.*"] }, "Replies vary with seed 7, by json.*, list.*"],
  [
    { seed: 7, weather: ["election*"], replies: [1, 2] },
    "Replies vary with seed 7, with weather election*, only replies 1, 2",
  ],
])) {
  test(`The setting vary in words: ${text}`, () => assert.equal(variation(vary), text));
}

for (const [outcome, text] of /** @type {[Parameters<typeof does>[0], string][]} */ ([
  [{ run_for: 0, exit_code: 0 }, "ends at once with exit code 0"],
  [{ run_for: 30e9, exit_code: 1, signal: 9 }, "ends after 30 s with exit code 1, signal 9"],
  [{ run_for: null, kill_after: 5e9 }, "runs until it is stopped, takes 5 s to stop"],
  [{ start_after: null }, "stays pending until it is started by hand"],
  [{ start_after: 2e9, message: "late" }, "starts after 2 s, “late”"],
  [{ start_error: "no image", start_error_recoverable: true }, "can't be started: no image (may be tried again)"],
])) {
  test(`A rule's outcome in words: ${text}`, () => assert.equal(does(outcome), text));
}

test("Broken statements come by their level, and all are counted", () => {
  const one = (/** @type {string} */ id, /** @type {string} */ level, /** @type {string} */ verdict) => {
    return { id, level, verdict, text: "", advice: "", times: 1, violations: [] };
  };
  const judgements = [
    one("a", "MAY", "fail"),
    one("b", "MUST", "pass"),
    one("c", "MUST", "fail"),
    one("d", "MAY", "skip"),
  ];
  const judged = { exchanges: 1, last: 1, judgements };
  assert.deepEqual(
    brokenOf(judged).map(({ id }) => id),
    ["c", "a"],
  );
  assert.equal(counts(judged), "1 request: 2 statements are broken, 1 is kept, 1 was not put to the test.");
});
