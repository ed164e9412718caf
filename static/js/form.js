// The release page saves itself: a second after the last change, before the page is left, and in
// one line with every other save of the page, so that two saves never race each other.
// Without this file the Save buttons do the same.

import { inLine, setRevision, swapPanels } from "./swap.js";

const WAIT_MS = 1000;
const RETRY_MS = 5000;
const status = document.getElementById("saved");

class SavingForm {
  constructor(form) {
    this.form = form;
    this.timer = 0;
    this.dirty = false;
    for (const box of form.querySelectorAll("[data-save-button]")) box.hidden = true;
    form.addEventListener("input", () => this.change());
    form.addEventListener("change", () => this.change());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.flush();
    });
  }

  change() {
    if (this.stopped) return;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT_MS);
    say("waiting");
  }

  flush(keepalive = false) {
    if (!this.dirty || this.stopped) return Promise.resolve();
    clearTimeout(this.timer);
    return inLine(() => this.save(keepalive));
  }

  async save(keepalive) {
    this.dirty = false;
    say("saving");
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        redirect: "manual",
        keepalive,
      });
      await this.answered(response);
    } catch {
      this.tryAgain("failed");
    }
  }

  async answered(response) {
    if (response.status === 409) return this.conflict((await response.json()).message);
    // A redirect leads to the log-in page, 403 comes with a session that has changed.
    if (response.type === "opaqueredirect" || response.status === 403) return this.tryAgain("out");
    if (!response.ok) return this.tryAgain("failed");
    const saved = await response.json();
    setRevision(saved.revision);
    showProblems(this.form, saved.problems);
    swapPanels(saved.panels);
    if (!this.dirty) say("saved", new Date(saved.saved_at));
  }

  conflict(message) {
    this.stopped = true;
    status.dataset.state = "conflict";
    status.textContent = message;
    status.scrollIntoView({ block: "nearest" });
  }

  tryAgain(state) {
    this.dirty = true;
    say(state);
    this.timer = setTimeout(() => this.flush(), RETRY_MS);
  }
}

function say(state, at) {
  status.dataset.state = state;
  const time = at ? ` ${at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "";
  status.textContent = status.dataset[state] + time;
}

function showProblems(form, problems) {
  for (const slot of form.querySelectorAll("[data-problems]")) {
    const field = slot.dataset.problems;
    const mine = problems.filter((problem) => problem.field === field);
    const texts = mine.map((problem) => problem.text).join("\n");
    if (slot.innerText.trim() !== texts) slot.replaceChildren(...mine.map(problemLine));
    const input = document.getElementById(field);
    if (input?.matches("input, select")) {
      input.toggleAttribute("aria-invalid", mine.length > 0);
      if (mine.length) input.setAttribute("aria-invalid", "true");
    }
  }
}

function problemLine(problem) {
  const line = document.createElement("p");
  line.className = problem.blocks ? "problem" : "problem soft";
  line.textContent = problem.text;
  return line;
}

/** Rows of people: added and removed here, read by the server as they stand. */
function enhanceCredits(form, saving) {
  const rows = form.querySelector("[data-credits]");
  if (!rows) return;
  const template = form.querySelector("[data-credit-template]");
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.name === "add_credit") {
      event.preventDefault();
      rows.append(template.content.cloneNode(true));
      rows.lastElementChild.querySelector("input").focus();
    } else if (button?.name === "drop_credit") {
      event.preventDefault();
      const row = button.closest(".credit");
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (near?.querySelector("input") ?? form.querySelector("button[name=add_credit]")).focus();
      saving.change();
    }
  });
}

/** The names of the typed countries, in the reader's language. */
function enhanceCountries(form) {
  const box = form.querySelector("[data-countries]");
  if (!box) return;
  const input = box.querySelector("input");
  const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "region" });
  const shown = box.querySelector(".help");
  const hint = shown.textContent;
  const show = () => {
    const everywhere = form.querySelector("[name=where][value=worldwide]").checked;
    box.hidden = everywhere;
    const codes = input.value.toUpperCase().match(/\b[A-Z]{2}\b/g) ?? [];
    const known = codes.map((code) => names.of(code)).filter((name) => name.length > 2);
    shown.textContent = known.length ? known.join(", ") : hint;
  };
  form.addEventListener("input", show);
  show();
}

function enhanceMirrors(form) {
  for (const mirror of document.querySelectorAll("[data-mirror]")) {
    const input = form.querySelector(`#${mirror.dataset.mirror}`);
    input?.addEventListener("input", () => {
      mirror.textContent = input.value.trim() || mirror.dataset.empty;
    });
  }
}

const forms = [...document.querySelectorAll("form[data-autosave]")].map((form) => {
  const saving = new SavingForm(form);
  enhanceCredits(form, saving);
  enhanceCountries(form);
  enhanceMirrors(form);
  return saving;
});

const flushAll = () => Promise.all(forms.map((form) => form.flush(true)));
const isDirty = () => forms.some((form) => form.dirty && !form.stopped);

// The next page is read after what was typed on this one is saved.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button;
  if (!link || elsewhere || event.defaultPrevented || !isDirty()) return;
  event.preventDefault();
  await flushAll();
  location.assign(link.href);
});
document.addEventListener("submit", async (event) => {
  if (event.defaultPrevented || !isDirty()) return;
  event.preventDefault();
  await flushAll();
  if (!isDirty()) event.target.requestSubmit(event.submitter);
});

document.addEventListener("soundcheck:before-save", flushAll);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flushAll();
});
window.addEventListener("pagehide", flushAll);
window.addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form.dirty && status.dataset.state !== "waiting")) event.preventDefault();
});

// What cannot be undone is asked twice.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.agreed) return;
    if (window.confirm(form.dataset.confirm)) form.dataset.agreed = "yes";
    else event.preventDefault();
  });
}
