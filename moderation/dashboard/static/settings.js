// The policy screen: moving a threshold replays it at once. Without this script the Preview button does the same.
"use strict";

(() => {
  const form = document.getElementById("policy");
  const target = document.getElementById("replay");
  if (!form || !target) return;
  const WAIT = 60; // milliseconds: a slider that is dragged asks now and then, not for every step
  const ASKED = /^(threshold|goal|value|surely)-/;
  let timer = 0;
  let asking = null;

  for (const range of form.querySelectorAll("input[type=range]")) {
    const number = form.elements[range.dataset.for];
    range.hidden = false;
    range.addEventListener("input", () => {
      number.value = range.value;
      byNumber(number);
    });
    number.addEventListener("input", () => {
      range.value = number.value;
      byNumber(number);
    });
  }

  form.addEventListener("input", (event) => {
    if (event.target.dataset.for || ASKED.test(event.target.name)) later();
  });

  // whoever moves the number means the number, not the goal
  function byNumber(number) {
    form.elements[number.name.replace("threshold-", "goal-")].value = "";
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(replay, WAIT);
  }

  async function replay() {
    asking?.abort();
    asking = new AbortController();
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (ASKED.test(name)) wanted.set(name, value);
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${form.dataset.replay}?${wanted}`, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const open = [...target.querySelectorAll("details")].map((details) => details.open);
      target.innerHTML = await answer.text();
      target.querySelectorAll("details").forEach((details, index) => { details.open = Boolean(open[index]); });
      solved();
      target.removeAttribute("aria-busy");
    } catch (problem) {
      if (problem.name !== "AbortError") target.removeAttribute("aria-busy");
    }
  }

  // a goal finds its threshold on the server: show it in the field
  function solved() {
    for (const found of target.querySelectorAll("[data-threshold]")) {
      const name = found.dataset.label;
      if (found.dataset.reject !== undefined) form.elements[`reject-${name}`].value = found.dataset.reject;
      if (!form.elements[`goal-${name}`].value) continue;
      form.elements[`threshold-${name}`].value = found.dataset.threshold;
      form.querySelector(`[data-for="threshold-${name}"]`).value = found.dataset.threshold;
    }
  }
})();
