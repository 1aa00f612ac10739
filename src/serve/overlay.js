// What there is to say over a page, in a shadow root: the page's own styles do not reach in, and these do not reach out.
"use strict";
function policybookOverlay() {
  const styles = `
    :host { all: initial; color-scheme: light dark; }
    * { box-sizing: border-box; font: 1rem/1.5 system-ui, sans-serif; }
    .line { position: fixed; inset: auto 0 0 0; z-index: 2147483647; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center;
      padding: .5rem 1rem; color: #5a3b00; background: #fff5d9; border-top: 2px solid #5a3b00; }
    .line[hidden], dialog:not([open]) { display: none; }
    .line p { flex: 1 1 12rem; margin: 0; }
    .line.error { color: #85191c; background: #fde6e6; border-color: #85191c; }
    .line.quiet { color: #0b3d66; background: #e6f2fc; border-color: #0b3d66; }
    button { padding: .125rem .75rem; color: inherit; background: none; border: 1px solid; border-radius: .25rem; cursor: pointer; }
    button:focus-visible, pre:focus-visible { outline: 2px solid; outline-offset: 2px; }
    dialog { width: min(64rem, 94vw); max-height: 88vh; padding: 1rem 1.25rem; overflow: auto;
      color: #1b1f24; background: #fff; border: 2px solid #85191c; border-radius: .5rem; }
    dialog.warning { border-color: #5a3b00; }
    dialog::backdrop { background: rgb(0 0 0 / .4); }
    header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; justify-content: space-between; }
    h2 { margin: 0; font-weight: 700; font-size: 1.25rem; }
    pre, pre * { font: .875rem/1.5 ui-monospace, monospace; }
    pre { margin: 1rem 0; padding: .75rem; overflow-x: auto; background: #f4f5f7; border-radius: .25rem; }
    .fine { margin: 0; font-size: .875rem; }
    @media (prefers-color-scheme: dark) {
      .line { color: #ffdf9e; background: #38290a; border-color: #ffdf9e; }
      .line.error { color: #ffc4c2; background: #45191c; border-color: #ffc4c2; }
      .line.quiet { color: #a9d4ff; background: #10304d; border-color: #a9d4ff; }
      dialog { color: #e7eaee; background: #14171b; border-color: #ffc4c2; }
      dialog.warning { border-color: #ffdf9e; }
      pre { background: #20252b; }
    }
    @media print { .line, dialog { display: none; } }`;

  const make = (name, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const hidden = "policybook:hidden";

  const host = make("policybook-serve");
  const root = host.attachShadow({ mode: "open" });
  const close = make("button", { type: "button", textContent: "Close" });
  const title = make("h2", { id: "title" });
  const found = make("div");
  const fine = make("p", { className: "fine" });
  const dialog = make("dialog", {}, make("header", {}, title, close), found, fine);
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-modal", "true");
  dialog.setAttribute("aria-labelledby", "title");
  const words = make("p", { role: "status" });
  const show = make("button", { type: "button", textContent: "Show" });
  const hide = make("button", { type: "button", textContent: "Hide" });
  const line = make("div", { className: "line", hidden: true }, words, show, hide);
  root.append(make("style", { textContent: styles }), line, dialog);
  document.documentElement.append(host);

  // Esc is the browser's; it also keeps the focus inside and gives it back.
  close.addEventListener("click", () => dialog.close());
  show.addEventListener("click", () => open());
  hide.addEventListener("click", () => {
    line.hidden = true;
    sessionStorage.setItem(hidden, seen);
  });
  let seen = "";
  let passing;

  function open() {
    if (!dialog.open) dialog.showModal();
    close.focus();
  }
  function tell(kind, text, more) {
    line.className = `line ${kind}`;
    line.hidden = false;
    words.textContent = text;
    show.hidden = hide.hidden = !more;
  }

  return ({ errors, warnings, unshown, made, elsewhere, more }) => {
    clearTimeout(passing);
    const list = errors.length > 0 ? errors : warnings;
    const noun = errors.length > 0 ? "error" : "warning";
    const before = seen;
    seen = JSON.stringify([noun, list, unshown]);
    if (list.length === 0) {
      dialog.close();
      line.hidden = true;
    } else {
      title.textContent = counted(list.length + unshown, noun);
      dialog.className = noun;
      found.replaceChildren(...list.map((text) => make("pre", { tabIndex: 0, textContent: text })));
      const rest = unshown > 0 ? `Here are the first ${list.length}; the terminal has all. ` : "";
      fine.textContent = `${rest}Press Esc or Close to read the page. This goes away by itself when that is mended.`;
    }
    if (errors.length > 0) {
      tell("error", made ? `${title.textContent}: showing the build of ${made}` : `${title.textContent}: nothing could be built yet`, true);
      hide.hidden = true;
      if (seen !== before) open();
      return;
    }
    if (warnings.length > 0) {
      if (seen !== before) dialog.close();
      tell("warning", title.textContent, true);
      line.hidden = sessionStorage.getItem(hidden) === seen;
    }
    if (elsewhere.length > 0) {
      const others = more > 0 ? ` and ${more} more` : "";
      const standing = { kind: line.className.slice(5), text: words.textContent, there: !line.hidden };
      tell("quiet", `Changed, but not this page: ${elsewhere.join(", ")}${others}`, false);
      passing = setTimeout(() => {
        tell(standing.kind, standing.text, warnings.length > 0);
        line.hidden = !(standing.there && warnings.length > 0);
      }, 4000);
    }
  };
}
