// Light, dark, or as the system says: kept on this device. Loaded before the page is drawn.

const KEY = "soundcheck.scheme";
const ORDER = ["auto", "light", "dark"];

function current() {
  const kept = localStorage.getItem(KEY);
  return ORDER.includes(kept) ? kept : "auto";
}

function apply(scheme) {
  document.documentElement.dataset.scheme = scheme;
  for (const label of document.querySelectorAll("[data-scheme-label]")) {
    label.hidden = label.dataset.schemeLabel !== scheme;
  }
}

apply(current());
document.addEventListener("DOMContentLoaded", () => {
  apply(current());
  document.querySelector(".scheme-toggle")?.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length];
    localStorage.setItem(KEY, next);
    apply(next);
  });
});
