// Follows the saves of the page's author. It is added to a page when `policybook serve` answers, and is in no built site.
"use strict";
{
  const own = document.currentScript;
  const told = new URL("events", own.src);
  const kept = "policybook:scroll";
  const say = policybookOverlay();
  let digest = own.dataset.digest;
  let source;
  let again;

  // A reload leaves the reader where they were.
  const place = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  sessionStorage.removeItem(kept);
  if (place?.path === location.pathname) {
    const back = () => scrollTo({ left: place.x, top: place.y, behavior: "instant" });
    addEventListener("load", () => requestAnimationFrame(back), { once: true });
  }
  function reload() {
    hush();
    sessionStorage.setItem(kept, JSON.stringify({ path: location.pathname, x: scrollX, y: scrollY }));
    location.reload();
  }

  // The old sheet goes when the new one is there, so that the page is never bare; and with it the one before, if it still waits for that.
  const waiting = new WeakMap();
  function swap(before, after) {
    for (const old of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const address = old.getAttribute("href");
      if (!address.endsWith(before)) continue;
      const sheet = old.cloneNode();
      const gone = [old, ...(waiting.get(old) ?? [])];
      const drop = () => gone.forEach((link) => link.remove());
      waiting.set(sheet, gone);
      sheet.setAttribute("href", address.slice(0, -before.length) + after);
      sheet.addEventListener("load", drop, { once: true });
      sheet.addEventListener("error", drop, { once: true });
      old.after(sheet);
    }
  }

  function hear(event) {
    const news = JSON.parse(event.data);
    if (news.page === "other") return reload();
    news.styles.forEach(([before, after]) => swap(before, after));
    digest = news.digest;
    say(news);
  }

  // A page that nobody looks at does not listen: browsers have few connections to one host. It hears what it missed when it is looked at.
  function listen() {
    hush();
    if (document.hidden) return;
    told.search = new URLSearchParams({ page: location.pathname, digest });
    source = new EventSource(told);
    source.onmessage = hear;
    // Asked again by hand, to tell what the page shows by now; some browsers do not ask again at all.
    source.onerror = () => {
      hush();
      again = setTimeout(listen, 500);
    };
  }
  function hush() {
    clearTimeout(again);
    source?.close();
  }
  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => event.persisted && listen());
}
