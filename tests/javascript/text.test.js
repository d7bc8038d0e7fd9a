// Words for numbers, times and IDs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, duration, inOrder, moment, readable, short, time } from "../../mockserver/admin/ui/text.js";

test("An ID is shortened to eight characters, a missing one to nothing", () => {
  assert.equal(short("5456bd7a-9fc0-c0dd-6131-cbee77f57577"), "5456bd7a");
  assert.equal(short(null), "");
});

test("Only one of a kind is in the singular", () => {
  assert.deepEqual(
    [0, 1, 2].map((number) => counted(number, "node")),
    ["0 nodes", "1 node", "2 nodes"],
  );
});

test("Names are in the order in which people count them", () => {
  assert.deepEqual(inOrder(["client-10", "client-2", "client-1"]), ["client-1", "client-2", "client-10"]);
});

test("Times are UTC", () => {
  assert.equal(time(1_500_000_000e9), "02:40:00");
  assert.equal(moment(1_500_000_000e9), "2017-07-14 02:40:00");
});

for (const [nanoseconds, text] of /** @type {[number, string][]} */ ([
  [250e3, "250 µs"],
  [15e6, "15 ms"],
  [1.26e9, "1.3 s"],
  [61e9, "1 min 1 s"],
  [3 * 3600e9 + 60e9, "3 h 1 min"],
  [4 * 86400e9, "4 days"],
])) {
  test(`A duration of ${nanoseconds} ns is ${text}`, () => assert.equal(duration(nanoseconds), text));
}

test("JSON is indented, anything else stays as it is", () => {
  assert.equal(readable('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(readable("not found"), "not found");
});
