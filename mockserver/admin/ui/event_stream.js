// Server-sent events, read from the body of a reply.

/** @typedef {{id: string, event: string, data: string}} StreamEvent */

/**
 * Yield the events of a stream as they come. Comments, and events without data, are left out.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<StreamEvent, void, void>}
 */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r", "");
    const whole = text.split("\n\n");
    text = whole.pop() ?? "";
    for (const lines of whole) {
      const event = fields(lines);
      if (event.data) yield event;
    }
  }
}

/**
 * @param {string} lines of one event
 * @returns {StreamEvent}
 */
function fields(lines) {
  const event = { id: "", event: "message", data: "" };
  for (const line of lines.split("\n")) {
    const [name, ...rest] = line.split(":");
    const value = rest.join(":").replace(/^ /, "");
    if (name === "data") event.data += (event.data && "\n") + value;
    else if (name === "id" || name === "event") event[name] = value;
  }
  return event;
}
