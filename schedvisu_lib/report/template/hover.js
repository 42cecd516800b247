// Tells of the exam under the pointer, under a finger, or reached by the arrow keys: type, times, duration, take, day.
// The facts stand beside each picture as JSON; figures/hover.py says how.
const REACH = {mouse: 2, pen: 4, touch: 12}; // how far from a box it still counts, in pixels

const tip = document.createElement("div");
tip.className = "tooltip";
tip.hidden = true;
const said = document.createElement("div"); // for screen readers: a region has to be there before its words
said.className = "said";
said.ariaLive = "polite";
document.body.append(tip, said);

let current = null; // the picture whose exam is shown

function clock(minutes) {
  const two = number => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

// Returns the exams of a picture in order; x and y are in thousandths of it.
function readExams(facts) {
  return facts.days.flatMap(([dayName, rows], day) =>
    rows.map(([left, right, top, bottom, type, start, end, minutes, take, takes]) => {
      const parts = [facts.types[type], `${clock(start)}–${clock(end)}`, `${minutes} min`];
      if (takes) parts.push(facts.take.replace("{take}", take).replace("{takes}", takes));
      return {left, right, top, bottom, day, start, words: parts.join(" · "), dayName};
    }),
  );
}

class Picture {
  constructor(box) {
    this.box = box;
    this.image = box.querySelector("img");
    this.position = -1;
    this.mark = document.createElement("div");
    this.mark.className = "mark";
    this.mark.hidden = true;
    box.append(this.mark);
    box.tabIndex = 0;
    box.setAttribute("role", "application"); // else a screen reader keeps the arrow keys to itself
    box.ariaLabel = this.image.alt;
    box.addEventListener("pointermove", event => event.pointerType === "touch" || this.point(event));
    box.addEventListener("pointerleave", event => event.pointerType === "touch" || this.hide());
    box.addEventListener("click", event => this.point(event));
    box.addEventListener("keydown", event => this.press(event));
    box.addEventListener("focus", () => box.matches(":focus-visible") && this.position < 0 && this.explain());
    box.addEventListener("blur", () => this.hide());
  }

  // Read at the first use: a page of years has thousands.
  get facts() {
    if (!this.read) {
      const facts = JSON.parse(this.box.querySelector("script").textContent);
      this.read = {...facts, exams: readExams(facts)};
    }
    return this.read;
  }

  get exams() {
    return this.facts.exams;
  }

  point(event) {
    const frame = this.image.getBoundingClientRect();
    const [across, down] = [frame.width / 1000, frame.height / 1000];
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let best = {distance: REACH[event.pointerType] ?? REACH.mouse, size: Infinity, position: -1};
    this.exams.forEach(({left, right, top, bottom}, position) => {
      const distance = Math.max(left * across - x, x - right * across, top * down - y, y - bottom * down, 0);
      const size = (right - left) * (bottom - top);
      if (distance < best.distance || (distance === best.distance && size < best.size)) best = {distance, size, position};
    });
    if (best.position < 0) this.hide();
    else if (best.position !== this.position || tip.hidden) this.show(best.position);
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") return this.hide();
    const position = this.reached(event.key);
    if (position === undefined) return;
    event.preventDefault();
    this.show(position);
    this.mark.scrollIntoView({block: "nearest", inline: "nearest"});
    said.textContent = `${this.exams[position].words} · ${this.exams[position].dayName}`;
  }

  // Returns the position of the exam to which a key leads; the last one stays where there is none beyond.
  reached(key) {
    const last = this.exams.length - 1;
    const [after, before, nextDay, dayBefore] =
      this.facts.hours === "y"
        ? ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"]
        : ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"];
    if (key === "Home") return 0;
    if (key === "End") return last;
    if (![after, before, nextDay, dayBefore].includes(key)) return undefined;
    if (this.position < 0) return 0;
    if (key === after) return Math.min(this.position + 1, last);
    if (key === before) return Math.max(this.position - 1, 0);
    return this.onDay(key === nextDay ? 1 : -1);
  }

  // Returns the exam of another day that starts nearest to the present one's time.
  onDay(step) {
    const {day, start} = this.exams[this.position];
    const others = this.exams.filter(exam => exam.day === day + step);
    if (!others.length) return this.position;
    const far = exam => Math.abs(exam.start - start);
    return this.exams.indexOf(others.reduce((a, b) => (far(b) < far(a) ? b : a)));
  }

  show(position) {
    if (current !== this) current?.hide();
    current = this;
    this.position = position;
    const {left, right, top, bottom, words, dayName} = this.exams[position];
    const percent = value => `${value / 10}%`;
    this.mark.hidden = false;
    Object.assign(this.mark.style, {
      left: percent(left), width: percent(right - left), top: percent(top), height: percent(bottom - top),
    });
    tell(words, dayName, this.mark);
  }

  explain() {
    current = this;
    tell(this.facts.hint, "", this.box);
    said.textContent = this.facts.hint;
  }

  hide() {
    if (current !== this) return;
    current = null;
    tip.hidden = this.mark.hidden = true;
    said.textContent = "";
  }
}

function tell(words, below, beside) {
  const line = document.createElement("span");
  line.textContent = below;
  tip.replaceChildren(words, line);
  tip.hidden = false;
  tip.beside = beside;
  place();
}

// Above what it tells of, or below where there is no room, and within the window.
function place() {
  if (tip.hidden) return;
  const [box, size] = [tip.beside.getBoundingClientRect(), tip.getBoundingClientRect()];
  const left = Math.min(Math.max(box.left + box.width / 2 - size.width / 2, 4), innerWidth - size.width - 4);
  const above = box.top - size.height - 6;
  tip.style.left = `${Math.max(left, 4)}px`;
  tip.style.top = `${above >= 4 ? above : Math.min(box.bottom + 6, innerHeight - size.height - 4)}px`;
}

const attached = new WeakSet();

function attach(root) {
  if (current && !current.box.isConnected) current.hide();
  for (const box of root.querySelectorAll(".hoverable")) {
    if (attached.has(box)) continue;
    attached.add(box);
    new Picture(box);
  }
}

attach(document);
document.addEventListener("inserted", event => attach(event.target)); // the explorer's pictures come later
document.addEventListener("scroll", place, {capture: true, passive: true});
addEventListener("resize", place);
document.addEventListener("pointerdown", event => current?.box.contains(event.target) || current?.hide());
