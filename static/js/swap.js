// Saves of one page stand in one line, and change parts of the page by their ids.

/** Every save of the page, one after the other, so that two never race each other. */
export function inLine(save) {
  document.saves = (document.saves ?? Promise.resolve()).then(save);
  return document.saves;
}

/** Replaces parts of the page; never one in which somebody is, unless it is forced. */
export function swapPanels(panels, { force = false } = {}) {
  for (const [id, html] of Object.entries(panels ?? {})) {
    const panel = document.getElementById(id);
    if (!panel || panel.innerHTML === html) continue;
    if (!force && panel.contains(document.activeElement)) continue;
    panel.innerHTML = html;
    panel.dispatchEvent(new CustomEvent("soundcheck:swapped", { bubbles: true }));
  }
}

/** The next save starts from what this one left. */
export function setRevision(revision) {
  for (const input of document.querySelectorAll("input[name=revision]")) input.value = revision;
}
