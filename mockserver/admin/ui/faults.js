// What goes wrong on purpose.

import { change } from "./api.js";
import { h } from "./dom.js";
import { button, empty } from "./parts.js";
import { counted, duration } from "./text.js";
import { nowOf } from "./clock.js";

export function faultsView(world, act) {
  return h("section", { key: "faults", "aria-labelledby": "faults-title" },
    h("h2", { id: "faults-title" }, "Faults"),
    world.faults.length === 0 ? empty("There are none: every request is answered as a sound cluster would.")
      : h("ul", { class: "rows" }, [...world.faults].reverse().map((fault) => row(fault, world, act))),
    world.faults.length > 0 && h("div", { class: "buttons" }, button("Remove all", () => act(() => change("DELETE", "/faults"), "All faults are removed."))),
    h("h3", {}, "What clients meet in production"),
    h("div", { class: "cards" }, world.presets.map((preset) => presetCard(preset, world, act))));
}

function presetCard(preset, world, act) {
  const active = world.faults.filter((fault) => fault.preset === preset.name && fault.active);
  const toggle = active.length
    ? () => Promise.all(active.map(({ number }) => change("DELETE", `/faults/${number}`)))
    : () => change("POST", "/faults", { preset: preset.name });
  return h("article", { key: preset.name, class: "card", "aria-label": preset.name },
    h("h3", {}, preset.name), h("p", {}, preset.description),
    h("div", { class: "buttons" },
      button(active.length ? "Turn off" : "Turn on", () => act(toggle, `${preset.name} is ${active.length ? "off" : "on"}.`),
        { class: active.length ? "on" : "", "aria-label": `${preset.name}: ${active.length ? "turn off" : "turn on"}` }),
      active.length > 0 && h("small", {}, `met ${counted(hits(active), "request")}`)));
}

const hits = (faults) => faults.reduce((sum, fault) => sum + fault.hits, 0);

function row(fault, world, act) {
  return h("li", { key: String(fault.number), class: "line" },
    h("b", {}, fault.name), h("span", { class: `pill ${fault.active ? "bad" : "over"}` }, fault.active ? "active" : "over"),
    h("small", {}, `${fault.hits} of ${counted(fault.seen, "request")} met it`),
    h("small", {}, [fault.fault.kind, ...limits(fault, world)].join(" · ")),
    button("Remove", () => act(() => change("DELETE", `/faults/${fault.number}`), `${fault.name} is removed.`), { "aria-label": `Remove fault ${fault.number}, ${fault.name}` }));
}

function limits(fault, world) {
  return [
    fault.match && `where ${Object.entries(fault.match).map(([name, value]) => `${name} is ${JSON.stringify(value)}`).join(", ")}`,
    fault.times && `${fault.times} times`, fault.nth && `the ${fault.nth}th`, fault.every && `one in ${fault.every}`,
    fault.probability && `probability ${fault.probability}`,
    fault.active && fault.ends !== null && `for ${duration(Math.max(fault.ends - nowOf(world.clock), 0))} more`,
  ].filter(Boolean);
}
