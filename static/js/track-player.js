import { across, back } from "./aligned.js";
import { clock, make, makeButton, readJson } from "./elements.js";
import { Waveform } from "./waveform.js";

// <track-player>: the waveform of one recording, the places that matter in it, and a player.
//
// Attributes: peaks, audio (addresses); duration (seconds); spectrogram (address of a picture that
// spans the whole track); regions (JSON: [{start, end, label, kind: "held"|"refused"|"note"}], and
// of a match also {other, stretch, compare_start, compare_end}: the key of the other recording, the
// id of its <match-stretch>, and where the place lies there); others (JSON: [{key, title, audio,
// peaks, duration}], the recordings it is compared with); renew (address that answers {"audio",
// "others": {key: address}} when links have run out); texts (JSON: TEXTS in the reader's language).
// Peaks: {"low": […], "high": […], "duration_s"}, integers of -127..127, evenly over the track.
// `position` is always a second of the track, also while another recording is heard; every change
// is told as an event "track-moved". It never plays by itself and loads no sound before it is asked.

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
    const own = { key: "", audio: this.getAttribute("audio"), peaks: this.getAttribute("peaks"), duration: this.duration };
    this.sources = [own, ...readJson(this.getAttribute("others"), [])].map((told) => this.source(told));
    this.own = this.current = this.sources[0];
    this.build();
    this.watch();
    this.load(this.own).then(() => this.wave.show(this.own.peaks), () => { this.status.textContent = this.texts.noPeaks; });
  }

  source({ key, title, audio, peaks, duration }) {
    const sound = new Audio();
    sound.preload = "none";
    sound.src = audio ?? "";
    const made = { key, title, sound, address: peaks, duration, renewed: false };
    sound.addEventListener("timeupdate", () => made === this.current && this.moved(this.here(sound.currentTime)));
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
    if (this.matched().length) this.buildCompare();
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
    return this.own.duration || this.duration;
  }

  // The peaks of a recording, fetched once. Rejects where they cannot be had.
  load(source) {
    source.loading ??= (async () => {
      if (!source.address) return;
      const answer = await fetch(source.address);
      if (!answer.ok) throw new Error(answer.status);
      source.peaks = await answer.json();
      source.duration ||= source.peaks.duration_s;
    })();
    return source.loading;
  }

  otherOf(region) {
    return this.sources.find((source) => source.key && source.key === region?.other);
  }

  // The places whose other recording can be heard.
  matched() {
    return this.regions.filter((region) => this.otherOf(region));
  }

  // Where this moment lies in the recording that is heard, and the way back.
  there() {
    return this.current === this.own ? this.position : across(this.region, this.position);
  }

  here(seconds) {
    return this.current === this.own ? seconds : back(this.region, seconds);
  }

  // Public: what the desk's keys and the <match-stretch> elements call.
  toggle() {
    const { sound } = this.current;
    if (!sound.paused) return sound.pause();
    const place = Math.max(0, this.there());
    if (Math.abs(sound.currentTime - place) > 0.05) sound.currentTime = place;
    return sound.play().catch(() => {}); // a failure arrives as an "error" event
  }

  goTo(n, andPlay = false) {
    const region = this.regions[n];
    if (!region) return;
    const playing = !this.current.sound.paused;
    this.listenTo(this.own);
    this.region = region;
    this.seek(region.start);
    if ((andPlay || playing) && this.current.sound.paused) this.toggle();
    this.dispatchEvent(new CustomEvent("place-chosen", { detail: region }));
  }

  // The next or the last stretch that is shared, of any recording.
  step(by) {
    const matched = this.matched();
    if (!matched.length) return;
    const at = matched.indexOf(this.region);
    const next = at < 0 ? (by > 0 ? 0 : matched.length - 1) : (at + by + matched.length) % matched.length;
    this.goTo(this.regions.indexOf(matched[next]), true);
  }

  // Plays one side of a stretch from a second of the track; the same again pauses it.
  hear(region, side, seconds) {
    const source = side === "own" ? this.own : this.otherOf(region);
    if (!source) return;
    this.listenTo(source, region);
    this.seek(seconds);
    if (source.sound.paused) this.toggle();
  }

  isHeard(region, side) {
    const source = side === "own" ? this.own : this.otherOf(region);
    return this.region === region && this.current === source && !source.sound.paused;
  }

  listenTo(source, region = this.region) {
    if (this.current !== source) this.current.sound.pause();
    this.current = source;
    this.region = region;
    this.compareButton?.setAttribute("aria-pressed", String(source !== this.own));
    if (this.compareButton) this.status.textContent = source === this.own ? this.texts.hearingOwn : `${this.texts.hearing}: ${source.title}`;
  }

  toggleSpectrogram() {
    if (!this.picture) return;
    this.picture.src ||= this.getAttribute("spectrogram");
    this.picture.hidden = !this.picture.hidden;
    this.classList.toggle("tp-with-picture", !this.picture.hidden);
    this.pictureButton.setAttribute("aria-pressed", String(!this.picture.hidden));
    this.draw();
  }

  // The other recording at the same moment, or back. By the stretch that was chosen last; where
  // none was, by the one that holds this moment.
  toggleCompare() {
    const matched = this.matched();
    if (!matched.length) return;
    const playing = !this.current.sound.paused;
    const toOther = this.current === this.own;
    const here = matched.find((region) => region.start <= this.position && this.position < region.end);
    const region = matched.includes(this.region) ? this.region : (here ?? matched[0]);
    this.listenTo(toOther ? this.otherOf(region) : this.own, region);
    this.seek(this.position);
    if (playing) this.toggle();
  }

  // Seconds of the track. Another recording may reach further at both ends.
  seek(seconds) {
    this.position = this.current === this.own ? Math.min(Math.max(seconds, 0), this.length() || seconds) : seconds;
    if (this.current.sound.readyState > 0) this.current.sound.currentTime = Math.max(0, this.there());
    this.moved(this.position);
  }

  async failed(source) {
    const address = this.getAttribute("renew");
    if (!address || source.renewed) return void (this.status.textContent = this.texts.noSound);
    source.renewed = true;
    const place = this.position;
    try {
      const links = await (await fetch(address)).json();
      source.sound.src = source === this.own ? links.audio : links.others[source.key];
      this.position = place;
      await this.toggle();
    } catch {
      this.status.textContent = this.texts.noSound;
    }
  }

  moved(seconds) {
    this.position = seconds;
    const there = this.current === this.own ? "" : ` = B ${clock(this.there())}`;
    this.time.textContent = `${clock(seconds)}${there} / ${clock(this.length())}`;
    this.stage.setAttribute("aria-valuemax", String(Math.round(this.length())));
    this.stage.setAttribute("aria-valuenow", String(Math.round(seconds)));
    this.stage.setAttribute("aria-valuetext", `${clock(seconds)} / ${clock(this.length())}`);
    this.draw();
    this.dispatchEvent(new CustomEvent("track-moved"));
  }

  draw() {
    this.wave?.draw({
      position: this.position,
      length: this.length(),
      regions: this.regions,
      silent: this.picture?.hidden === false,
    });
  }

  showState() {
    const playing = !this.current.sound.paused && !this.current.sound.ended;
    if (playing) this.current.renewed = false;
    this.playButton.textContent = playing ? this.texts.pause : this.texts.play;
    this.classList.toggle("tp-playing", playing);
    this.dispatchEvent(new CustomEvent("track-moved"));
    if (playing && !calm.matches) this.follow();
  }

  follow() {
    if (this.current.sound.paused) return;
    if (this.current.sound.readyState > 0) this.moved(this.here(this.current.sound.currentTime));
    requestAnimationFrame(() => this.follow());
  }
}

customElements.define("track-player", TrackPlayer);
