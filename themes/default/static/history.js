// In the version history, entering a date opens the text in force on that date. The page works without this script.
const versions = document.getElementById("versions");
if (versions) {
  const box = document.createElement("div");
  box.className = "filter applied";
  box.innerHTML = '<label><input type="date"></label> <span role="status"></span>';
  box.querySelector("input").setAttribute("aria-label", "{{ 'history.applied.label' | t }}");
  versions.before(box);
  box.addEventListener("input", ({ target }) => {
    const day = target.value;
    const item = day && Array.from(versions.children).find(({ dataset }) => dataset.from <= day && (!dataset.until || day <= dataset.until));
    box.lastChild.replaceChildren(item ? item.querySelector("a").cloneNode(true) : day && "{{ 'history.applied.none' | t }}");
  });
}
