import { across, back } from "./aligned.js";
import { Waveform } from "./waveform.js";

// <match-stretch>: a stretch that the track of the page's <track-player> shares with another
// recording, both waveforms laid on each other: the track above, the other one below, so that the
// same moment is in the same place. A click in either plays that recording from there.
//
// Attributes, all seconds: data-start, data-end, data-from, data-to (what is shared and what is
// drawn of the track), data-there-* (the same of the other recording). Its id is the `stretch` of
// a region of the player. Without a script its strip of errors and its times still tell it.

class MatchStretch extends HTMLElement {
  connectedCallback() {
    if (this.player) return;
    customElements.whenDefined("track-player").then(() => this.start());
  }

  start() {
    this.player = document.querySelector("track-player");
    this.region = this.player?.regions?.find((region) => region.stretch === this.id);
    const other = this.region && this.player.otherOf(this.region);
    if (!other) return;
    const part = (name) => Number(this.dataset[name]);
    this.sides = [
      { side: "own", source: this.player.own, start: part("start"), end: part("end"), from: part("from"), to: part("to") },
      { side: "other", source: other, start: part("thereStart"), end: part("thereEnd"), from: part("thereFrom"), to: part("thereTo") },
    ];
    this.player.addEventListener("track-moved", () => this.draw());
    this.player.addEventListener("place-chosen", (event) => event.detail === this.region && this.open());
    new IntersectionObserver((seen, watch) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      this.build();
    }).observe(this.closest("details") ?? this);
  }

  open() {
    const box = this.closest("details");
    if (box) box.open = true;
    this.scrollIntoView({ block: "nearest" });
  }

  build() {
    for (const side of this.sides) {
      const row = this.querySelector(`[data-side="${side.side}"]`);
      row.hidden = false;
      const stage = row.querySelector(".ms-stage");
      side.wave = new Waveform(stage, () => this.draw());
      stage.addEventListener("pointerdown", (event) => {
        const box = stage.getBoundingClientRect();
        const place = side.from + ((event.clientX - box.left) / box.width) * (side.to - side.from);
        this.player.hear(this.region, side.side, side.side === "own" ? place : back(this.region, place));
      });
      this.player.load(side.source).then(() => side.wave.show(cut(side.source.peaks, side.from, side.to)), () => {});
    }
    this.querySelector(".ms-bar").hidden = false;
    this.buttons = [...this.querySelectorAll("[data-hear]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => {
        const heard = this.player.isHeard(this.region, button.dataset.hear);
        if (heard) this.player.toggle();
        else this.player.hear(this.region, button.dataset.hear, this.region.start);
      });
    }
    this.draw();
  }

  draw() {
    if (!this.sides[1].wave) return;
    const { position } = this.player;
    for (const { side, wave, from, to, start, end } of this.sides) {
      const here = side === "own" ? position : across(this.region, position);
      const shared = { start: start - from, end: end - from, kind: this.dataset.kind };
      wave.draw({ position: here - from, length: to - from, regions: [shared], unnumbered: true });
    }
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(this.player.isHeard(this.region, button.dataset.hear)));
    }
  }
}

// The peaks between two seconds; flat where the recording does not reach.
function cut(peaks, from, to) {
  if (!peaks?.low?.length) return null;
  const each = peaks.seconds || peaks.duration_s / peaks.low.length;
  const [first, last] = [Math.floor(from / each), Math.ceil(to / each)];
  const part = (values) => Array.from({ length: Math.max(1, last - first) }, (_, n) => values[first + n] ?? 0);
  return { low: part(peaks.low), high: part(peaks.high) };
}

customElements.define("match-stretch", MatchStretch);
