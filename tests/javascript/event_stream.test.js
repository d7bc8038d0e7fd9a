// Server-sent events, whatever pieces their text comes in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { events } from "../../mockserver/admin/ui/event_stream.js";

/** @param {...string} pieces of the stream, as the network cuts it */
async function read(...pieces) {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  const found = [];
  for await (const event of events(body)) found.push(event);
  return found;
}

test("An event has an ID, a kind and its data", async () => {
  assert.deepEqual(await read('id: 7\nevent: change\ndata: {"index": 3}\n\n'), [
    { id: "7", event: "change", data: '{"index": 3}' },
  ]);
});

test("Events may be cut anywhere", async () => {
  const text = "id: 1\nevent: clock\ndata: a\n\nid: 2\ndata: b\n\n";
  assert.deepEqual(await read(...text), await read(text));
});

test("An event without a kind is a message, and its lines of data are joined", async () => {
  assert.deepEqual(await read("data: one\ndata: two\n\n"), [{ id: "", event: "message", data: "one\ntwo" }]);
});

test("Carriage returns, comments and unknown fields are passed over", async () => {
  assert.deepEqual(await read(": still there\n\nretry: 5\r\ndata: a: b\r\n\r\n"), [
    { id: "", event: "message", data: "a: b" },
  ]);
});

test("What the end of the stream cuts off is no event", async () => {
  assert.deepEqual(await read("data: whole\n\ndata: half"), [{ id: "", event: "message", data: "whole" }]);
});
