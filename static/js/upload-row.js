// One file on its way, as a line of the list: what it says, what can be done with it.

const UNITS = ["B", "kB", "MB", "GB"];

export function bytes(count) {
  let unit = 0;
  for (; count >= 1000 && unit < UNITS.length - 1; unit += 1) count /= 1000;
  return `${count.toFixed(count < 10 && unit > 1 ? 1 : 0)} ${UNITS[unit]}`;
}

export class Row {
  /** `element`: a line that the server wrote, or a new one made from the template. */
  constructor(section, element) {
    this.section = section;
    this.element = element ?? this.#make();
    this.bar = this.element.querySelector("progress");
    this.marks = [];
  }

  #make() {
    const template = this.section.querySelector("template[data-row]");
    const element = template.content.firstElementChild.cloneNode(true);
    this.section.querySelector("[data-list]").append(element);
    return element;
  }

  get name() {
    return this.element.querySelector("bdi").textContent;
  }

  set name(name) {
    this.element.querySelector("bdi").textContent = name;
    this.bar.setAttribute("aria-label", name);
  }

  /** `state` chooses the look and the word; `text` says more than the word. */
  show(state, text = "") {
    this.element.dataset.state = state;
    this.bar.hidden = !["queued", "uploading", "paused", "retrying", "left"].includes(state);
    const told = this.element.querySelector(".upload-told");
    const icon = this.section
      .querySelector("template[data-icons]")
      .content.querySelector(`[data-icon=${state}] > *`);
    const words = document.createElement("span");
    words.textContent = text || this.section.dataset[state];
    told.replaceChildren(...(icon ? [icon.cloneNode(true)] : []), words);
    this.act();
  }

  progress(sent, total) {
    this.bar.max = total;
    this.bar.value = sent;
    const speed = this.#speed(sent);
    this.element.dataset.state = "uploading";
    this.element.querySelector(".upload-told").textContent = speed
      ? `${this.share} · ${bytes(speed)}/s`
      : this.share;
  }

  get share() {
    return `${Math.floor((100 * this.bar.value) / this.bar.max)} %`;
  }

  /** Bytes a second over the last three seconds. */
  #speed(sent) {
    const now = performance.now();
    this.marks = [...this.marks.filter(([at]) => now - at < 3000), [now, sent]];
    const [at, before] = this.marks[0];
    return now - at > 500 ? Math.max(0, ((sent - before) * 1000) / (now - at)) : 0;
  }

  forgetSpeed() {
    this.marks = [];
  }

  /** Buttons from pairs of a word's key and what it does. */
  act(...buttons) {
    const made = buttons.map(([key, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "as-link";
      button.textContent = this.section.dataset[key];
      button.setAttribute("aria-label", `${button.textContent}: ${this.name}`);
      button.addEventListener("click", act);
      return button;
    });
    const place = this.element.querySelector(".upload-act");
    const focused = place.contains(document.activeElement);
    place.replaceChildren(...made);
    if (focused) made[0]?.focus();
  }

  /** Says it to screen readers: changes of state only, never numbers that run. */
  announce() {
    const told = this.element.querySelector(".upload-told").textContent;
    this.section.querySelector("[data-told]").textContent = `${this.name}: ${told}`;
  }

  remove() {
    this.element.remove();
  }
}
