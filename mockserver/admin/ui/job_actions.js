// What a user can have an agent do with a job: evaluate it, force its launch, dispatch it.

import { put } from "./api.js";
import { h } from "./dom.js";
import { fieldParts, filledIn, submitted } from "./forms.js";
import { button } from "./parts.js";
import { short } from "./text.js";

/** @import { Act, Field, Job, ParameterizedJob } from "./types.d.ts" */

/** @param {string} id */
export const agentPath = (id) => `/v1/job/${encodeURIComponent(id)}`;

/**
 * Return the button that gives the job an evaluation, of the kind that an agent does not refuse for this job.
 * @param {Job} job
 * @param {Act} act
 */
export function evaluateButtons(job, act) {
  const path = agentPath(job.ID);
  /** @param {string} action */
  const send = async (action) => {
    /** @type {{EvalID: string}} */
    const { EvalID } = await put(`${path}/${action}`);
    return `Evaluation ${short(EvalID)} was made.`;
  };
  if (job.ParameterizedJob) return null;
  return job.Periodic
    ? button("Launch it now", () => act(() => send("periodic/force")), { key: "force" })
    : button("Evaluate", () => act(() => send("evaluate")), { key: "evaluate" });
}

/**
 * @param {string} id of the job
 * @param {ParameterizedJob} parameters
 * @param {Act} act
 */
export function dispatchForm(id, parameters, act) {
  const payload = payloadField(parameters);
  const meta = metaFields(parameters);
  const dispatch = (/** @type {HTMLFormElement} */ form) =>
    act(async () => {
      const { Payload } = filledIn(form, payload, "dispatch");
      const body = {
        ...(Payload === undefined ? {} : { Payload: base64(String(Payload)) }),
        Meta: filledIn(form, meta, "dispatch-meta"),
      };
      /** @type {{DispatchedJobID: string}} */
      const { DispatchedJobID } = await put(`${agentPath(id)}/dispatch`, body);
      return `Job ${DispatchedJobID} was launched.`;
    });
  return h(
    "details",
    { key: "dispatch", class: "form" },
    h("summary", {}, "Dispatch it"),
    h(
      "form",
      { onsubmit: submitted(dispatch), "aria-label": `Dispatch ${id}` },
      h("fieldset", {}, fieldParts(payload, "dispatch"), fieldParts(meta, "dispatch-meta")),
      h("div", { class: "buttons" }, h("button", { class: "first" }, "Dispatch")),
    ),
  );
}

/**
 * @param {ParameterizedJob} parameters
 * @returns {Field[]}
 */
function payloadField({ Payload }) {
  if (Payload === "forbidden") return [];
  const description = `${Payload || "optional"}; it is sent as base64`;
  return [{ name: "Payload", label: "payload", schema: { description }, required: Payload === "required" }];
}

/**
 * Return a field for each key of the metadata that the job takes.
 * @param {ParameterizedJob} parameters
 * @returns {Field[]}
 */
export function metaFields({ MetaRequired, MetaOptional }) {
  /** @type {(names: string[] | null, required: boolean) => Field[]} */
  const fields = (names, required) =>
    (names ?? []).map((name) => ({ name, label: `meta ${name}`, schema: { type: "string" }, required }));
  return [...fields(MetaRequired, true), ...fields(MetaOptional, false)];
}

/** @param {string} text */
export const base64 = (text) =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
