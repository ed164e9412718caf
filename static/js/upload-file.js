// One file on its way to the server, and the line in which several of them wait.

import { Row } from "./upload-row.js";

const AT_ONCE = 3;
const CHUNK = 64 * 1024 * 1024; // bytes a request; the server is synced to disk after each
const RETRY_MS = [0, 1000, 2000, 4000, 8000, 15000, 30000];
export const AUDIO = /\.(wav|wave|flac|aiff?|mp3|m4a|mp4|ogg|oga|opus)$/i;
const NOT_AUDIO = /^(image|text|video|font)\/|pdf|zip|msword|officedocument/;

const section = document.querySelector("[data-uploads]");
const words = section?.dataset;
const waiting = [];
const running = new Set();
let lastBegun = Promise.resolve(); // uploads begin one after the other: tracks keep the files' order

export function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie?.[1] ?? section.querySelector("input[name=csrfmiddlewaretoken]").value;
}

export class FileUpload {
  constructor(file, track) {
    this.file = file;
    this.track = track;
    this.row = new Row(section);
    this.row.name = file.name;
    this.tus = new window.tus.Upload(file, {
      endpoint: words.endpoint,
      chunkSize: CHUNK,
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, ...(track ? { track } : {}) },
      fingerprint: async () => this.identity(),
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", token()),
      onShouldRetry: (error) => this.#retries(error),
      onUploadUrlAvailable: () => this.begun?.(),
      onProgress: (sent, total) => this.#moves(sent, total),
      onError: (error) => this.#fails(error),
      onSuccess: () => this.#arrives(),
    });
  }

  /** Of this very file: another export under the same name is another upload. */
  identity() {
    const { name, size, lastModified } = this.file;
    return ["soundcheck", words.endpoint, this.track ?? "", name, size, lastModified].join("|");
  }

  problem() {
    if (!this.file.size) return words.empty;
    if (this.file.size > Number(words.limit)) return words.tooLarge;
    const known = AUDIO.test(this.file.name);
    return !known && NOT_AUDIO.test(this.file.type) ? words.notAudio : "";
  }

  enqueue() {
    const problem = this.problem();
    if (problem) return this.#end("failed", problem);
    this.row.show("queued");
    this.row.act(["cancel", () => this.cancel()]);
    waiting.push(this);
    startNext();
  }

  start() {
    this.stopped = false;
    running.add(this);
    this.row.show("uploading");
    this.#offerPause();
    lastBegun = lastBegun.then(() => this.#begin());
  }

  /** Done when the server knows the upload, or when it is clear that it will not yet. */
  async #begin() {
    const [earlier] = await this.tus.findPreviousUploads();
    if (this.stopped) return;
    if (earlier) {
      this.tus.resumeFromPreviousUpload(earlier);
      this.#takeOver(earlier.uploadUrl);
    }
    const begun = new Promise((done) => (this.begun = done));
    this.tus.start();
    await begun;
  }

  /** The line that the server wrote about the earlier attempt goes; this one stands for it. */
  #takeOver(url) {
    const path = new URL(url, location.href).pathname;
    for (const line of section.querySelectorAll(".upload[data-url]")) {
      if (line.dataset.url === path && line !== this.row.element) line.remove();
    }
  }

  #offerPause() {
    this.row.act(["pause", () => this.pause()], ["cancel", () => this.cancel()]);
  }

  async pause() {
    this.stopped = true;
    this.begun?.();
    this.row.show("paused", `${this.row.share} · ${words.paused}`);
    this.row.act(["resume", () => this.again()], ["cancel", () => this.cancel()]);
    await this.tus.abort();
    this.#leave();
  }

  again() {
    this.row.forgetSpeed();
    this.start();
  }

  async cancel() {
    this.stopped = true;
    this.begun?.();
    if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
    this.row.remove();
    await this.tus.abort(true).catch(() => {}); // what cannot be told now expires by itself
    this.#leave();
  }

  #leave() {
    running.delete(this);
    startNext();
  }

  #moves(sent, total) {
    if (running.has(this)) this.row.progress(sent, total);
  }

  #retries(error) {
    this.begun?.();
    const status = error.originalResponse?.getStatus() ?? 0;
    const again = status === 0 || status === 409 || status === 423 || status === 460;
    if (again || (status >= 500 && status !== 507)) {
      this.row.forgetSpeed();
      this.row.show("retrying", `${this.row.share} · ${words.retrying}`);
      this.#offerPause();
      return true;
    }
    return false;
  }

  #fails(error) {
    this.begun?.();
    const response = error.originalResponse;
    const status = response?.getStatus();
    const signedOut = status === 401 || status === 403;
    this.#end("failed", signedOut ? words.signedOut : sentence(response));
    this.row.act(["again", () => this.again()], ["cancel", () => this.cancel()]);
    this.#leave();
  }

  #arrives() {
    this.begun?.();
    const { pathname } = new URL(this.tus.url, location.href);
    this.row.element.dataset.url = pathname;
    this.row.show("checking");
    this.row.announce();
    this.#leave();
    refreshTracks();
    follow(this.row);
  }

  #end(state, text) {
    this.row.show(state, text);
    this.row.act(["dismiss", () => this.row.remove()]);
    this.row.announce();
  }
}

function sentence(response) {
  try {
    return JSON.parse(response.getBody()).text || words.failed;
  } catch {
    return words.failed;
  }
}

function startNext() {
  while (running.size < AT_ONCE && waiting.length) waiting.shift().start();
}

/** Whether anything is being sent or waits for it. */
export function isBusy() {
  return running.size > 0 || waiting.length > 0;
}

/** Asks how the file fares until a worker has read it. */
export async function follow(row) {
  for (let wait = 700; row.element.isConnected; wait = Math.min(wait * 1.3, 5000)) {
    await new Promise((done) => setTimeout(done, wait));
    const told = await ask(`${row.element.dataset.url}status/`);
    if (told?.state === "ready") {
      row.show("ready", `${words.ready} · ${told.text}`);
    } else if (told?.state === "refused") {
      row.show("refused", told.text);
    } else if (told !== null) {
      continue;
    }
    row.act(["dismiss", () => row.remove()]);
    row.announce();
    return refreshTracks();
  }
}

/** The answer; undefined while there is no connection, null where it is gone for good. */
async function ask(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (response.ok && !response.redirected) return await response.json();
    return response.status === 404 ? null : undefined;
  } catch {
    return undefined;
  }
}

/** The parts of the page that a new file changes; never the form in which somebody types. */
async function refreshTracks() {
  let page;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return;
  }
  for (const part of [".track-list", ".audio-line", "#finish"]) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (!old || !fresh || old.contains(document.activeElement)) continue;
    if (old.innerHTML === fresh.innerHTML) continue;
    old.innerHTML = fresh.innerHTML;
    old.dispatchEvent(new CustomEvent("soundcheck:swapped", { bubbles: true }));
  }
}
