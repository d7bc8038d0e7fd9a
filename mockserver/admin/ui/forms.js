// Forms made of JSON Schemas: a field for each property, and the object that was filled in.

import { h } from "./dom.js";
import { MOST, prose } from "./parts.js";
import { inOrder } from "./text.js";

/** @import { Attributes, Draft, Field, Schema, Schemas } from "./types.d.ts" */

/**
 * @typedef {object} Filling
 * @property {Draft} [chosen] the values of the selects
 * @property {Record<string, string>} [values] what the other fields hold at first
 * @property {(name: string, value: string) => void} [choose] hears what a select is set to
 * @property {Record<string, string[]>} [known] what a text field may well hold
 */

/**
 * Return the fields of an object's schema, `kind` apart, in their order.
 * @param {Schema} schema
 * @param {Schemas} schemas what a `$ref` may lead to
 * @param {Draft} [chosen]
 * @returns {Field[]}
 */
export function fieldsOf(schema, schemas, chosen = {}) {
  const conditional = new Set((schema.allOf ?? []).flatMap(({ then }) => then.required));
  const wanted = new Set([
    ...(schema.required ?? []),
    ...(schema.allOf ?? []).filter(({ if: when }) => holds(when, schema, chosen)).flatMap(({ then }) => then.required),
  ]);
  const needs = (/** @type {string} */ name) => schema.dependentRequired?.[name] ?? [];
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== "kind" && (!conditional.has(name) || wanted.has(name)))
    .filter(([name]) => needs(name).every((other) => !conditional.has(other) || wanted.has(other)))
    .map(([name, property]) => ({ name, schema: resolved(property, schemas), required: wanted.has(name) }));
}

/**
 * @param {Schema} when
 * @param {Schema} schema
 * @param {Draft} chosen
 */
function holds(when, schema, chosen) {
  return Object.entries(when.properties ?? {}).every(
    ([name, { const: value }]) => (chosen[name] ?? schema.properties?.[name].default) === value,
  );
}

/**
 * @param {Schema} property
 * @param {Schemas} schemas
 * @returns {Schema}
 */
function resolved(property, schemas) {
  const found = property.$ref ? { ...schemas[property.$ref.replace(/.*\//, "")], ...property } : property;
  return found.anyOf ? { ...found, ...resolved(found.anyOf[0], schemas), ...spoken(found) } : found;
}

/**
 * What a property says of itself counts, not what the schema that it refers to says.
 * @param {Schema} schema
 */
const spoken = ({ description }) => (description ? { description } : {});

/**
 * Return the fields, each with its label and what it means.
 * @param {Field[]} fields
 * @param {string} prefix tells the forms of a page apart
 * @param {Filling} [filling]
 */
export function fieldParts(fields, prefix, filling = {}) {
  return fields.map((field) => {
    const id = `${prefix}-${field.name}`;
    const described = `${id}-hint`;
    const attributes = {
      key: id,
      id,
      name: id,
      "aria-describedby": field.schema.description && described,
      required: field.required,
      list: filling.known?.[field.name] && `${id}-known`,
    };
    return h(
      "div",
      { key: id, class: field.schema.type === "boolean" ? "field check" : "field" },
      h("label", { for: id }, field.label ?? field.name.replaceAll("_", " ")),
      control(field, attributes, filling),
      filling.known?.[field.name] && suggestions(`${id}-known`, filling.known[field.name]),
      field.schema.description && h("small", { id: described }, prose(field.schema.description)),
    );
  });
}

/**
 * @param {string} id
 * @param {string[]} words
 */
const suggestions = (id, words) =>
  h(
    "datalist",
    { id },
    inOrder(words)
      .slice(0, MOST)
      .map((word) => h("option", { key: word, value: word })),
  );

/**
 * @param {Field} field
 * @param {Attributes<HTMLElement>} attributes
 * @param {Filling} filling
 */
function control({ name, schema, required }, attributes, { chosen = {}, values = {}, choose = () => {} }) {
  if (schema.enum) {
    return h(
      "select",
      {
        ...attributes,
        value: chosen[name] ?? schema.default ?? (required ? schema.enum[0] : ""),
        onchange: (event) => choose(name, event.target.value),
      },
      !required && schema.default === undefined && h("option", { key: "", value: "" }, "any"),
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

/** @param {Schema} schema */
const isDuration = (schema) => schema.pattern?.includes("ns|us");

/**
 * Return what was filled in; what was left empty or as it is by default is left out.
 * @param {{elements: {namedItem(name: string): unknown}}} form
 * @param {Field[]} fields
 * @param {string} prefix
 * @returns {Record<string, unknown>}
 * @throws {Error} that names the field that can't be read
 */
export function filledIn(form, fields, prefix) {
  /** @type {Record<string, unknown>} */
  const filled = {};
  for (const { name, schema } of fields) {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(`${prefix}-${name}`));
    const value = entered(control, schema, name);
    if (value !== undefined && value !== schema.default) filled[name] = value;
  }
  return filled;
}

/**
 * @param {HTMLInputElement} element
 * @param {Schema} schema
 * @param {string} name
 * @returns {unknown}
 */
function entered(element, schema, name) {
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
    throw new Error(`${name} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Return a listener that does something with a form that was sent, in place of what a browser would do.
 * @param {(form: HTMLFormElement) => unknown} done
 * @returns {(event: Event & {target: HTMLFormElement}) => void}
 */
export const submitted = (done) => (event) => {
  event.preventDefault();
  done(event.target);
};
