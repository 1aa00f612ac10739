// Changes by key, side by side, and all of it on paper. The page is whole without.
(() => {
  const page = document.querySelector(".redline-page"), redline = document.getElementById("redline");
  if (!page || !redline) return;
  document.documentElement.classList.add("scripts");
  const changes = [...redline.querySelectorAll("[id]")].filter((element) => /^c\d+$/.test(element.id));
  const status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  page.append(status);
  let at = -1;
  const go = (to) => {
    if (!changes.length) return;
    at = (to + changes.length) % changes.length;
    const change = changes[at];
    for (let around = change.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    change.tabIndex = -1;
    change.focus({ preventScroll: true });
    change.scrollIntoView({ block: "center" });
    const section = change.closest("section")?.querySelector("h1, h2, h3, h4, h5, h6");
    const copy = section?.cloneNode(true);
    copy?.querySelectorAll("[data-redline-skip], del").forEach((ours) => ours.remove());
    status.textContent = `Change ${at + 1} of ${changes.length}${copy ? `, section ${copy.textContent.trim()}` : ""}`;
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n" || event.key === "j") go(at + 1);
    else if (event.key === "p" || event.key === "k") go(at < 0 ? -1 : at - 1);
    else return;
    event.preventDefault();
  });
  const follow = () => {
    const there = changes.findIndex((change) => `#${change.id}` === location.hash);
    if (there >= 0) at = there;
  };
  addEventListener("hashchange", follow);
  follow();
  page.querySelector("[value=sides]")?.addEventListener("change", () => {
    if (page.querySelector(".sides")) return;
    const sides = document.createElement("div");
    sides.className = "sides redline";
    for (const part of redline.children) {
      for (const side of ["older", "newer"]) {
        const cell = document.createElement("div"), copy = part.cloneNode(true);
        cell.className = side;
        for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
        cell.append(copy);
        sides.append(cell);
      }
    }
    redline.after(sides);
  });
  addEventListener("beforeprint", () => redline.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
