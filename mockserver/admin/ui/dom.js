// What a view looks like, as plain data, and the document changed as little as needed to look like it:
// what stays keeps its focus, its scroll position and whether it is open.

/** @import { Attributes, Children, Content, Part } from "./types.d.ts" */

const USERS = ["value", "open", "checked"];

/**
 * Return an element as plain data. `on…` are listeners, `style` an object of properties. `value`, `open` and `checked`
 * count when the element is created only, for afterwards they are the user's; only a select goes on to show its `value`.
 * Children that are null, undefined or false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes<HTMLElementTagNameMap[Tag]>} attributes
 * @param {...Children} children
 * @returns {Part}
 */
export function h(tag, attributes, ...children) {
  const { key, ...others } = attributes;
  return { tag, key, attributes: others, children: contents(children) };
}

/**
 * Make the content of an element look like `children`.
 * @param {Element} element
 * @param {Children} children
 */
export function patch(element, children) {
  const wanted = contents(children);
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

/**
 * @param {Children} children
 * @returns {Content[]}
 */
function contents(children) {
  if (children === null || children === undefined || children === false) return [];
  if (isList(children)) return children.flatMap(contents);
  return [typeof children === "object" ? children : String(children)];
}

/**
 * @param {Children} children
 * @returns {children is readonly Children[]}
 */
const isList = (children) => Array.isArray(children);

/**
 * Take the first of `present` that can become `child` out of them.
 * @param {ChildNode[]} present
 * @param {Content} child
 */
function take(present, child) {
  const at = present.findIndex((node) => fits(node, child));
  return at < 0 ? null : present.splice(at, 1)[0];
}

/**
 * @param {ChildNode} node
 * @param {Content} child
 */
function fits(node, child) {
  if (typeof child === "string") return node instanceof Text;
  return node instanceof HTMLElement && node.localName === child.tag && keys.get(node) === child.key;
}

/** @type {WeakMap<HTMLElement, string | undefined>} */
const keys = new WeakMap();

/** @param {Content} child */
function create(child) {
  if (typeof child === "string") return document.createTextNode(child);
  const element = document.createElement(child.tag);
  keys.set(element, child.key);
  for (const name of USERS) if (name in child.attributes) Reflect.set(element, name, child.attributes[name]);
  return element;
}

/**
 * @param {ChildNode} node
 * @param {Content} child
 */
function update(node, child) {
  if (typeof child === "string") {
    if (node.nodeValue !== child) node.nodeValue = child;
  } else if (node instanceof HTMLElement) {
    updateElement(node, child);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Part} part
 */
function updateElement(element, part) {
  const names = new Set();
  for (const [name, value] of Object.entries(part.attributes)) {
    if (name === "style") setStyle(element, /** @type {Record<string, string>} */ (value));
    else if (name.startsWith("on")) Reflect.set(element, name, value);
    else if (!USERS.includes(name)) {
      names.add(name);
      setAttribute(element, name, value);
    }
  }
  for (const { name } of [...element.attributes])
    if (!names.has(name) && name !== "style" && !USERS.includes(name)) element.removeAttribute(name);
  patch(element, part.children);
  const { value } = part.attributes;
  if (element instanceof HTMLSelectElement && element.value !== value) element.value = String(value);
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function setAttribute(element, name, value) {
  const text = value === true ? "" : String(value);
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * @param {HTMLElement} element
 * @param {Record<string, string>} properties
 */
function setStyle(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
}
