// Forms made of JSON Schemas.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldParts, fieldsOf, filledIn } from "../../mockserver/admin/ui/forms.js";

/** @import { Schema } from "../../mockserver/admin/ui/types.d.ts" */

/** An effect whose `mode` decides which other fields there are. @type {Schema} */
const EFFECT = {
  required: ["kind"],
  properties: {
    kind: { enum: ["latency"] },
    mode: { enum: ["fixed", "random"], default: "fixed" },
    delay: { $ref: "#/components/schemas/Duration" },
    spread: { type: "number", minimum: 0 },
  },
  allOf: [
    { if: { properties: { mode: { const: "fixed" } } }, then: { required: ["delay"] } },
    { if: { properties: { mode: { const: "random" } } }, then: { required: ["spread"] } },
  ],
};
const SCHEMAS = { Duration: { type: "string", pattern: "^[0-9]+(ns|us|ms|s)$", description: "Such as `10s`." } };

/** @param {Record<string, object>} controls by their names */
const form = (controls) => ({ elements: { namedItem: (/** @type {string} */ name) => controls[name] } });

test("The kind is no field, and a default decides what is asked for", () => {
  const fields = fieldsOf(EFFECT, SCHEMAS).map(({ name, required }) => [name, required]);
  assert.deepEqual(fields, [
    ["mode", false],
    ["delay", true],
  ]);
});

test("What is chosen decides which fields there are", () => {
  const fields = fieldsOf(EFFECT, SCHEMAS, { mode: "random" }).map(({ name }) => name);
  assert.deepEqual(fields, ["mode", "spread"]);
});

test("A field that depends on one that is not asked for is left out", () => {
  const schema = {
    ...EFFECT,
    properties: { ...EFFECT.properties, seed: { type: "integer" } },
    dependentRequired: { seed: ["spread"] },
  };
  assert.ok(!fieldsOf(schema, SCHEMAS).some(({ name }) => name === "seed"));
  assert.ok(fieldsOf(schema, SCHEMAS, { mode: "random" }).some(({ name }) => name === "seed"));
});

test("A reference brings the schema that it leads to", () => {
  const [, delay] = fieldsOf(EFFECT, SCHEMAS);
  assert.equal(delay?.schema.type, "string");
});

test("A choice that nobody has to make begins with any, and means nothing", () => {
  const schemas = { Word: { type: "string", enum: ["a", "b"], description: "A word." } };
  const several = { description: "One or more.", anyOf: [{ $ref: "#/components/schemas/Word" }, { type: "array" }] };
  const fields = fieldsOf({ properties: { word: several } }, schemas);
  assert.equal(fields[0]?.schema.description, "One or more.");
  const [part] = fieldParts(fields, "x");
  const select = /** @type {import("../../mockserver/admin/ui/types.d.ts").Part} */ (part?.children[1]);
  assert.equal(select.tag, "select");
  assert.deepEqual(
    select.children.map((option) => typeof option === "object" && option.attributes.value),
    ["", "a", "b"],
  );
  assert.deepEqual(filledIn(form({ "x-word": { value: "" } }), fields, "x"), {});
  assert.deepEqual(filledIn(form({ "x-word": { value: "b" } }), fields, "x"), { word: "b" });
});

test("Of several types the first makes the field", () => {
  const [field] = fieldsOf({ properties: { times: { anyOf: [{ type: "integer" }, { type: "null" }] } } }, {});
  assert.equal(field?.schema.type, "integer");
});

test("Every field has a label and the control that its type asks for", () => {
  const parts = fieldParts(fieldsOf(EFFECT, SCHEMAS), "fault", { chosen: { mode: "fixed" } });
  const controls = parts.map(({ children }) => children[1]);
  assert.deepEqual(
    controls.map((part) => typeof part === "object" && [part.tag, part.attributes.id]),
    [
      ["select", "fault-mode"],
      ["input", "fault-delay"],
    ],
  );
});

test("What was filled in is read by its type", () => {
  const fields = [
    { name: "exit_code", schema: { type: "integer" }, required: false },
    { name: "message", schema: { type: "string" }, required: false },
    { name: "recoverable", schema: { type: "boolean", default: false }, required: false },
    { name: "body", schema: { type: "object" }, required: false },
    { name: "anything", schema: {}, required: false },
  ];
  const filled = filledIn(
    form({
      "rule-exit_code": { value: " 3 " },
      "rule-message": { value: "7" },
      "rule-recoverable": { checked: true },
      "rule-body": { value: '{"Name": "web"}' },
      "rule-anything": { value: "plain" },
    }),
    fields,
    "rule",
  );
  assert.deepEqual(filled, { exit_code: 3, message: "7", recoverable: true, body: { Name: "web" }, anything: "plain" });
});

test("What is empty or as by default is left out", () => {
  const fields = [
    { name: "message", schema: { type: "string" }, required: false },
    { name: "mode", schema: { type: "string", default: "fixed" }, required: false },
    { name: "recoverable", schema: { type: "boolean" }, required: false },
  ];
  const controls = { "x-message": { value: "  " }, "x-mode": { value: "fixed" }, "x-recoverable": { checked: false } };
  assert.deepEqual(filledIn(form(controls), fields, "x"), {});
});

test("JSON that can't be read is refused with the name of its field", () => {
  const fields = [{ name: "body", schema: { type: "object" }, required: true }];
  assert.throws(() => filledIn(form({ "x-body": { value: "{" } }), fields, "x"), /^Error: body is not JSON: /);
});
