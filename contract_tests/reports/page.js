"use strict";
{
  const search = document.querySelector("nav input");
  const level = document.querySelector("nav select");
  const buttons = [...document.querySelectorAll("nav button")];
  const said = document.querySelector("nav output");
  const statements = [...document.querySelectorAll("tbody[data-level]")];
  const sections = [...document.querySelectorAll("section.statements")];

  const show = () => {
    const words = search.value.trim().toLowerCase();
    const wanted = new Set(buttons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.outcome));
    let shown = 0;
    for (const each of statements) {
      const fits =
        (!level.value || each.dataset.level === level.value) &&
        each.dataset.outcomes.split(" ").some((outcome) => wanted.has(outcome)) &&
        each.textContent.toLowerCase().includes(words);
      each.hidden = !fits;
      shown += fits;
    }
    for (const each of sections) each.hidden = !each.querySelector("tbody:not([hidden])");
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
