// Small pieces of pages: elements, buttons, JSON from attributes, places in a track.

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, n) => (n ? String(part).padStart(2, "0") : part)).join(":");
}

export function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function readJson(text, otherwise) {
  try {
    return JSON.parse(text) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function makeButton(className, text, act) {
  const made = make("button", `tp-button ${className}`, { type: "button" });
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
