// Moves between changes by key and button, shows versions side by side, and prints all changes. The page works without this script.
(() => {
  const page = document.querySelector(".redline-page"), redline = document.getElementById("redline");
  if (!page || !redline) return;
  document.documentElement.classList.add("scripts");
  const all = (within, what) => [...within.querySelectorAll(what)];
  const make = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...inside);
    return element;
  };
  const changes = all(redline, "[id]").filter(({ id }) => /^c\d+$/.test(id)), many = changes.length;
  // Visible changes, in the side-by-side view too.
  const places = new Map(changes.map((change) => [change.id, [change]]));
  const seen = ({ id }) => places.get(id).find((element) => element.getClientRects().length);
  const status = make("p", { class: "hidden", role: "status" }), count = make("span");
  let at = -1, stood = -1, waiting;
  const stand = (place, scrolled) => {
    [at, stood] = [place, scrolled];
    count.dataset.at = `${at + 1} / ${many}`;
  };
  const go = (by) => {
    let to = at, change;
    for (let tries = many; tries && !change; tries -= 1) {
      to = to + by < 0 ? many - 1 : (to + by) % many;
      change = seen(changes[to]);
    }
    if (!change) return;
    change.tabIndex = -1;
    change.focus({ preventScroll: true });
    change.scrollIntoView({ block: "center" });
    stand(to, scrollY);
    const copy = changes[to].closest("section")?.querySelector("h1, h2, h3, h4, h5, h6")?.cloneNode(true);
    if (copy) all(copy, "[data-redline-skip], del").forEach((ours) => ours.remove());
    const said = copy ? "{{ 'redline.at.section' | t }}" : "{{ 'redline.at' | t }}";
    const values = { change: to + 1, all: many, section: copy?.textContent.trim() };
    status.textContent = said.replace(/{(\w+)}/g, (_, name) => values[name]);
  };
  const step = (label, by) => {
    const button = make("button", { type: "button", "aria-label": label });
    button.onclick = () => go(by);
    return button;
  };
  redline.before(status, make("div", { class: "stepper", role: "group", "aria-label": "{{ 'redline.changes' | t }}" }, step("{{ 'redline.step.previous' | t }}", -1), count, step("{{ 'redline.step.next' | t }}", 1)));
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    const by = { n: 1, j: 1, p: -1, k: -1 }[event.key];
    if (!by || field || event.ctrlKey || event.metaKey || event.altKey) return;
    go(by);
    event.preventDefault();
  });
  // After scrolling, the next change is counted from there.
  const follow = () => {
    waiting = 0;
    if (stood < 0 || Math.abs(scrollY - stood) > innerHeight / 4) {
      stand(changes.findLastIndex((change) => seen(change)?.getBoundingClientRect().top < innerHeight / 2), -1);
    }
  };
  addEventListener("scroll", () => { waiting ||= requestAnimationFrame(follow); }, { passive: true });
  const led = () => {
    const place = changes.findIndex(({ id }) => `#${id}` === location.hash);
    stand(place, place < 0 ? -1 : scrollY + changes[place].getBoundingClientRect().top);
  };
  addEventListener("hashchange", led);
  led();

  // One column per version: moved text stays at its own place in each, and elements left empty are removed.
  const drop = (copy, what) => all(copy, what).forEach((gone) => {
    for (let around; gone !== copy; gone = around) {
      around = gone.parentElement;
      gone.remove();
      if (!around || around.matches("td, th") || around.textContent.trim() || around.querySelector("hr, .image, td")) break;
    }
  });
  const before = ({ dataset }) => {
    const there = redline.querySelector(`[data-move-to="${dataset.moveFrom}"]`), { localName } = there.parentElement;
    return /^span(p|h\d)$/.test(there.localName + localName) ? make(localName, {}, older(there)) : older(there);
  };
  const older = (element) => {
    const copy = element.cloneNode(true);
    drop(copy, "[data-move-to]");
    all(copy, "[data-stub]").forEach((stub) => stub.replaceWith(before(stub)));
    return copy;
  };
  page.querySelector("[value=sides]")?.addEventListener("change", () => {
    if (page.querySelector(".sides")) return;
    const sides = make("div", { class: "sides redline" });
    for (const part of redline.children) {
      const { moveFrom, moveTo } = part.dataset;
      const columns = { older: moveFrom ? before(part) : moveTo ? "" : older(part), newer: moveFrom ? "" : part.cloneNode(true) };
      for (const side in columns) {
        const cell = make("div", { class: side }, columns[side]);
        drop(cell, ".jump, .pilcrow, .said:not(:is(ins, del, .mod) > .said)");
        drop(cell, side === "older" ? "ins, [data-diff=ins], .note, p.moved, .turn:not([data-diff])" : "del, [data-diff=del], .stub, .gone");
        all(cell, "[id]").forEach((element) => {
          places.get(element.id)?.push(element);
          element.removeAttribute("id");
        });
        sides.append(cell);
      }
    }
    redline.after(sides);
  });
  addEventListener("beforeprint", () => all(redline, "details").forEach((part) => { part.open = true; }));
})();
