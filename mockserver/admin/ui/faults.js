// Faults: what goes wrong on purpose.

import { change } from "./api.js";
import { nowOf } from "./clock.js";
import { h } from "./dom.js";
import { fieldParts, fieldsOf, filledIn, submitted } from "./forms.js";
import { button, empty, prose } from "./parts.js";
import { counted, duration } from "./text.js";

/** @import { Act, Draft, Fault, FaultEffect, FormState, Preset, Schemas, World } from "./types.d.ts" */

const MATCH = "fault-match";
const WHEN = ["nth", "every", "probability", "times", "for", "name"];

/**
 * @param {World} world
 * @param {FormState} view
 * @param {Act} act
 */
export function faultsView(world, view, act) {
  return h(
    "section",
    { key: "faults", "aria-labelledby": "faults-title" },
    h("h2", { id: "faults-title" }, "Faults"),
    world.faults.length === 0
      ? empty("There are no faults: requests are answered as by a healthy cluster.")
      : h(
          "ul",
          { class: "rows" },
          [...world.faults].reverse().map((fault) => row(fault, world, act)),
        ),
    world.faults.length > 0 &&
      h(
        "div",
        { class: "buttons" },
        button("Remove all", () => act(() => change("DELETE", "/faults"), "All faults are removed.")),
      ),
    world.schemas && ownFault(world.schemas, view, act),
    h("h3", {}, "What clients meet in production"),
    h(
      "div",
      { class: "cards" },
      world.presets.map((preset) => presetCard(preset, world, act)),
    ),
  );
}

/**
 * @param {Preset} preset
 * @param {World} world
 * @param {Act} act
 */
function presetCard(preset, world, act) {
  const active = world.faults.filter((fault) => fault.preset === preset.name && fault.active);
  const toggle = active.length
    ? () => Promise.all(active.map(({ number }) => change("DELETE", `/faults/${number}`)))
    : () => change("POST", "/faults", { preset: preset.name });
  return h(
    "article",
    { key: preset.name, class: "card", "aria-label": preset.name },
    h("h3", {}, preset.name),
    h("p", {}, preset.description),
    h(
      "div",
      { class: "buttons" },
      button(
        active.length ? "Turn off" : "Turn on",
        () => act(toggle, `${preset.name} is ${active.length ? "off" : "on"}.`),
        { class: active.length ? "on" : "", "aria-label": `${preset.name}: ${active.length ? "turn off" : "turn on"}` },
      ),
      active.length > 0 && h("small", {}, `hit ${counted(hits(active), "request")}`),
    ),
  );
}

/** @param {Fault[]} faults */
const hits = (faults) => faults.reduce((sum, fault) => sum + fault.hits, 0);

/**
 * Return whether a fault waits for another one, is active, or over.
 * @param {Fault} fault
 */
const stage = ({ active, began }) => (active ? "active" : began ? "over" : "waiting");

/**
 * @param {Fault} fault
 * @param {World} world
 * @param {Act} act
 */
function row(fault, world, act) {
  return h(
    "li",
    { key: String(fault.number), class: "line" },
    h("b", {}, fault.name),
    h("span", { class: `pill ${fault.active ? "bad" : "over"}` }, stage(fault)),
    h("small", {}, `${fault.hits} of ${counted(fault.seen, "request")} hit`),
    h("small", {}, [described(fault.fault), ...limits(fault, world)].join(" · ")),
    button("Remove", () => act(() => change("DELETE", `/faults/${fault.number}`), `${fault.name} is removed.`), {
      "aria-label": `Remove fault ${fault.number}, ${fault.name}`,
    }),
  );
}

/** @param {FaultEffect} effect */
function described({ kind, ...parameters }) {
  return [
    kind,
    ...Object.entries(parameters).map(
      ([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
  ].join(", ");
}

/**
 * @param {Fault} fault
 * @param {World} world
 */
function limits(fault, world) {
  return [
    fault.match &&
      `where ${Object.entries(fault.match)
        .map(([name, value]) => `${name} is ${JSON.stringify(value)}`)
        .join(", ")}`,
    fault.times && `${fault.times} times`,
    fault.nth && `only request ${fault.nth}`,
    fault.every && `one in ${fault.every}`,
    fault.then && `then ${described(fault.then.fault)}`,
    fault.probability !== undefined && `probability ${fault.probability}`,
    fault.active && fault.ends !== null && `for ${duration(Math.max(fault.ends - nowOf(world.clock), 0))} more`,
  ].filter(Boolean);
}

/**
 * Return that part of a draft whose names begin so.
 * @param {Draft} draft
 * @param {string} prefix
 * @returns {Draft}
 */
const draftOf = (draft, prefix) =>
  Object.fromEntries(Object.entries(draft).filter(([name]) => name.startsWith(prefix)));

/**
 * Return a form for any kind of fault, for any requests, for any time.
 * @param {Schemas} schemas
 * @param {FormState} view
 * @param {Act} act
 */
function ownFault(schemas, { draft, setDraft }, act) {
  const kinds = schemas.FaultEffect.properties?.kind.enum ?? [];
  const kind = draft.kind ?? kinds[0];
  const schema = schemas[`Fault-${kind}`];
  const effect = fieldsOf(schema, schemas, draft);
  const match = fieldsOf(schemas.Match, schemas);
  const matching = {
    chosen: Object.fromEntries(match.map(({ name }) => [name, draft[`${MATCH}-${name}`] ?? ""])),
    choose: (/** @type {string} */ name, /** @type {string} */ value) =>
      setDraft({ ...draft, [`${MATCH}-${name}`]: value }),
  };
  const any = fieldsOf(schemas.NewFault, schemas);
  const when = WHEN.flatMap((wanted) => any.filter(({ name }) => name === wanted));
  const add = (/** @type {HTMLFormElement} */ form) =>
    act(async () => {
      const fault = { kind, ...filledIn(form, effect, `fault-${kind}`) };
      const matched = filledIn(form, match, MATCH);
      const [added] = await change("POST", "/faults", {
        fault,
        ...(Object.keys(matched).length ? { match: matched } : {}),
        ...filledIn(form, when, "fault-when"),
      });
      return `${added.name} is active from now on.`;
    });
  return h(
    "details",
    { key: "own", class: "form" },
    h("summary", {}, "A fault of your own"),
    h(
      "form",
      { onsubmit: submitted(add), "aria-label": "A fault of your own" },
      h(
        "fieldset",
        {},
        h("legend", {}, "What goes wrong"),
        h(
          "div",
          { class: "field" },
          h("label", { for: "fault-kind" }, "kind"),
          h(
            "select",
            {
              id: "fault-kind",
              value: kind,
              "aria-describedby": "fault-kind-hint",
              onchange: (event) => setDraft({ ...draftOf(draft, MATCH), kind: event.target.value }),
            },
            kinds.map((name) => h("option", { key: name, value: name }, name)),
          ),
          h("small", { id: "fault-kind-hint" }, prose(schema.description ?? "")),
        ),
        fieldParts(effect, `fault-${kind}`, {
          chosen: draft,
          choose: (name, value) => setDraft({ ...draft, [name]: value }),
        }),
      ),
      h("fieldset", {}, h("legend", {}, "For which requests"), fieldParts(match, MATCH, matching)),
      h("fieldset", {}, h("legend", {}, "How often, how long"), fieldParts(when, "fault-when")),
      h("div", { class: "buttons" }, h("button", { class: "first" }, "Add this fault")),
    ),
  );
}
