// A request of the journal as a command for a shell.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlOf } from "../../mockserver/admin/ui/curl.js";

/**
 * Return the command for a request with these parts.
 * @param {string} method
 * @param {string} target
 * @param {{headers?: [string, string][], body?: string, encoding?: string}} [more]
 */
function command(method, target, { headers = [], body = "", encoding = "utf-8" } = {}) {
  const fields = headers.map(([name, value]) => ({ name, value }));
  const request = { target, headers: fields, body, encoding, size: 0, truncated: false };
  return curlOf({ method, request }, "http://127.0.0.1:4646");
}

/**
 * Return the words that a shell makes of a command.
 * @param {string} line
 */
const wordsOf = (line) =>
  execFileSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }; ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

test("A read is no more than its address", () => {
  assert.equal(command("GET", "/v1/jobs"), "curl http://127.0.0.1:4646/v1/jobs");
  assert.equal(command("GET", "/v1/jobs?index=7&wait=1s"), "curl 'http://127.0.0.1:4646/v1/jobs?index=7&wait=1s'");
});

test("A shell hands on method, headers and body as they were sent", () => {
  const body = '{"Job": "it\'s $HOME `x` \\\\ \n"}';
  const headers = /** @type {[string, string][]} */ ([
    ["Host", "mock:4647"],
    ["Content-Length", "9"],
    ["X-Nomad-Token", "a 'b'"],
    ["X-Empty", ""],
  ]);
  assert.deepEqual(wordsOf(command("PUT", "/v1/job/a%2Fb", { headers, body })), [
    ...["-X", "PUT", "http://mock:4647/v1/job/a%2Fb", "-H", "X-Nomad-Token: a 'b'", "-H", "X-Empty;"],
    ...["--data-raw", body],
  ]);
});

test("curl changes nothing about an address", () => {
  assert.deepEqual(wordsOf(command("GET", "/v1/../{a}")).slice(0, 2), ["--globoff", "--path-as-is"]);
});

test("curl chooses the method that it would choose anyway", () => {
  assert.ok(!command("POST", "/v1/jobs", { body: "{}" }).includes("-X"));
  assert.ok(command("GET", "/v1/jobs", { body: "{}" }).includes("-X GET"));
  assert.ok(command("HEAD", "/v1/jobs").startsWith("curl --head "));
});

test("A body that is no text, or too long for an argument, comes through a pipe", () => {
  const bytes = command("PUT", "/v1/jobs", { body: "AP8=", encoding: "base64" });
  assert.ok(bytes.startsWith("printf %s 'AP8=' | base64 --decode | curl -X PUT"), bytes);
  const long = command("PUT", "/v1/jobs", { body: "x".repeat(100_001) });
  assert.ok(/^printf %s x+ \| curl .*--data-binary @-$/.test(long));
});
