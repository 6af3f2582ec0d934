// What a long day at the desk needs beside the keys: exchanges of the desk alone, signs of life, calm messages.
"use strict";
(() => {
  const BEAT = 20_000, AWAY = 300_000, TOAST = 10_000, MINUTE = 60_000;
  const body = document.body;
  let lastSign = Date.now();
  for (const sign of ["keydown", "pointermove", "pointerdown", "scroll"]) {
    document.addEventListener(sign, () => (lastSign = Date.now()), { passive: true, capture: true });
  }

  // a page without a desk is another screen: it is opened as such
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    if (target?.id !== "desk" || xhr.responseText.includes('id="desk"')) return;
    if (requestConfig.verb === "get" && xhr.status < 400) {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });
  body.addEventListener("htmx:sendError", () => {
    document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
    say(body.dataset.offline);
  });
  // after an exchange the reader is at the new comment, and nothing else has moved
  body.addEventListener("htmx:afterSettle", (event) => {
    if (!document.getElementById("desk")?.contains(event.detail.elt) && event.detail.elt.id !== "desk") return;
    if (event.detail.elt.closest("#claim, .arrivals")) return;
    document.dispatchEvent(new Event("vigie:exchanged"));
    const focused = document.activeElement;
    if (!focused || focused === body) (document.getElementById("title") || document.getElementById("main"))?.focus({ preventScroll: true });
    const card = document.querySelector("[data-at]");
    if (card) card.scrollIntoView({ block: "start", behavior: "instant" });
    else window.scrollTo({ top: 0, behavior: "instant" });
    fade();
  });

  // a claim lives as long as somebody is there
  setInterval(() => {
    if (document.visibilityState !== "visible" || Date.now() - lastSign > AWAY) return;
    const claim = document.querySelector("[data-beat]");
    if (claim) window.htmx.trigger(claim, "beat");
  }, BEAT);

  // messages leave by themselves, but not while somebody is at them
  const fade = () => {
    for (const toast of document.querySelectorAll("[data-fades]:not([data-timed])")) {
      toast.dataset.timed = "yes";
      const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1_000) : toast.remove());
      setTimeout(leave, TOAST);
    }
  };
  const say = (words) => {
    if (!words) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    const sentence = document.createElement("p");
    sentence.textContent = words;
    toast.append(sentence);
    document.getElementById("told").replaceChildren(toast);
    return toast;
  };

  // a reminder to rest, for those who want one
  const rest = Number(body.dataset.rest || 0) * MINUTE;
  const read = (name) => Number(sessionStorage.getItem(name) || 0);
  const remind = () => {
    const now = Date.now();
    if (!read("vigie-since") || now - read("vigie-seen") > AWAY) sessionStorage.setItem("vigie-since", now);
    if (now - lastSign < MINUTE) sessionStorage.setItem("vigie-seen", now);
    if (now - read("vigie-since") < rest) return;
    sessionStorage.setItem("vigie-since", now);
    say(body.dataset.restWords);
  };
  if (rest) {
    remind();
    setInterval(remind, 15_000);
  }
  fade();
})();
