// The review desk: keys of the queue and of the case, the claim's heartbeat, canned replies.
// Single-key shortcuts can be switched off; the choice stays on this device.

const KEYS_OFF = "soundcheck.single-keys-off";
const BEAT_MS = 60_000; // how often an open page looks whether to renew
const AWAKE_MS = 10 * 60_000; // without a sign of life for this long it renews no more
const language = document.documentElement.lang || undefined;
const shortTime = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

// Times of this year without the year, today's without the day; the full UTC time is on hover.
function localise() {
  const now = new Date();
  for (const element of document.querySelectorAll("time[data-local]")) {
    const at = new Date(element.dateTime);
    const today = at.toDateString() === now.toDateString();
    const far = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
    const parts = today ? { hour: "2-digit", minute: "2-digit" } : { ...shortTime, ...far };
    element.textContent = new Intl.DateTimeFormat(language, parts).format(at);
  }
}

function csrf() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function setUpSwitch() {
  const box = document.getElementById("single-keys");
  if (!box) return;
  box.checked = localStorage.getItem(KEYS_OFF) === null;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
}

function isTyping(target) {
  return target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
}

// Calls `act[key]`; a key that means something to the focused element is left to it.
function onKeys(act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (localStorage.getItem(KEYS_OFF) !== null || isTyping(event.target)) return;
    if (event.key === " " && event.target.closest("button, a, summary, input, [role=slider]")) return;
    const done = act[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  });
}

function submitTo(address) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = csrf();
  form.append(token);
  document.body.append(form);
  form.submit();
}

function setUpQueue(table) {
  const links = [...table.querySelectorAll("tbody .field-what a")];
  const rowOf = (link) => link.closest("tr");
  const here = () => links.findIndex((link) => rowOf(link).classList.contains("here"));
  const go = (step) => {
    if (!links.length) return;
    const next = Math.min(Math.max(here() + step, 0), links.length - 1);
    for (const link of links) rowOf(link).classList.toggle("here", link === links[next]);
    links[next].focus();
  };
  for (const button of table.querySelectorAll("[data-claim]")) {
    button.addEventListener("click", () => submitTo(button.dataset.claim));
  }
  onKeys({
    j: () => go(1),
    k: () => go(-1),
    c: () => {
      const link = links[here()] ?? links[0];
      if (link) (rowOf(link).querySelector("[data-claim]") ?? link).click();
    },
  });
}

function setUpDeciding(form) {
  const note = form.querySelector("#note-to-artist");
  const replies = form.querySelector("[data-replies]");
  const checked = () => new Set([...form.querySelectorAll("[name=reasons]:checked")].map((box) => box.value));
  const showReplies = () => {
    if (!replies) return;
    for (const reply of replies.children) reply.hidden = !checked().has(reply.dataset.reason);
    replies.hidden = [...replies.children].every((reply) => reply.hidden);
  };
  replies?.addEventListener("click", (event) => {
    const text = event.target.closest("[data-insert]")?.dataset.insert;
    if (!text) return;
    note.value = note.value ? `${note.value.trimEnd()}\n\n${text}` : text;
    note.focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "verb") {
      for (const box of form.querySelectorAll(`.reasons:not(.of-${event.target.value}) :checked`)) box.checked = false;
    }
    showReplies();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  showReplies();
}

function choose(verb) {
  const radio = document.querySelector(`.ruling [name=verb][value=${verb}]`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelector(`.reasons.of-${verb} input`)?.focus();
}

function setUpCase(page) {
  const player = page.querySelector("track-player");
  const numbers = Array.from({ length: 9 }, (_, n) => [String(n + 1), () => player?.goTo(n, true)]);
  onKeys({
    ...Object.fromEntries(numbers),
    " ": () => player?.toggle(),
    s: () => player?.toggleSpectrogram(),
    b: () => player?.toggleCompare(),
    m: () => player?.step(1),
    M: () => player?.step(-1),
    a: () => choose("approve"),
    r: () => choose("refuse"),
    q: () => choose("ask"),
  });
  setUpPairs(page, player);
  for (const form of page.querySelectorAll("form.ruling")) setUpDeciding(form);
  if (page.dataset.renew) keepClaim(page, player);
}

// A stretch of the track and an enrolled one, by turns: starting one stops the other.
function setUpPairs(page, player) {
  if (!player) return;
  const clips = [...page.querySelectorAll(".piece audio")];
  for (const button of page.querySelectorAll("[data-here]")) {
    const [start, end] = [Number(button.dataset.start), Number(button.dataset.end)];
    button.hidden = false;
    button.addEventListener("click", () => {
      const near = (region) => Math.abs(region.start - start) < 0.01 && Math.abs(region.end - end) < 0.01;
      for (const clip of clips) clip.pause();
      player.goTo(player.regions.findIndex(near), true);
    });
  }
  for (const clip of clips) {
    clip.addEventListener("error", () => {
      const told = document.createElement("p");
      told.className = "quiet";
      told.textContent = clip.dataset.gone;
      clip.replaceWith(told);
    });
    clip.addEventListener("play", () => {
      player.current.sound.pause();
      for (const other of clips) if (other !== clip) other.pause();
    });
  }
}

// Renews the claim while somebody is here: a page left open in a corner lets the case go.
function keepClaim(page, player) {
  let [until, alive, renewed] = [new Date(page.dataset.until), Date.now(), Date.now()];
  const left = page.querySelector("[data-countdown]");
  const show = () => {
    const minutes = Math.ceil((until - Date.now()) / 60_000);
    if (left) left.title = until.toLocaleTimeString();
    if (left && minutes >= 0) left.textContent = `${until.toLocaleTimeString([], { timeStyle: "short" })} (${minutes} min)`;
  };
  for (const sign of ["pointermove", "keydown", "scroll"]) {
    document.addEventListener(sign, () => { alive = Date.now(); }, { passive: true });
  }
  const beat = async () => {
    show();
    const playing = player?.classList.contains("tp-playing");
    const here = playing || (document.visibilityState === "visible" && Date.now() - alive < AWAKE_MS);
    if (!here || Date.now() - renewed < 3 * BEAT_MS) return;
    renewed = Date.now();
    const answer = await fetch(page.dataset.renew, { method: "POST", headers: { "X-CSRFToken": csrf() } }).catch(() => null);
    if (!answer || answer.redirected) return;
    const told = await answer.json();
    if (answer.ok) until = new Date(told.until);
    if (!answer.ok) tell(page, told.lost);
    else if (String(told.version) !== page.dataset.version) tell(page, page.dataset.changed);
    show();
  };
  show();
  setInterval(beat, BEAT_MS);
}

function tell(page, sentence) {
  if (page.querySelector(":scope > .told")) return;
  const box = document.createElement("p");
  box.className = "notice notice-refused told";
  box.setAttribute("role", "alert");
  box.textContent = sentence;
  page.prepend(box);
}

localise();
setUpSwitch();
const table = document.querySelector(".model-case #result_list");
const page = document.querySelector("article.case");
if (table) setUpQueue(table);
if (page) setUpCase(page);
