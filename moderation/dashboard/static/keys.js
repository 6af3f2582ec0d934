// Keys for those who review by hundreds. The page says which key does what; everything can also be done without script.
"use strict";
(() => {
  const body = document.body;
  const map = body.dataset.keys ? JSON.parse(body.dataset.keys) : {};
  const dialog = document.getElementById("keys");
  let current = null;

  const cards = () => [...document.querySelectorAll("[data-card]")];
  const mark = (card, move) => {
    if (!card) return;
    current?.classList.remove("current");
    current = card;
    if (cards().length > 1 || card.id) card.classList.add("current");
    if (!move) return;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const begin = () => {
    if (!current?.isConnected) current = null;
    if (body.dataset.keys) mark(cards().find((card) => "at" in card.dataset || `#${card.id}` === location.hash) || current || cards()[0], false);
  };
  const find = (act) => {
    const wanted = `[data-act~="${act}"]`;
    return (current?.isConnected && current.querySelector(wanted)) || document.querySelector(wanted);
  };
  const step = (by) => {
    const link = find(by > 0 ? "next" : "previous");
    if (link) return link.click();
    const all = cards();
    const next = all[all.indexOf(current) + by];
    if (next) mark(next, true);
    else if (by > 0) find("next-page")?.click();
  };
  const help = () => (dialog.open ? dialog.close() : dialog.showModal());
  const press = (act) => {
    const found = find(act);
    if (!found) return false;
    if (found.matches("textarea, select, input:not([type=checkbox])")) found.focus();
    else found.click();
    return true;
  };
  const search = () => {
    const field = document.querySelector('input[type="search"]');
    if (field) field.focus();
    else press("search");
  };
  const acts = { next: () => step(1), previous: () => step(-1), help, search };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) return typing.blur();
    if (!body.dataset.keys || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = map[event.key];
    if (!act || (dialog?.open && act !== "help")) return;
    if (event.key === " " && event.target.closest("button, a, summary, input")) return; // the space bar presses what has the focus
    event.preventDefault();
    if (acts[act]) acts[act]();
    else press(act);
  });

  // a decision is sent once, however often the button is pressed
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("[data-decision]");
      if (!form) return;
      if (form.dataset.sent) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      form.dataset.sent = "yes";
    },
    true,
  );
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card && card !== current) mark(card, false);
  });
  document.querySelector('[data-opens="keys"]')?.addEventListener("click", (event) => {
    event.preventDefault();
    help();
  });
  document.addEventListener("vigie:exchanged", begin);
  if (body.dataset.keys) begin();
})();
