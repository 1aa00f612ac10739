// The pages work without this script.
const all = (selector) => document.querySelectorAll(selector);

// Opened from disk, a folder shows its files, so links to folders get `index.html`.
if (location.protocol === "file:") {
  for (const link of all("a[href]")) {
    const [address, anchor] = link.getAttribute("href").split("#");
    if (address.endsWith("/") && !address.includes(":")) {
      link.setAttribute("href", address + "index.html" + (anchor === undefined ? "" : "#" + anchor));
    }
  }
}

// Adds a filter to long tables: shows rows that contain every word typed.
for (const table of all("table.filtered")) {
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length < 6) continue;
  const box = document.createElement("div");
  box.className = "filter";
  box.innerHTML = '<label><input type="search"></label><span role="status"></span>';
  box.querySelector("input").setAttribute("aria-label", "{{ 'table.filter.label' | t }}");
  table.before(box);
  box.addEventListener("input", ({ target }) => {
    const words = target.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const shown = rows.filter((row) => !row.hidden).length;
    box.lastChild.textContent = target.value.trim() && "{{ 'table.filter.shown' | t }}".replace("{shown}", shown).replace("{all}", rows.length);
  });
}

// Marks the section being read in the table of contents.
const links = all(".contents a");
const seen = new Set();
const watch = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) seen[isIntersecting ? "add" : "delete"]("#" + target.id);
  const first = Array.from(links).find((link) => seen.has(link.hash));
  for (const link of links) link === first ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
}, { rootMargin: "0px 0px -70%" });
for (const link of links) watch.observe(document.getElementById(link.hash.slice(1)));

// The link of a clause also copies its URL, if the browser allows it.
for (const link of all(".clause")) {
  link.onclick = async () => {
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText(link.href);
    link.dataset.copied = "";
    setTimeout(() => delete link.dataset.copied, 2000);
  };
}
