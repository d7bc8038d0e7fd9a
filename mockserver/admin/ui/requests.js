// What clients sent and got, as it happens.

import { scope } from "./api.js";
import { curlOf } from "./curl.js";
import { h } from "./dom.js";
import { copyable, empty, spaceHeader } from "./parts.js";
import { counted, duration, readable } from "./text.js";

/** @import { Act, Exchange, Message, RequestsView, Vary, WholeExchange, World } from "./types.d.ts" */

/** @param {number} number */
export const requestPath = (number) => `#/requests/${number}`;

/**
 * @param {World} world
 * @param {RequestsView} view
 * @param {Act} act
 */
export function requestsView(world, view, act) {
  const { vary } = world.spaces.find(({ name }) => name === scope.space)?.settings ?? {};
  const words = view.filter.toLowerCase();
  const shown = world.requests.filter((each) =>
    `${each.method} ${each.path} ${each.operation ?? ""} ${each.status ?? ""}`.toLowerCase().includes(words),
  );
  return h(
    "div",
    { key: "requests", class: view.id ? "split open" : "split" },
    h(
      "section",
      { class: "list", "aria-labelledby": "requests-title" },
      h("h2", { id: "requests-title" }, "Requests"),
      vary && h("p", { class: "quiet", key: "vary" }, variation(vary)),
      h(
        "label",
        { class: "filter" },
        "Filter ",
        h("input", { type: "search", oninput: (event) => view.setFilter(event.target.value) }),
      ),
      shown.length
        ? h(
            "ul",
            { class: "rows" },
            shown.map((each) => row(each, view.id === String(each.number))),
          )
        : nothing(world, act),
    ),
    h(
      "section",
      { class: "detail", "aria-labelledby": "request-title", key: view.id ?? "" },
      view.id ? detail(world, view, act) : empty("Choose a request to see what was sent and answered."),
    ),
  );
}

/**
 * Return which freedoms the replies make use of.
 * @param {Vary} vary
 */
export function variation({ seed, freedoms, weather, replies }) {
  return [
    `Replies vary with seed ${seed}`,
    freedoms && `by ${words(freedoms, "freedom")}`,
    weather === true && "with weather",
    Array.isArray(weather) && weather.length > 0 && `with weather ${words(weather, "kind")}`,
    replies && `only ${replies.length === 1 ? "reply" : "replies"} ${replies.join(", ")}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * Return a few words, or how many there are.
 * @param {string[]} all
 * @param {string} noun
 */
const words = (all, noun) => (all.length > 3 ? counted(all.length, noun) : all.join(", "));

/**
 * @param {World} world
 * @param {Act} act
 */
function nothing(world, act) {
  if (!world.journal) return empty("This mock keeps no journal: it was started with --journal-limit 0.");
  if (world.requests.length) return empty("No request matches.");
  return [
    empty("No client has sent a request yet. Here is a first one:"),
    copyable(`curl${spaceHeader()} ${location.origin}/v1/jobs`, "Copy", act),
  ];
}

/**
 * @param {Exchange} each
 * @param {boolean} chosen
 */
function row(each, chosen) {
  const findings = each.findings.request.length + each.findings.reply.length;
  return h(
    "li",
    { key: String(each.number) },
    h(
      "a",
      { href: requestPath(each.number), "aria-current": chosen && "true" },
      h(
        "span",
        { class: "title" },
        h("code", {}, h("b", {}, each.method), " ", each.path, each.query && `?${each.query}`),
        status(each),
      ),
      h(
        "small",
        {},
        [
          each.time.slice(11, 19),
          each.operation,
          each.pending ? "waits for its answer" : each.duration && duration(each.duration),
          each.faults.length > 0 && `hit by ${each.faults.join(", ")}`,
          each.freedoms.length > 0 && `varied by ${counted(each.freedoms.length, "freedom")}`,
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      findings > 0 && h("small", { class: "why bad" }, counted(findings, "finding")),
    ),
  );
}

/** @param {Exchange} each */
function status(each) {
  if (each.pending) return h("span", { class: "pill wait" }, "pending");
  if (each.status === null) return h("span", { class: "pill bad" }, "no answer");
  return h("span", { class: `pill ${each.status < 400 ? "good" : "bad"}` }, each.status);
}

/**
 * @param {World} world
 * @param {RequestsView} view
 * @param {Act} act
 */
function detail(world, view, act) {
  const exchange = world.request;
  const back = h("a", { class: "back", href: "#/requests" }, "← All requests");
  if (!exchange || String(exchange.number) !== view.id)
    return [
      back,
      h("h2", { id: "request-title" }, `Request ${view.id}`),
      empty("The journal does not have it (any more)."),
    ];
  const findings = [
    ...exchange.findings.request.map((text) => `Request: ${text}`),
    ...exchange.findings.reply.map((text) => `Reply: ${text}`),
  ];
  return [
    back,
    h(
      "h2",
      { id: "request-title", class: "target" },
      `${exchange.method} ${exchange.path}${exchange.query ? `?${exchange.query}` : ""} `,
      status(exchange),
    ),
    h("p", { class: "quiet" }, facts(exchange)),
    findings.length > 0 &&
      h(
        "div",
        { class: "callout bad" },
        h("b", {}, counted(findings.length, "finding")),
        h(
          "ul",
          { class: "plain" },
          findings.map((text) => h("li", {}, text)),
        ),
      ),
    h(
      "div",
      { class: "pair" },
      message("Request", exchange.request, "request"),
      exchange.reply
        ? message(`Reply ${exchange.reply.status}`, exchange.reply, "reply")
        : h("section", { key: "reply" }, h("h3", {}, "Reply"), empty("No reply was sent.")),
    ),
    h(
      "section",
      { key: "curl" },
      h("h3", {}, "Send it again"),
      exchange.request.truncated && empty("The journal does not have the whole body."),
      copyable(curlOf(exchange, location.origin), "Copy as curl", act),
    ),
  ];
}

/** @param {WholeExchange} exchange */
function facts(exchange) {
  const { before, after } = exchange.index;
  const indexes = Object.entries(after ?? {})
    .filter(([region, index]) => region in before && index !== before[region])
    .map(([region, index]) => `index of ${region} ${before[region]} → ${index}`);
  return [
    exchange.operation ?? "no operation of the API",
    exchange.time.replace("T", " ").slice(0, 23),
    exchange.wall.duration !== null && `took ${duration(exchange.wall.duration)}`,
    exchange.duration && `${duration(exchange.duration)} of the mock's time`,
    ...(indexes.length ? indexes : ["no index moved"]),
    exchange.faults.length > 0 && `hit by ${exchange.faults.join(", ")}`,
    exchange.freedoms.length > 0 && `varied by ${exchange.freedoms.join(", ")}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {string} title
 * @param {Message} part
 * @param {string} key
 */
function message(title, part, key) {
  return h(
    "section",
    { key },
    h("h3", {}, title),
    h(
      "pre",
      { tabindex: "0", "aria-label": `Header of the ${key}` },
      part.headers.map(({ name, value }) => `${name}: ${value}`).join("\n"),
    ),
    part.body
      ? h(
          "pre",
          { tabindex: "0", "aria-label": `Body of the ${key}` },
          part.encoding === "utf-8" ? readable(part.body) : `base64 ${part.body}`,
        )
      : empty("no body"),
    part.truncated && empty(`Cut: the whole body has ${part.size} bytes.`),
  );
}
