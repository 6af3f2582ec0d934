// Shows a password while it is typed, selects a link to copy, copies it. Without script the fields work as they are.
"use strict";

for (const box of document.querySelectorAll("[data-shows]")) {
  box.closest("label").hidden = false;
  const field = box.form.elements[box.dataset.shows];
  box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
  box.form.addEventListener("submit", () => { field.type = "password"; });
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const words = "value" in field ? field.value : field.textContent.trim().split(/\s+/).join("\n");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(words);
    button.nextElementSibling.textContent = button.dataset.copied;
  });
}

// Roles on single sites matter only without a role on every site.
for (const choice of document.querySelectorAll("[data-hides]")) {
  const part = document.getElementById(choice.dataset.hides);
  const show = () => { part.hidden = choice.value !== ""; };
  choice.addEventListener("change", show);
  show();
}
