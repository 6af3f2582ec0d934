// Keys for those who review by hundreds. Everything here can also be done without script.
"use strict";
(() => {
  const body = document.body;
  const cards = [...document.querySelectorAll("[data-card]")];
  const dialog = document.getElementById("keys");
  let current = cards.find((card) => `#${card.id}` === location.hash) || cards[0];

  const mark = (card, move) => {
    if (!card) return;
    current?.classList.remove("current");
    current = card;
    if (cards.length > 1 || card.id) card.classList.add("current");
    if (!move) return;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const link = document.querySelector(by > 0 ? '.steps [rel="next"]' : '.steps [rel="prev"]');
    if (link) return link.click();
    const next = cards[cards.indexOf(current) + by];
    if (next) mark(next, true);
    else if (by > 0) document.querySelector('.pages [rel="next"]')?.click();
  };
  const decide = (verdict) => current?.querySelector(`[data-decision] [value="${verdict}"]`)?.click();
  const tick = (number) => current?.querySelectorAll('[data-decision] [name="label"]')[number - 1]?.click();
  const help = () => (dialog.open ? dialog.close() : dialog.showModal());
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    o: () => current?.querySelector("[data-open]")?.click(),
    f: () => decide("publish"),
    d: () => decide("reject"),
    1: () => tick(1),
    2: () => tick(2),
    3: () => tick(3),
    n: () => current?.querySelector("textarea")?.focus(),
    q: () => document.querySelector("[data-back]")?.click(),
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) return typing.blur();
    if (body.dataset.keys !== "on" || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (dialog?.open && event.key !== "?") return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // a decision is sent once, however often the button is pressed
  for (const form of document.querySelectorAll("[data-decision]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card && card !== current) mark(card, false);
  });
  document.querySelector('[data-opens="keys"]')?.addEventListener("click", (event) => {
    event.preventDefault();
    help();
  });
  if (body.dataset.keys === "on") mark(current, false);
})();
