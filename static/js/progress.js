// A result page looks again every two seconds while checks run, and stops by itself.

const EVERY_MS = 2000;
const SLOWEST_MS = 15000;
const live = document.getElementById("live");
let wait = EVERY_MS;

async function look() {
  if (document.visibilityState === "hidden") return later();
  try {
    const response = await fetch(live.dataset.live, { headers: { Accept: "text/html" } });
    if (response.redirected) return location.reload(); // logged out meanwhile
    if (!response.ok) throw new Error(response.status);
    swap(await response.text());
    wait = EVERY_MS;
    live.dataset.running = response.headers.get("X-Running") ?? "no";
  } catch {
    lose();
  }
  if (live.dataset.running === "yes") later();
}

function later() {
  setTimeout(look, wait);
}

/** Changes the page only where something changed: focus and an open menu stay. */
function swap(html) {
  if (live.dataset.shown === html) return;
  live.dataset.shown = html;
  const open = [...live.querySelectorAll("details")].map((box) => box.open);
  const running = live.dataset.running;
  live.innerHTML = html;
  if (running === "yes") {
    live.querySelectorAll("details").forEach((box, n) => (box.open = open[n] ?? box.open));
  }
  showPlayButtons();
  live.dispatchEvent(new CustomEvent("soundcheck:swapped", { bubbles: true }));
}

function lose() {
  wait = Math.min(wait * 1.5, SLOWEST_MS);
  if (live.querySelector(".lost")) return;
  const line = document.createElement("p");
  line.className = "notice held lost";
  line.setAttribute("role", "alert");
  line.textContent = live.dataset.lost;
  live.prepend(line);
  delete live.dataset.shown;
}

/** Buttons that play the seconds of a reason stand instead of their plain text. */
function showPlayButtons() {
  for (const button of live.querySelectorAll("[data-play]")) {
    button.hidden = false;
    button.parentElement.querySelector(".place-text").hidden = true;
  }
}

live.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (!button) return;
  const player = live.querySelector("track-player");
  player.scrollIntoView({ block: "nearest" });
  player.goTo(Number(button.dataset.play), true);
});

showPlayButtons();
if (live.dataset.running === "yes") later();
