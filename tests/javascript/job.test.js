// What can be done with a job: the lines of a plan's difference, and what a dispatch is made of.

import assert from "node:assert/strict";
import { test } from "node:test";
import { agentPath, base64, metaFields } from "../../mockserver/admin/ui/job_actions.js";
import { diffLines } from "../../mockserver/admin/ui/job_text.js";

const NOTHING = { Fields: null, Objects: null };

test("A difference has a line for each change, and none for what stays", () => {
  const count = { Type: "Edited", Name: "Count", Old: "1", New: "2", Annotations: ["forces create"] };
  const same = { Type: "None", Name: "Name", Old: "g", New: "g", Annotations: null };
  const task = { Type: "Added", Name: "t", ...NOTHING, Annotations: ["forces create/destroy update"] };
  const environment = { Type: "Added", Name: "Env", Old: "", New: "x", Annotations: null };
  const logs = {
    Type: "Deleted",
    Name: "LogConfig",
    Fields: [{ ...environment, Type: "Deleted", Old: "1" }],
    Objects: null,
  };
  const group = { Type: "Edited", Name: "g", Fields: [same, count], Objects: [], Updates: { create: 1 } };
  const lines = diffLines({
    Type: "Edited",
    ID: "web",
    ...NOTHING,
    TaskGroups: [
      { ...group, Tasks: [{ ...task, Fields: [environment], Objects: [logs] }] },
      { ...group, ...NOTHING, Type: "None", Name: "other", Tasks: null, Updates: null },
    ],
  });
  assert.deepEqual(
    lines.map(({ depth, text }) => "  ".repeat(depth) + text),
    [
      "+/- Job web",
      "  +/- Group g (1 create)",
      '    +/- Count: "1" → "2" (forces create)',
      "    + Task t (forces create/destroy update)",
      '      + Env: "x"',
      "      - LogConfig",
      '        - Env: "1"',
    ],
  );
});

test("A dispatch asks for each key of the metadata that the job takes, by its exact name", () => {
  const fields = metaFields({ Payload: "", MetaRequired: ["first_name"], MetaOptional: null });
  assert.deepEqual(
    fields.map(({ name, label, required }) => [name, label, required]),
    [["first_name", "meta first_name", true]],
  );
});

test("A payload is sent as the base64 of its UTF-8", () => {
  assert.equal(base64("Grüße"), Buffer.from("Grüße").toString("base64"));
});

test("An agent is asked for a job whose ID has slashes", () => {
  assert.equal(agentPath("a/b"), "/v1/job/a%2Fb");
});
