// Makes what the kernel shows live: scripts of the report for figures and tables, sizes, and words for screen readers.
// It runs once in a page, however often its cell is executed.
(known => {
  if (window.schedvisu) return;
  window.schedvisu = true;

  for (const text of known.scripts) {
    const script = document.createElement("script");
    script.type = "module";
    script.textContent = text;
    document.head.append(script);
  }

  const MILLIMETRE = 96 / 25.4; // in pixels
  const [LEAST, MOST] = [1, 1.7]; // zoom: what is wider than its place then scrolls

  // What was drawn for paper of one width is shown as wide as its place.
  function fit(drawing) {
    const paper = parseFloat(getComputedStyle(drawing).getPropertyValue("--sv-paper")) * MILLIMETRE;
    const zoom = Math.min(Math.max(drawing.clientWidth / paper, LEAST), MOST).toFixed(3);
    if (drawing.clientWidth > 0) drawing.style.setProperty("--sv-zoom", zoom);
  }

  const sizes = new ResizeObserver(entries => entries.forEach(({target}) => fit(target)));
  const attended = new WeakSet();

  function attend(screen) {
    screen.lang = known.language;
    for (const drawing of screen.querySelectorAll(".sv-drawing")) {
      fit(drawing); // its paper may have changed with the number of sides
      if (attended.has(drawing)) continue;
      attended.add(drawing);
      sizes.observe(drawing);
    }
    // A button that is on must be heard, not only seen.
    for (const button of screen.querySelectorAll(".widget-toggle-button, .widget-toggle-buttons button")) {
      button.ariaPressed = button.classList.contains("mod-active");
    }
    for (const box of screen.querySelectorAll(".sv-banner, .sv-problem, .sv-busy")) box.ariaLive = "polite";
    for (const heading of screen.querySelectorAll(".sv-filters .jupyter-widget-Collapse-header")) makeButton(heading);
    screen.dispatchEvent(new Event("inserted", {bubbles: true})); // to sorting.js and hover.js
  }

  // The heading of a fold is a button for the keyboard, too.
  function makeButton(heading) {
    heading.ariaExpanded = heading.parentElement.classList.contains("jupyter-widget-Collapse-open");
    if (heading.tabIndex === 0) return;
    heading.tabIndex = 0;
    heading.role = "button";
    heading.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      heading.click();
    });
  }

  let asked = false;
  function attendSoon() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      document.querySelectorAll(".sv-screen").forEach(attend);
    });
  }

  // Widgets come bit by bit, and get their classes later.
  new MutationObserver(attendSoon).observe(document.body, {childList: true, subtree: true, attributeFilter: ["class"]});
  attendSoon();
})({/* what look.py knows */});
