// What is wider than a phone scrolls within a box of its own, so that the page as a whole never moves sideways.
const whole = ".hoverable, .page table, .page img";

// A box that scrolls must be reached by the keyboard, one that does not would only be in its way.
const watch = new ResizeObserver(entries => {
  for (const {target} of entries) {
    if (target.scrollWidth > target.clientWidth && !target.querySelector("button, [tabindex]")) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

for (const wide of document.querySelectorAll(whole)) {
  if (wide.closest(".head") || wide.parentElement.closest(whole)) continue;
  const box = document.createElement("div");
  box.className = "scroll";
  wide.replaceWith(box);
  box.append(wide);
  watch.observe(box);
}
