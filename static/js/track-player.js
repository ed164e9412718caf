import { clock, make, makeButton, readJson } from "./elements.js";
import { Waveform } from "./waveform.js";

// <track-player>: the waveform of one recording, the places that matter in it, and a player.
//
// Attributes: peaks, audio (addresses); duration (seconds); spectrogram (address of a picture that
// spans the whole track); regions (JSON: [{start, end, label, kind: "held"|"refused"|"note",
// compare_start}]); compare-audio, compare-peaks, compare-title (the recording it is compared
// with); renew (address that answers {"audio", "compare_audio"} when links have run out);
// texts (JSON: the words of TEXTS in the reader's language).
// Peaks: {"low": […], "high": […], "duration_s"}, integers of -127..127, evenly over the track.
// It never plays by itself and loads no sound before it is asked to play.

const TEXTS = {
  play: "Play", pause: "Pause", position: "Position in the track", places: "Places to hear",
  spectrogram: "Spectrogram", compare: "A/B", compareTitle: "Hear the other recording at this place",
  hearing: "You hear the other recording", hearingOwn: "You hear the upload",
  noPeaks: "The waveform could not be loaded. You can still listen.",
  noSound: "The preview could not be played. Reload the page and try again.",
};
const STEP_S = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class TrackPlayer extends HTMLElement {
  connectedCallback() {
    if (this.wave) return;
    this.texts = { ...TEXTS, ...readJson(this.getAttribute("texts"), {}) };
    this.regions = readJson(this.getAttribute("regions"), []);
    this.duration = Number(this.getAttribute("duration")) || 0;
    this.position = 0;
    this.sources = [this.source("audio", "peaks", this.duration)];
    if (this.getAttribute("compare-audio")) this.sources.push(this.source("compare-audio", "compare-peaks", 0));
    this.current = this.sources[0];
    this.build();
    this.watch();
    this.load(this.sources[0]);
  }

  source(audio, peaks, duration) {
    const sound = new Audio();
    sound.preload = "none";
    sound.src = this.getAttribute(audio) ?? "";
    const made = { name: audio, sound, address: this.getAttribute(peaks), duration, renewed: false };
    sound.addEventListener("timeupdate", () => made === this.current && this.moved(sound.currentTime));
    for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, () => this.showState());
    sound.addEventListener("loadedmetadata", () => { made.duration ||= sound.duration; });
    sound.addEventListener("error", () => made === this.current && this.failed(made));
    return made;
  }

  build() {
    this.stage = make("div", "tp-stage", {
      role: "slider", tabindex: "0", "aria-label": this.texts.position, "aria-valuemin": "0",
    });
    this.wave = new Waveform(this.stage, () => this.draw());
    this.playButton = makeButton("tp-play", this.texts.play, () => this.toggle());
    this.time = make("span", "tp-time");
    this.bar = make("div", "tp-bar");
    this.bar.append(this.playButton, this.time);
    if (this.getAttribute("spectrogram")) this.buildSpectrogram();
    if (this.sources[1]) this.buildCompare();
    this.status = make("span", "tp-status", { role: "status" });
    this.bar.append(this.status);
    this.list = make("ol", "tp-regions", { "aria-label": this.texts.places });
    this.list.append(...this.regions.map((region, n) => this.regionItem(region, n)));
    this.replaceChildren(this.stage, this.bar, ...(this.regions.length ? [this.list] : []));
    this.moved(0);
  }

  buildSpectrogram() {
    this.picture = make("img", "tp-spectrogram", { alt: "", loading: "lazy" });
    this.picture.hidden = true;
    this.stage.prepend(this.picture);
    this.pictureButton = this.switch(this.texts.spectrogram, () => this.toggleSpectrogram());
  }

  buildCompare() {
    this.compareButton = this.switch(this.texts.compare, () => this.toggleCompare());
    this.compareButton.title = this.texts.compareTitle;
  }

  switch(text, act) {
    const made = makeButton("tp-toggle", text, act);
    made.setAttribute("aria-pressed", "false");
    this.bar.append(made);
    return made;
  }

  regionItem(region, n) {
    const item = document.createElement("li");
    const chip = makeButton(`tp-region tp-${region.kind}`, "", () => this.goTo(n, true));
    const words = [["span", n + 1, "tp-number"], ["span", `${clock(region.start)}–${clock(region.end)}`, "tp-span"], ["bdi", region.label, ""]];
    for (const [tag, text, className] of words) chip.appendChild(make(tag, className)).textContent = text;
    item.append(chip);
    return item;
  }

  watch() {
    this.stage.addEventListener("pointerdown", (event) => {
      const box = this.stage.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.length());
    });
    this.stage.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in STEP_S) this.seek(this.position + STEP_S[event.key]);
    else if (event.key === "Home") this.seek(0);
    else if (event.key === "End") this.seek(this.length());
    else if (event.key === "Enter" || event.key === " ") this.toggle();
    else return;
    event.preventDefault();
  }

  length() {
    return this.current.duration || this.duration;
  }

  async load(source) {
    if (!source.address || source.peaks) return;
    try {
      const answer = await fetch(source.address);
      if (!answer.ok) throw new Error(answer.status);
      source.peaks = await answer.json();
      source.duration ||= source.peaks.duration_s;
      this.wave.show(this.current.peaks);
      this.moved(this.position);
    } catch {
      this.status.textContent = this.texts.noPeaks;
    }
  }

  // Public: what the desk's keys call.
  toggle() {
    const { sound } = this.current;
    if (!sound.paused) return sound.pause();
    if (Math.abs(sound.currentTime - this.position) > 0.05) sound.currentTime = this.position;
    return sound.play().catch(() => {}); // a failure arrives as an "error" event
  }

  goTo(n, andPlay = false) {
    const region = this.regions[n];
    if (!region) return;
    if (this.current !== this.sources[0]) this.toggleCompare();
    this.seek(region.start);
    this.region = region;
    if (andPlay && this.current.sound.paused) this.toggle();
  }

  toggleSpectrogram() {
    if (!this.picture) return;
    this.picture.src ||= this.getAttribute("spectrogram");
    this.picture.hidden = !this.picture.hidden;
    this.classList.toggle("tp-with-picture", !this.picture.hidden);
    this.pictureButton.setAttribute("aria-pressed", String(!this.picture.hidden));
    this.draw();
  }

  toggleCompare() {
    if (!this.sources[1]) return;
    const playing = !this.current.sound.paused;
    this.current.sound.pause();
    const toOther = this.current === this.sources[0];
    this.position = Math.max(0, this.position + (toOther ? 1 : -1) * this.shift(toOther));
    this.current = this.sources[toOther ? 1 : 0];
    this.load(this.current);
    this.compareButton.setAttribute("aria-pressed", String(toOther));
    this.status.textContent = toOther ? `${this.texts.hearing} ${this.getAttribute("compare-title") ?? ""}` : this.texts.hearingOwn;
    this.seek(this.position);
    this.wave.show(this.current.peaks);
    if (playing) this.toggle();
  }

  // Seconds between the same moment in both recordings, by the matched place nearest to here.
  shift(remember) {
    if (!remember) return this.shifted ?? 0;
    const matched = this.regions.filter((region) => region.compare_start !== undefined);
    const here = matched.find((region) => region.start <= this.position && this.position < region.end) ?? matched[0];
    this.shifted = here ? here.compare_start - here.start : 0;
    return this.shifted;
  }

  seek(seconds) {
    const place = Math.min(Math.max(seconds, 0), this.length() || seconds);
    if (this.current.sound.readyState > 0) this.current.sound.currentTime = place;
    this.moved(place);
  }

  async failed(source) {
    const address = this.getAttribute("renew");
    if (!address || source.renewed) return void (this.status.textContent = this.texts.noSound);
    source.renewed = true;
    const place = this.position;
    try {
      const links = await (await fetch(address)).json();
      source.sound.src = links[source.name.replace("-", "_")];
      this.position = place;
      await this.toggle();
    } catch {
      this.status.textContent = this.texts.noSound;
    }
  }

  moved(seconds) {
    this.position = seconds;
    this.time.textContent = `${clock(seconds)} / ${clock(this.length())}`;
    this.stage.setAttribute("aria-valuemax", String(Math.round(this.length())));
    this.stage.setAttribute("aria-valuenow", String(Math.round(seconds)));
    this.stage.setAttribute("aria-valuetext", `${clock(seconds)} / ${clock(this.length())}`);
    this.draw();
  }

  draw() {
    this.wave?.draw({
      position: this.position,
      length: this.length(),
      regions: this.current === this.sources[0] ? this.regions : [],
      silent: this.picture?.hidden === false,
    });
  }

  showState() {
    const playing = !this.current.sound.paused && !this.current.sound.ended;
    if (playing) this.current.renewed = false;
    this.playButton.textContent = playing ? this.texts.pause : this.texts.play;
    this.classList.toggle("tp-playing", playing);
    if (playing && !calm.matches) this.follow();
  }

  follow() {
    if (this.current.sound.paused) return;
    if (this.current.sound.readyState > 0) this.moved(this.current.sound.currentTime);
    requestAnimationFrame(() => this.follow());
  }
}

customElements.define("track-player", TrackPlayer);
