// The band of scores follows its sliders: dots change sides at once, the sample when a slider comes to rest.
"use strict";
(() => {
  const form = document.querySelector("[data-band]");
  if (!form) return;
  const { least, most } = form.elements;
  const inside = form.querySelector("[data-inside]");
  const outside = form.querySelector("[data-outside]");
  const range = form.querySelector("[data-range]");
  const dots = (inside.getAttribute("d") + outside.getAttribute("d")).match(/M[^M]+/g) || [];
  const place = (dot) => parseInt(dot.slice(1), 10);
  let asked;

  const draw = () => {
    const [low, high] = [Number(least.value), Number(most.value)].sort((a, b) => a - b);
    const within = (dot) => place(dot) >= low * 10 && place(dot) <= high * 10;
    inside.setAttribute("d", dots.filter(within).join(""));
    outside.setAttribute("d", dots.filter((dot) => !within(dot)).join(""));
    range.setAttribute("x", low * 10);
    range.setAttribute("width", (high - low) * 10);
    for (const input of [least, most]) form.querySelector(`[data-of="${input.name}"]`).textContent = `${input.value} %`;
  };
  const show = async () => {
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    asked?.abort();
    asked = new AbortController();
    const preview = document.getElementById("preview");
    preview.setAttribute("aria-busy", "true");
    preview.querySelectorAll("button").forEach((button) => (button.disabled = true)); // they speak of another band
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return location.assign(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      preview.replaceWith(page.getElementById("preview"));
      document.getElementById("dots-words").textContent = page.getElementById("dots-words").textContent;
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  };
  form.addEventListener("input", (event) => event.target.type === "range" && draw());
  form.addEventListener("change", (event) => (event.target.type === "range" ? show() : form.submit()));
})();
