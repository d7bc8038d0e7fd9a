// Nodes, what they carry, and what can happen to them.

import { change } from "./api.js";
import { h } from "./dom.js";
import { jobPath } from "./job.js";
import { button, empty, load, MOST, more, pill } from "./parts.js";
import { compared, counted, inOrder } from "./text.js";

/** @import { Act, Filter, NodeInUse, NomadNode, Part, Resources, World } from "./types.d.ts" */

/** So many nodes need no filter, and so many jobs of a node no folding. */
const FEW = 8;

/**
 * @param {World} world
 * @param {Filter} view
 * @param {Act} act
 */
export function nodesView(world, view, act) {
  const words = view.filter.toLowerCase();
  const nodes = world.nodes ?? [];
  const shown = nodes
    .filter(({ node }) => `${node.Name} ${node.ID}`.toLowerCase().includes(words))
    .sort((a, b) => compared(a.node.Name, b.node.Name));
  return h(
    "section",
    { key: "nodes", "aria-labelledby": "nodes-title" },
    h("h2", { id: "nodes-title" }, "Nodes"),
    h(
      "div",
      { class: "buttons" },
      button("Add a node", () => act(() => change("POST", "/nodes", {}), "A node joined.")),
    ),
    nodes.length > FEW &&
      h(
        "label",
        { class: "filter", key: "filter" },
        "Filter ",
        h("input", { type: "search", oninput: (event) => view.setFilter(event.target.value) }),
      ),
    world.nodes === null && empty("Loading…"),
    world.nodes?.length === 0 && empty("There are no nodes, so nothing can be placed."),
    h(
      "div",
      { class: "cards" },
      shown.slice(0, MOST).map((each) => card(each, act)),
    ),
    more(shown.length),
  );
}

/**
 * @param {NodeInUse} inUse
 * @param {Act} act
 */
function card({ node, allocations, used }, act) {
  const jobs = inOrder(new Set(allocations.map(({ JobID }) => JobID)));
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
    carried(counted(allocations.length, "allocation"), jobs),
    h("div", { class: "buttons" }, nodeButtons(node, act)),
  );
}

/**
 * Return how many allocations a node has, and of which jobs; many jobs are folded.
 * @param {string} number
 * @param {string[]} jobs
 */
function carried(number, jobs) {
  const links = jobs.slice(0, MOST).flatMap((id, at) => [at > 0 && ", ", h("a", { key: id, href: jobPath(id) }, id)]);
  if (jobs.length <= FEW)
    return h("p", { key: "few", class: "line" }, number, jobs.length > 0 && h("small", {}, "of ", links));
  const left = jobs.length > MOST && ` and ${jobs.length - MOST} more`;
  return h(
    "details",
    { key: "many" },
    h("summary", {}, `${number} of ${counted(jobs.length, "job")}`),
    h("small", {}, links, left),
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
