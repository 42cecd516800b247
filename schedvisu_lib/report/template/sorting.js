// Tables whose rows are items are sorted by a click on a heading: upwards, downwards, and as they were.
const NEXT = {none: "ascending", ascending: "descending", descending: "none"};

// Returns how a language orders texts and writes numbers.
function readLanguage(language) {
  const parts = new Intl.NumberFormat(language, {useGrouping: "always"}).formatToParts(1234.5);
  const signs = Object.fromEntries(parts.map(part => [part.type, part.value]));
  return {collator: new Intl.Collator(language, {numeric: true}), signs};
}

// Returns a number as the language writes it, perhaps with a unit, or a duration (h:mm) in minutes; null for a text.
function parse(text, signs) {
  const plain = text.replace(/\s/g, "").replace("\u2212", "-").replaceAll(signs.group, "").replace(signs.decimal, ".");
  const clock = /^([+-]?)(\d+):(\d\d)$/.exec(plain);
  if (clock) return Number(`${clock[1]}1`) * (60 * clock[2] + Number(clock[3]));
  const number = /^[+-]?\d+(\.\d+)?(?=[^\d.:]*$)/.exec(plain);
  return number && Number(number[0]);
}

// Returns what a cell sorts by: a number, a text, or null for nothing.
function keyOf(cell, signs) {
  const given = cell.dataset.sort;
  if (given !== undefined) return given === "" ? null : Number.isNaN(Number(given)) ? given : Number(given);
  const text = cell.textContent.trim().split("\n")[0].trim();
  return text === "" || text === "–" ? null : parse(text, signs) ?? text;
}

function compare(a, b, collator) {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
}

// Returns the rows in order; those without a value come last in both directions, equals stay as they were.
function sorted(rows, column, order, {collator, signs}) {
  if (order === "none") return rows;
  const keyed = rows.map(row => ({row, key: keyOf(row.cells[column], signs)}));
  const allNumbers = keyed.every(({key}) => key === null || typeof key === "number");
  const known = keyed.filter(({key}) => key !== null);
  if (!allNumbers) known.forEach(item => (item.key = String(item.key)));
  const sign = order === "ascending" ? 1 : -1;
  known.sort((a, b) => sign * compare(a.key, b.key, collator));
  return [...known, ...keyed.filter(({key}) => key === null)].map(({row}) => row);
}

function makeSortable(table) {
  const headings = [...table.tHead.rows[0].cells].filter(heading => heading.textContent.trim());
  const bodies = [...table.tBodies].filter(body => !body.classList.contains("apart"));
  const original = bodies.map(body => [...body.rows]);
  if (!original.some(rows => rows.length > 1)) return;

  function sortBy(heading) {
    const order = NEXT[heading.ariaSort ?? "none"];
    for (const other of headings) other.ariaSort = null;
    if (order !== "none") heading.ariaSort = order;
    const language = readLanguage(table.closest("[lang]")?.lang);
    bodies.forEach((body, n) => body.append(...sorted(original[n], heading.cellIndex, order, language)));
  }

  function addButtons() {
    for (const heading of headings) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sortBy(heading));
      heading.append(button);
    }
  }

  function removeButtons() {
    for (const heading of headings) heading.replaceChildren(...heading.firstElementChild.childNodes);
  }

  addButtons();
  made.set(table, {addButtons, removeButtons});
}

const made = new Map(); // what was made of each table

// On paper nobody clicks, and a PDF would list them.
addEventListener("beforeprint", () => made.forEach(({removeButtons}) => removeButtons()));
addEventListener("afterprint", () => made.forEach(({addButtons}) => addButtons()));

// The rows of a count table are different measures.
function attach(root) {
  for (const table of made.keys()) if (!table.isConnected) made.delete(table);
  for (const table of root.querySelectorAll(":is(.page, .sv-screen .widget-html-content) table:not(.counts)")) {
    if (table.tHead && !table.tHead.querySelector("button")) makeSortable(table);
  }
}

attach(document);
document.addEventListener("inserted", event => attach(event.target)); // the explorer's tables come later
