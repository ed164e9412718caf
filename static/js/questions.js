// How it was made: swaps the panel instead of loading a page. Without this file the links and
// forms lead through the same questions, one page each.

import { inLine, setRevision, swapPanels } from "./swap.js";

const panel = document.querySelector("[data-questions]");

panel.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-question]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  document.dispatchEvent(new CustomEvent("soundcheck:before-save"));
  inLine(() => {
    data.set("revision", form.elements.revision.value);
    return ask(form.action, { method: "POST", body: data });
  });
});

panel.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-question-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  inLine(() => ask(link.href, {}));
});

panel.addEventListener("change", showTyped);
panel.addEventListener("soundcheck:swapped", showTyped);
showTyped();

async function ask(url, options) {
  panel.toggleAttribute("data-busy", true);
  try {
    const response = await fetch(url, { ...options, headers: { Accept: "application/json" } });
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) return location.assign(url);
    const told = await response.json();
    if (told.message) return complain(told.message);
    swapPanels(told.panels, { force: true });
    setRevision(told.revision);
    panel.querySelector(".question-text, .question-end")?.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest", behavior: "auto" });
  } catch {
    complain(panel.dataset.failed);
  } finally {
    panel.toggleAttribute("data-busy", false);
  }
}

function complain(text) {
  const line = document.createElement("p");
  line.className = "notice refused";
  line.setAttribute("role", "alert");
  line.textContent = text;
  panel.querySelector(".notice[role=alert]")?.remove();
  panel.querySelector(".made-head").after(line);
}

/** What is typed only beside some choices shows with those. */
function showTyped() {
  const chosen = [...panel.querySelectorAll("input[name=choice]:checked")].map((one) => one.value);
  for (const box of panel.querySelectorAll("[data-only-for]")) {
    box.hidden = !box.dataset.onlyFor.trim().split(" ").some((value) => chosen.includes(value));
  }
}
