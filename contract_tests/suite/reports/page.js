"use strict";
{
  const bar = /** @type {HTMLElement} */ (document.querySelector("nav"));
  const search = /** @type {HTMLInputElement} */ (document.querySelector("nav input"));
  const level = /** @type {HTMLSelectElement} */ (document.querySelector("nav select"));
  const said = /** @type {HTMLOutputElement} */ (document.querySelector("nav output"));
  const failures = /** @type {HTMLButtonElement} */ (document.querySelector("#only-failures"));
  const drift = /** @type {HTMLButtonElement | null} */ (document.querySelector("#only-drift"));
  const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("nav .outcomes button")]);
  const statements = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("details.statement")]);
  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("section.statements")]);
  const broken = ["fail", "error"];

  const show = () => {
    const words = search.value.trim().toLowerCase();
    const wanted = new Set(buttons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.outcome));
    const fits = (/** @type {HTMLElement} */ each) =>
      (!level.value || each.dataset.level === level.value) &&
      (drift?.ariaPressed !== "true" || each.dataset.drift !== undefined) &&
      (each.dataset.outcomes ?? "").split(" ").some((outcome) => wanted.has(outcome)) &&
      each.textContent.toLowerCase().includes(words);
    for (const each of statements) each.hidden = !fits(each);
    for (const each of sections) each.hidden = !each.querySelector("details.statement:not([hidden])");
    const shown = statements.filter((each) => !each.hidden).length;
    said.textContent = shown === statements.length ? "" : `${shown} of ${statements.length} statements`;
    const pressed = buttons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.outcome ?? "");
    failures.ariaPressed = String(pressed.length > 0 && pressed.every((one) => broken.includes(one)));
  };
  const press = (/** @type {HTMLButtonElement} */ button, /** @type {boolean} */ on) => {
    button.ariaPressed = String(on);
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      press(button, button.ariaPressed !== "true");
      show();
    });
  }
  failures.addEventListener("click", () => {
    const all = failures.ariaPressed === "true";
    for (const button of buttons) press(button, all || broken.includes(button.dataset.outcome ?? ""));
    show();
  });
  drift?.addEventListener("click", () => {
    press(drift, drift.ariaPressed !== "true");
    show();
  });
  search.addEventListener("input", show);
  level.addEventListener("change", show);

  // A link to a statement opens it, and shows it when a filter hides it.
  const open = () => {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!wanted) return;
    wanted.hidden = false;
    const section = /** @type {HTMLElement | null} */ (wanted.closest("section"));
    if (section) section.hidden = false;
    if (wanted instanceof HTMLDetailsElement) wanted.open = true;
    wanted.scrollIntoView();
  };
  window.addEventListener("hashchange", open);
  // What a link leads to stays clear of the bar, however high it is.
  new ResizeObserver(() => {
    const sticks = getComputedStyle(bar).position === "sticky";
    document.documentElement.style.scrollPaddingTop = `${sticks ? bar.offsetHeight + 8 : 0}px`;
  }).observe(bar);
  open();
}
