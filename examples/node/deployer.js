// Deploys jobs with fetch, and watches them with blocking queries.

import { setTimeout as sleep } from "node:timers/promises";

const WAIT = 60; // seconds that a blocking query may take; the time-out of a request has to be longer

/** A reply that says that something went wrong. */
export class NomadError extends Error {
  constructor(request, status, text) {
    super(`${request}: ${status} ${text.trim()}`);
    this.status = status;
  }
}

export class Deployer {
  #base;

  /** @param {string} address such as http://127.0.0.1:4646 */
  constructor(address) {
    this.#base = `${address}/v1`;
  }

  /** Registers a job, new or changed. Each attempt looks first, since the one before may have been carried out. */
  async deploy(job) {
    await again(async () => this.#register(job, await this.#index(job.ID)));
  }

  /** Watches until so many allocations of a job run. */
  async waitUntilRunning(jobID, count, signal = AbortSignal.timeout(300_000)) {
    for (let index = 0n; ; ) {
      signal.throwIfAborted();
      const path = `/job/${id(jobID)}/allocations${index ? `?index=${index}&wait=${WAIT}s` : ""}`;
      const found = await again(() => this.#send("GET", path, undefined, signal));
      if (found.body.filter((each) => each.ClientStatus === "running").length === count) return;
      if (found.index === index) await sleep(100); // nothing new came; a query with index 0 never waits
      index = found.index >= index ? found.index : 0n; // it went back: the server was restored, so ask anew
    }
  }

  /** Changes the count of a group in the job as it is now, and returns what the plan says. */
  async scale(jobID, group, count) {
    return again(async () => {
      const { body: job } = await this.#send("GET", `/job/${id(jobID)}`);
      job.TaskGroups.find((each) => each.Name === group).Count = count;
      const { body: plan } = await this.#send("PUT", `/job/${id(jobID)}/plan`, { Job: job, Diff: true });
      await this.#register(job, plan.JobModifyIndex);
      return plan.Annotations.DesiredTGUpdates[group];
    });
  }

  /** Starts a parameterized job, and returns the ID of the child. Each call starts one, so it is not repeated. */
  async dispatch(jobID, payload, meta = {}) {
    const request = { Payload: Buffer.from(payload).toString("base64"), Meta: meta };
    return (await this.#send("PUT", `/job/${id(jobID)}/dispatch`, request)).body.DispatchedJobID;
  }

  /** Launches a periodic job now, and returns the ID of the evaluation. */
  async launch(jobID) {
    return (await this.#send("PUT", `/job/${id(jobID)}/periodic/force`)).body.EvalID;
  }

  /** Stops a job; one that is not there is stopped already. */
  async stop(jobID) {
    await again(() => this.#send("DELETE", `/job/${id(jobID)}`));
  }

  async #index(jobID) {
    try {
      return (await this.#send("GET", `/job/${id(jobID)}`)).body.JobModifyIndex;
    } catch (error) {
      if (error.status === 404) return 0;
      throw error;
    }
  }

  /** Registers a job, unless it was changed after an index. */
  async #register(job, index) {
    await this.#send("PUT", `/job/${id(job.ID)}`, { Job: job, EnforceIndex: true, JobModifyIndex: index });
  }

  async #send(method, path, body, signal) {
    const limit = AbortSignal.timeout((WAIT + 10) * 1000);
    const reply = await fetch(this.#base + path, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!reply.ok) throw new NomadError(`${method} ${path}`, reply.status, await reply.text());
    // JavaScript reads the numbers in JSON exactly up to 2^53, which no index came to yet
    return { body: await reply.json(), index: BigInt(reply.headers.get("X-Nomad-Index") ?? 0) };
  }
}

/** A job's ID in a path: that of a child has a slash. */
const id = encodeURIComponent;

/** Calls, and calls again when the server or the network fails. A 4xx is our own mistake, and stays one. */
async function again(call) {
  for (const pause of [50, 100, 200]) {
    try {
      return await call();
    } catch (error) {
      const isOurs = error instanceof NomadError ? error.status < 500 : error.name === "AbortError";
      if (isOurs || error.name === "TimeoutError") throw error;
      await sleep(pause);
    }
  }
  return call();
}
