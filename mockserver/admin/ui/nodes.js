// Nodes, what they carry, and what can happen to them.

import { change } from "./api.js";
import { h } from "./dom.js";
import { jobPath } from "./job.js";
import { button, empty, load, pill } from "./parts.js";
import { counted } from "./text.js";

/** @import { Act, NodeInUse, NomadNode, Part, Resources, World } from "./types.d.ts" */

/**
 * @param {World} world
 * @param {Act} act
 */
export function nodesView(world, act) {
  return h(
    "section",
    { key: "nodes", "aria-labelledby": "nodes-title" },
    h("h2", { id: "nodes-title" }, "Nodes"),
    h(
      "div",
      { class: "buttons" },
      button("Add a node", () => act(() => change("POST", "/nodes", {}), "A node joined.")),
    ),
    world.nodes.length === 0 && empty("There are no nodes, so nothing can be placed."),
    h(
      "div",
      { class: "cards" },
      [...world.nodes].sort((a, b) => (a.node.Name < b.node.Name ? -1 : 1)).map((each) => card(each, act)),
    ),
  );
}

/**
 * @param {NodeInUse} inUse
 * @param {Act} act
 */
function card({ node, allocations, used }, act) {
  const jobs = [...new Set(allocations.map(({ JobID }) => JobID))].sort();
  const of = (/** @type {keyof Resources} */ name) => node.Resources[name] - (node.Reserved?.[name] ?? 0);
  return h(
    "article",
    { key: node.ID, class: "card", "aria-label": `Node ${node.Name}` },
    h("h3", {}, node.Name, " ", pill(node.Status === "ready" && node.Drain ? "draining" : node.Status)),
    h(
      "p",
      { class: "quiet" },
      [node.Datacenter, node.NodeClass && `class ${node.NodeClass}`].filter(Boolean).join(" · "),
    ),
    load("CPU", used.CPU, of("CPU"), "MHz"),
    load("Memory", used.MemoryMB, of("MemoryMB"), "MB"),
    h(
      "p",
      { class: "line" },
      counted(allocations.length, "allocation"),
      jobs.length > 0 &&
        h(
          "small",
          {},
          "of ",
          jobs.flatMap((id, at) => [at > 0 && ", ", h("a", { key: id, href: jobPath(id) }, id)]),
        ),
    ),
    h("div", { class: "buttons" }, nodeButtons(node, act)),
  );
}

/**
 * @param {NomadNode} node
 * @param {Act} act
 */
function nodeButtons(node, act) {
  const path = `/nodes/${node.ID}`;
  /** @type {(label: string, method: string, action: string, done: string, body?: object) => Part} */
  const does = (label, method, action, done, body) =>
    button(label, () => act(() => change(method, `${path}${action}`, body), `Node ${node.Name} ${done}.`), {
      key: label,
      "aria-label": `${label}: ${node.Name}`,
    });
  return [
    node.Status === "down"
      ? does("Bring back", "POST", "/up", "is back")
      : does("Take down", "POST", "/down", "is down"),
    node.Drain
      ? does("Stop draining", "POST", "/drain", "takes work again", { enable: false })
      : does("Drain", "POST", "/drain", "is drained", { enable: true }),
    does("Remove", "DELETE", "", "is gone"),
  ];
}
