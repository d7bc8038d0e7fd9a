// A request of the journal as a command for a shell.

/** @import { Message, Sent } from "./types.d.ts" */

/** What curl finds out by itself, or what is no longer true of a body that is given whole. */
const BY_CURL =
  /^(host|connection|content-length|content-encoding|transfer-encoding|accept-encoding|expect|user-agent)$/i;
/** Characters of an argument that every system takes. */
const LONGEST = 100_000;

/**
 * Return the curl command that sends a request again, as far as the journal has it.
 * @param {{method: string, request: Sent}} exchange
 * @param {string} origin of the mock, for a request that names no host
 */
export function curlOf({ method, request }, origin) {
  const host = request.headers.find(({ name }) => name.toLowerCase() === "host")?.value;
  const address = (host ? `${new URL(origin).protocol}//${host}` : origin) + request.target;
  const isLong = request.encoding === "base64" || request.body.length > LONGEST;
  const words = [
    "curl",
    ...methodWords(method, request.body !== ""),
    ...(/[[\]{}]/.test(address) ? ["--globoff"] : []),
    ...(/\/\.{1,2}(\/|\?|$)/.test(address) ? ["--path-as-is"] : []),
    quoted(address),
    ...request.headers.filter(({ name }) => !BY_CURL.test(name)).map(headerWords),
    ...(isLong ? ["--data-binary @-"] : request.body ? [`--data-raw ${quoted(request.body)}`] : []),
  ];
  return (isLong ? `${printed(request)} | ` : "") + words.join(" ");
}

/**
 * @param {string} method
 * @param {boolean} hasBody
 */
function methodWords(method, hasBody) {
  if (method === "HEAD") return ["--head"];
  return method === (hasBody ? "POST" : "GET") ? [] : [`-X ${quoted(method)}`];
}

/** A header without a value would be taken out by `Name:`. @param {{name: string, value: string}} header */
const headerWords = ({ name, value }) => `-H ${quoted(value ? `${name}: ${value}` : `${name};`)}`;

/** @param {Message} message */
const printed = ({ body, encoding }) => `printf %s ${quoted(body)}${encoding === "base64" ? " | base64 --decode" : ""}`;

/**
 * Return a word that a shell takes as it is.
 * @param {string} word
 */
const quoted = (word) => (/^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
