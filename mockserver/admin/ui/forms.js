// Forms made of JSON Schemas: a field for each property, and the object that was filled in.

import { h } from "./dom.js";
import { prose } from "./parts.js";

/** @typedef {{name: string, schema: any, required: boolean}} Field */

/** The fields of an object's schema, `kind` apart, in their order. @returns {Field[]} */
export function fieldsOf(schema, schemas, chosen = {}) {
  const conditional = new Set((schema.allOf ?? []).flatMap(({ then }) => then.required));
  const wanted = new Set([
    ...(schema.required ?? []),
    ...(schema.allOf ?? []).filter(({ if: when }) => holds(when, schema, chosen)).flatMap(({ then }) => then.required),
  ]);
  const needs = (name) => schema.dependentRequired?.[name] ?? [];
  return Object.entries(schema.properties)
    .filter(([name]) => name !== "kind" && (!conditional.has(name) || wanted.has(name)))
    .filter(([name]) => needs(name).every((other) => !conditional.has(other) || wanted.has(other)))
    .map(([name, property]) => ({ name, schema: resolved(property, schemas), required: wanted.has(name) }));
}

function holds(when, schema, chosen) {
  return Object.entries(when.properties).every(
    ([name, { const: value }]) => (chosen[name] ?? schema.properties[name].default) === value,
  );
}

function resolved(property, schemas) {
  const found = property.$ref ? { ...schemas[property.$ref.split("/").at(-1)], ...property } : property;
  return found.anyOf ? { ...found, ...found.anyOf[0] } : found;
}

/**
 * The fields, each with its label and what it means. `prefix` tells forms apart, `chosen` are the values of the
 * selects among them, of which `choose` hears.
 */
export function fieldParts(fields, { prefix, chosen = {}, values = {}, choose = () => {} }) {
  return fields.map((field) => {
    const id = `${prefix}-${field.name}`;
    const described = `${id}-hint`;
    const attributes = {
      key: id,
      id,
      name: id,
      "aria-describedby": field.schema.description && described,
      required: field.required,
    };
    return h(
      "div",
      { key: id, class: field.schema.type === "boolean" ? "field check" : "field" },
      h("label", { for: id }, field.name.replaceAll("_", " ")),
      control(field, attributes, { chosen, values, choose }),
      field.schema.description && h("small", { id: described }, prose(field.schema.description)),
    );
  });
}

function control({ name, schema }, attributes, { chosen, values, choose }) {
  if (schema.enum) {
    return h(
      "select",
      {
        ...attributes,
        value: chosen[name] ?? schema.default ?? schema.enum[0],
        onchange: (event) => choose(name, event.target.value),
      },
      schema.enum.map((value) => h("option", { key: value, value }, value)),
    );
  }
  if (schema.type === "boolean")
    return h("input", { ...attributes, type: "checkbox", checked: schema.default ?? false });
  const value = values[name] ?? "";
  if (schema.type === "integer")
    return h("input", { ...attributes, type: "number", step: 1, min: schema.minimum, max: schema.maximum, value });
  if (schema.type === "number")
    return h("input", { ...attributes, type: "number", step: "any", min: schema.minimum, max: schema.maximum, value });
  if (schema.type === "object")
    return h("textarea", { ...attributes, rows: 2, placeholder: '{"Name": "value"}', spellcheck: "false", value });
  if (schema.type === "string")
    return h("input", {
      ...attributes,
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      pattern: schema.pattern,
      placeholder: isDuration(schema) && "10s",
      value,
    });
  return h("textarea", { ...attributes, rows: 2, spellcheck: "false", value });
}

const isDuration = (schema) => schema.pattern?.includes("ns|us");

/**
 * What was filled in; what was left empty is left out. Throws an `Error` that says which field can't be read.
 * @param {HTMLFormElement} form @param {Field[]} fields @param {string} prefix
 */
export function filledIn(form, fields, prefix) {
  const filled = {};
  for (const { name, schema } of fields) {
    const value = valueOf(form.elements.namedItem(`${prefix}-${name}`), schema, name);
    if (value !== undefined && value !== schema.default) filled[name] = value;
  }
  return filled;
}

function valueOf(element, schema, name) {
  if (schema.type === "boolean") return element.checked === (schema.default ?? false) ? undefined : element.checked;
  const text = element.value.trim();
  if (text === "") return undefined;
  if (schema.type === "integer" || schema.type === "number") return Number(text);
  if (schema.type === "string") return text;
  const isJson = schema.type === "object" || /^[[{"]/.test(text);
  if (!isJson) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error.message}`);
  }
}

/** Do something with a form that was sent, and nothing else. */
export const submitted = (done) => (event) => {
  event.preventDefault();
  done(event.target);
};
