// Follows the saves of the page's author. It is added to a page when `policybook serve` answers, and is in no built site.
"use strict";
{
  const own = document.currentScript;
  const told = new URL("events", own.src);
  const kept = "policybook:scroll";
  const say = policybookOverlay();
  let digest = own.dataset.digest;
  let source;

  // A reload leaves the reader where they were.
  const place = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  sessionStorage.removeItem(kept);
  if (place?.path === location.pathname) {
    const back = () => scrollTo({ left: place.x, top: place.y, behavior: "instant" });
    addEventListener("load", () => requestAnimationFrame(back), { once: true });
  }
  function reload() {
    source.close();
    sessionStorage.setItem(kept, JSON.stringify({ path: location.pathname, x: scrollX, y: scrollY }));
    location.reload();
  }

  // The old sheet goes when the new one is there, so that the page is never bare.
  function swap(before, after) {
    for (const old of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const address = old.getAttribute("href");
      if (!address.endsWith(before)) continue;
      const sheet = old.cloneNode();
      sheet.setAttribute("href", address.slice(0, -before.length) + after);
      sheet.addEventListener("load", () => old.remove(), { once: true });
      sheet.addEventListener("error", () => old.remove(), { once: true });
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

  function listen() {
    told.search = new URLSearchParams({ page: location.pathname, digest });
    source = new EventSource(told);
    source.onmessage = hear;
    // Asked again by hand, to tell what the page shows by now; some browsers do not ask again at all.
    source.onerror = () => {
      source.close();
      setTimeout(listen, 500);
    };
  }
  listen();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
}
