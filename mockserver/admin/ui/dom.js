// What a view looks like, as plain data, and the document changed as little as needed to look like it:
// what stays keeps its focus, its scroll position and whether it is open.

/**
 * @typedef {{tag: string, key?: string, attributes: Record<string, any>, children: Child[]}} Part
 * @typedef {Part | string} Child
 */

const KEY = Symbol("key");
const USERS = ["value", "open", "checked"];

/**
 * An element. `on…` are listeners, `style` an object of properties; `value`, `open` and `checked` count at
 * its creation only, for afterwards they are the user's; only a select goes on to show its `value`. Children that are null or false are left out.
 * @returns {Part}
 */
export function h(tag, attributes, ...children) {
  const { key, ...others } = attributes ?? {};
  const kept = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  return {
    tag,
    key,
    attributes: others,
    children: kept.map((child) => (typeof child === "object" ? child : String(child))),
  };
}

/** Make the content of an element look like `children`. */
export function patch(element, children) {
  const wanted = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  const present = [...element.childNodes];
  const chosen = wanted.map((child) => take(present, child));
  for (const left of present) left.remove();
  wanted.forEach((child, position) => {
    const node = chosen[position] ?? create(child);
    const there = element.childNodes[position] ?? null;
    if (there !== node) element.insertBefore(node, there);
    update(node, child);
  });
}

/** The first of `present` that can become `child`, which is taken out of them. */
function take(present, child) {
  const at = present.findIndex((node) => fits(node, child));
  return at < 0 ? null : present.splice(at, 1)[0];
}

function fits(node, child) {
  if (typeof child !== "object") return node.nodeType === Node.TEXT_NODE;
  return node.nodeType === Node.ELEMENT_NODE && node.localName === child.tag && node[KEY] === child.key;
}

function create(child) {
  if (typeof child !== "object") return document.createTextNode(String(child));
  const element = document.createElement(child.tag);
  element[KEY] = child.key;
  for (const name of USERS) if (name in child.attributes) element[name] = child.attributes[name];
  return element;
}

function update(node, child) {
  if (typeof child !== "object") {
    if (node.data !== String(child)) node.data = String(child);
    return;
  }
  const names = new Set();
  for (const [name, value] of Object.entries(child.attributes)) {
    if (name === "style") setStyle(node, value);
    else if (name.startsWith("on")) node[name] = value;
    else if (!USERS.includes(name)) {
      names.add(name);
      setAttribute(node, name, value);
    }
  }
  for (const { name } of [...node.attributes])
    if (!names.has(name) && name !== "style" && !USERS.includes(name)) node.removeAttribute(name);
  patch(node, child.children);
  if (child.tag === "select" && node.value !== child.attributes.value) node.value = child.attributes.value;
}

function setAttribute(node, name, value) {
  if (value === false || value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? "" : value))
    node.setAttribute(name, value === true ? "" : value);
}

function setStyle(node, properties) {
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
}
