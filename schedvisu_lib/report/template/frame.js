// Marks the page that is in view in the list of contents.
const links = new Map([...document.querySelectorAll("nav.contents a")].map(a => [a.hash.slice(1), a]));
const watch = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of links.values()) link.classList.toggle("current", link === links.get(entry.target.id));
    links.get(entry.target.id)?.scrollIntoView({block: "nearest"});
  }
}, {rootMargin: "-40% 0px -59% 0px"});
for (const page of document.querySelectorAll("section.page")) watch.observe(page);
