// Draws a waveform with its marked places on a canvas. Colours come from the style sheet: each is
// the text colour of a small element, so that light, dark and forced colours follow by themselves.

const COLOURS = ["wave", "played", "head", "held", "refused", "note"];
const dark = matchMedia("(prefers-color-scheme: dark)");
const [COLUMN, LABELS] = [2, 18]; // pixels per column, and above the wave for numbers where there are any

export class Waveform {
  constructor(stage, redraw) {
    this.stage = stage;
    this.redraw = redraw;
    this.low = [];
    this.high = [];
    this.columns = [];
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.swatches = COLOURS.map((name) => {
      const swatch = document.createElement("span");
      swatch.className = `tp-swatch tp-${name}`;
      swatch.setAttribute("aria-hidden", "true");
      return swatch;
    });
    stage.append(...this.swatches, this.canvas);
    new ResizeObserver(() => this.measure()).observe(stage);
    dark.addEventListener("change", () => this.recolour());
    new MutationObserver(() => this.recolour()).observe(document.documentElement, {
      attributeFilter: ["data-scheme"],
    });
  }

  // Peaks: as many of `low` as of `high`, integers of -127..127, evenly over the recording.
  show(peaks) {
    this.low = peaks?.low ?? [];
    this.high = peaks?.high ?? [];
    this.measure();
  }

  recolour() {
    this.colours = Object.fromEntries(
      this.swatches.map((swatch, n) => [COLOURS[n], getComputedStyle(swatch).color]),
    );
    this.redraw();
  }

  // One low and one high per pixel column, so that a frame costs the same for any length.
  measure() {
    const { width, height } = this.stage.getBoundingClientRect();
    [this.width, this.height, this.ratio] = [width, height, window.devicePixelRatio || 1];
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    const [columns, pairs] = [Math.floor(width / COLUMN), this.low.length];
    this.columns = Array.from({ length: pairs ? columns : 0 }, (_, n) => {
      const first = Math.floor((n * pairs) / columns);
      return this.extremes(first, Math.max(first + 1, Math.floor(((n + 1) * pairs) / columns)));
    });
    this.recolour();
  }

  extremes(first, last) {
    let [low, high] = [0, 0];
    for (let n = first; n < last; n += 1) {
      low = Math.min(low, this.low[n]);
      high = Math.max(high, this.high[n]);
    }
    return [low / 127, high / 127];
  }

  // Seconds for `position`, `length` and regions; `silent` leaves the wave out (a picture shows),
  // `unnumbered` the numbers of the regions.
  draw({ position, length, regions, silent, unnumbered }) {
    const pen = this.canvas.getContext("2d");
    if (!this.width || !this.colours) return;
    const x = (seconds) => (length ? (seconds / length) * this.width : 0);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    for (const [n, region] of regions.entries()) this.drawRegion(pen, region, unnumbered ? "" : n + 1, x);
    if (!silent) this.drawColumns(pen, x(position), unnumbered ? 0 : LABELS);
    pen.fillStyle = this.colours.head;
    pen.fillRect(x(position) - 1, 0, 2, this.height);
  }

  drawColumns(pen, played, labels) {
    const middle = (this.height + labels) / 2;
    const reach = (this.height - labels - 4) / 2;
    for (const [n, [low, high]] of this.columns.entries()) {
      pen.fillStyle = n * COLUMN < played ? this.colours.played : this.colours.wave;
      pen.fillRect(n * COLUMN, middle - high * reach, 1.4, Math.max(1, (high - low) * reach));
    }
  }

  drawRegion(pen, region, number, x) {
    const left = x(region.start);
    const wide = Math.max(3, x(region.end) - left);
    pen.fillStyle = this.colours[region.kind] ?? this.colours.note;
    pen.globalAlpha = 0.16;
    pen.fillRect(left, 0, wide, this.height);
    pen.globalAlpha = 1;
    pen.fillRect(left, 0, wide, 3);
    pen.font = "600 11px system-ui, sans-serif";
    pen.fillText(String(number), left + 3, 15);
  }
}
