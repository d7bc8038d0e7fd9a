// What clients did wrong: the statements of conduct that they broke, and the requests that show it.

import { h } from "./dom.js";
import { button, empty } from "./parts.js";
import { requestPath } from "./requests.js";
import { counted } from "./text.js";

/** @import { Judged, Judgement, World } from "./types.d.ts" */

const LEVELS = ["MUST", "SHOULD", "MAY"];

/** @param {Judged} judged */
export const brokenOf = ({ judgements }) =>
  judgements
    .filter(({ verdict }) => verdict === "fail")
    .sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));

/**
 * @param {World} world
 * @param {() => unknown} judgeAgain
 */
export function conductView(world, judgeAgain) {
  const { conduct, unjudged } = world;
  return h(
    "section",
    { key: "conduct", "aria-labelledby": "conduct-title" },
    h("h2", { id: "conduct-title" }, "Conduct"),
    h(
      "p",
      { class: "quiet" },
      "What clients do wrong, although the agent answers: statements of conduct, judged from the requests of the journal.",
    ),
    unjudged && h("p", { class: "callout bad", key: "unjudged" }, unjudged),
    conduct ? verdicts(conduct, world.requests.at(0)?.number ?? 0) : !unjudged && empty("The requests are judged…"),
    h("div", { class: "buttons" }, button("Judge again", judgeAgain)),
  );
}

/**
 * @param {Judged} judged
 * @param {number} newest number of the newest request
 */
function verdicts(judged, newest) {
  const broken = brokenOf(judged);
  return [
    h("p", { key: "counts" }, counts(judged)),
    newest > judged.last && h("p", { class: "quiet", key: "since" }, "Requests have come since."),
    broken.length > 0 && h("ul", { class: "rows" }, broken.map(row)),
  ];
}

/** @param {Judged} judged */
export function counts({ exchanges, judgements }) {
  const of = (/** @type {string} */ wanted) => judgements.filter(({ verdict }) => verdict === wanted).length;
  const [broken, kept, untested] = [of("fail"), of("pass"), of("skip")];
  return [
    `${counted(exchanges, "request")}: ${counted(broken, "statement")} ${broken === 1 ? "is" : "are"} broken`,
    `${kept} ${kept === 1 ? "is" : "are"} kept`,
    `${untested} ${untested === 1 ? "was" : "were"} not put to the test.`,
  ].join(", ");
}

/** @param {Judgement} one */
function row({ id, level, text, violations, times, advice }) {
  return h(
    "li",
    { key: id, class: "judgement" },
    h("h3", {}, h("span", { class: `pill ${level === "MUST" ? "bad" : "wait"}` }, level), " ", text),
    h("small", { class: "quiet" }, h("code", {}, id), ` · broken ${counted(times, "time")}`),
    h(
      "ul",
      { class: "plain" },
      violations.map((violation) =>
        h(
          "li",
          { key: violation.exchanges.join() },
          violation.text,
          violation.exchanges.map((number) => [" ", h("a", { href: requestPath(number) }, `Request ${number}`)]),
        ),
      ),
    ),
    h("p", { class: "why" }, advice),
  );
}
