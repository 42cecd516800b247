// The list of contents: it marks the page in view, keys lead to the next one, and on a phone it is a menu.
const nav = document.querySelector("nav.contents");
const links = [...(nav?.querySelectorAll("a") ?? [])];

function mark(anchor) {
  for (const link of links) {
    if (link.hash !== `#${anchor}`) link.removeAttribute("aria-current");
    else {
      link.setAttribute("aria-current", "true");
      link.scrollIntoView({block: "nearest"});
    }
  }
}

// The page that crosses a line above the middle of the window is the one that is read.
function watchPages() {
  const watch = new IntersectionObserver(
    entries => entries.filter(entry => entry.isIntersecting).forEach(entry => mark(entry.target.id)),
    {rootMargin: "-40% 0px -59% 0px"},
  );
  for (const page of document.querySelectorAll("section.page")) watch.observe(page);
}

function isTyping(target) {
  return target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName);
}

function followKeys() {
  const steps = {j: 1, k: -1};
  document.addEventListener("keydown", event => {
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const here = links.findIndex(link => link.hasAttribute("aria-current"));
    const next = links[here + steps[event.key]];
    if (!next) return;
    location.hash = next.hash; // as a click does: the browser's "back" leads back, and Tab goes on from there
    mark(next.hash.slice(1)); // at once, for who presses the key twice
  });
}

// The button is hidden without a script, and the list is always open.
function openMenu() {
  const button = nav.querySelector("button");
  const set = open => button.setAttribute("aria-expanded", open);
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  button.hidden = false;
  button.addEventListener("click", () => set(!isOpen()));
  for (const link of links) link.addEventListener("click", () => set(false));
  document.addEventListener("click", event => nav.contains(event.target) || set(false));
  nav.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !isOpen()) return;
    set(false);
    button.focus();
  });
}

if (nav) {
  watchPages();
  followKeys();
  openMenu();
}
