// Every page: times in the reader's own time zone, menus that close again.

const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
  dateStyle: "medium",
  timeStyle: "short",
});

export function localise(root) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    element.textContent = format.format(new Date(element.dateTime));
    element.removeAttribute("data-local");
  }
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

localise(document);
document.addEventListener("soundcheck:swapped", (event) => localise(event.target));
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});
