"use strict";
{
  const search = /** @type {HTMLInputElement} */ (document.querySelector("nav input"));
  const level = /** @type {HTMLSelectElement} */ (document.querySelector("nav select"));
  const said = /** @type {HTMLOutputElement} */ (document.querySelector("nav output"));
  const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("nav button")]);
  const statements = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("tbody[data-level]")]);
  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("section.statements")]);

  const show = () => {
    const words = search.value.trim().toLowerCase();
    const wanted = new Set(buttons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.outcome));
    const fits = (/** @type {HTMLElement} */ each) =>
      (!level.value || each.dataset.level === level.value) &&
      (each.dataset.outcomes ?? "").split(" ").some((outcome) => wanted.has(outcome)) &&
      each.textContent.toLowerCase().includes(words);
    for (const each of statements) each.hidden = !fits(each);
    for (const each of sections) each.hidden = !each.querySelector("tbody:not([hidden])");
    const shown = statements.filter((each) => !each.hidden).length;
    said.textContent = shown === statements.length ? "" : `${shown} of ${statements.length} statements`;
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      show();
    });
  }
  search.addEventListener("input", show);
  level.addEventListener("change", show);
}
