// The pages are whole without this file.
// From disk a browser opens a folder as a list of files, so links to folders get their page there.
if (location.protocol === "file:") {
  for (const link of document.querySelectorAll("a[href]")) {
    const [address, anchor] = link.getAttribute("href").split("#");
    if (address.endsWith("/") && !address.includes(":")) {
      link.setAttribute("href", address + "index.html" + (anchor === undefined ? "" : "#" + anchor));
    }
  }
}

// A long table gets a box that shows the rows with all the words typed into it.
for (const table of document.querySelectorAll("table.filtered")) {
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length < 6) continue;
  const make = (name, attributes) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const box = make("div", { class: "filter" });
  const label = make("label", {});
  const input = make("input", { type: "search", "aria-label": "Filter the table" });
  const status = make("span", { role: "status" });
  label.append(input);
  box.append(label, status);
  table.before(box);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    status.textContent = words.length ? shown + " of " + rows.length + " shown" : "";
  });
}

// The contents mark the section that is being read.
const entries = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (section) entries.set(section, link);
}
if (entries.size && "IntersectionObserver" in window) {
  const seen = new Set();
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) isIntersecting ? seen.add(target) : seen.delete(target);
    let found = false;
    for (const [section, link] of entries) {
      if (!found && seen.has(section)) {
        found = true;
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  }, { rootMargin: "0px 0px -70% 0px" });
  for (const section of entries.keys()) watch.observe(section);
}

// The sign of a clause also copies the clause's address, where the browser lets it.
for (const link of document.querySelectorAll("a.clause")) {
  link.addEventListener("click", () => {
    if (!navigator.clipboard) return;
    navigator.clipboard.writeText(link.href).then(() => {
      link.dataset.copied = "";
      setTimeout(() => delete link.dataset.copied, 2000);
    }, () => {});
  });
}
