// Where in the dashboard the user is, as the address says.

/** @typedef {"jobs" | "nodes" | "requests" | "conduct" | "faults" | "rules"} ViewName */

/** @type {ViewName[]} */
export const VIEWS = ["jobs", "nodes", "requests", "conduct", "faults", "rules"];

/**
 * Return the view that an address names: `#/jobs/<ID>/<evaluation>`. Any other address means the jobs.
 * @param {string} hash
 * @returns {{view: ViewName, id: string | null, evaluation: string | null}}
 */
export function placeOf(hash) {
  const [name, id, evaluation] = hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  const view = VIEWS.find((each) => each === name) ?? "jobs";
  return { view, id: id || null, evaluation: evaluation || null };
}

export const place = () => placeOf(location.hash);
