// Resumable uploads: several files at once, each with a bar, going on where they stopped.
// Without this file the form sends the files by itself.

import { AUDIO, FileUpload, follow, isBusy, token } from "./upload-file.js";
import { Row } from "./upload-row.js";

const section = document.querySelector("[data-uploads]");
const words = section?.dataset;

function takeAll(files, track) {
  for (const file of inOrder([...files])) new FileUpload(file, track).enqueue();
}

/** By name, numbers as numbers: 2 before 10. */
function inOrder(files) {
  return files.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
}

/** Files of a drop; folders are looked through for audio. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = await Promise.all(entries.map((entry) => filesIn(entry, true)));
  return found.flat();
}

async function filesIn(entry, named = false) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    return named || AUDIO.test(file.name) ? [file] : [];
  }
  const reader = entry.createReader();
  const found = [];
  for (let some; (some = await new Promise((done, fail) => reader.readEntries(done, fail))).length; ) {
    found.push(...some);
  }
  return (await Promise.all(inOrder(found).map((each) => filesIn(each)))).flat();
}

function enhance() {
  const input = section.querySelector("input[type=file]");
  const choose = section.querySelector("[data-choose]");
  section.querySelector("[data-plain]").hidden = true;
  input.hidden = true;
  choose.hidden = false;
  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    takeAll(input.files);
    input.value = "";
  });
  enhanceDrop();
  enhanceReplacements();
  for (const line of section.querySelectorAll(".upload[data-url]")) adopt(line);
  window.addEventListener("beforeunload", (event) => {
    if (isBusy()) event.preventDefault();
  });
}

function enhanceDrop() {
  for (const kind of ["dragover", "dragenter"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      section.classList.add("is-over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) section.classList.remove("is-over");
  });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    section.classList.remove("is-over");
    takeAll(await dropped(event.dataTransfer));
  });
}

/** The form that gives a track another file goes the same way as new files. */
function enhanceReplacements() {
  const { action } = section.querySelector("form");
  for (const form of document.querySelectorAll("form[enctype]")) {
    const track = form.querySelector("input[name=track]")?.value;
    if (form.action !== action || !track) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      takeAll(form.querySelector("input[type=file]").files, track);
      form.reset();
      section.scrollIntoView({ block: "nearest" });
    });
  }
}

/** A line from an earlier visit: followed, or offered to be thrown away. */
function adopt(line) {
  const row = new Row(section, line);
  if (line.dataset.state === "checking") return follow(row);
  if (line.dataset.state === "refused") return row.act(["dismiss", () => row.remove()]);
  row.act(["cancel", () => discard(row)]);
}

async function discard(row) {
  const headers = { "X-CSRFToken": token(), "Tus-Resumable": "1.0.0" };
  const response = await fetch(row.element.dataset.url, { method: "DELETE", headers }).catch(() => {});
  if (response?.ok || response?.status === 404) row.remove();
  else row.show("failed", words.failed);
}

if (section && window.tus?.isSupported) enhance();
