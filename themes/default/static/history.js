// Where the versions are listed, a day typed in leads to the text that applied then. The page is whole without this file.
const versions = document.getElementById("versions");
if (versions) {
  const box = document.createElement("div");
  box.className = "filter applied";
  box.innerHTML = '<label><input type="date" aria-label="Which text applied on this day"></label> <span role="status"></span>';
  versions.before(box);
  box.addEventListener("input", ({ target }) => {
    const day = target.value;
    const item = day && Array.from(versions.children).find(({ dataset }) => dataset.from <= day && (!dataset.until || day <= dataset.until));
    box.lastChild.replaceChildren(item ? item.querySelector("a").cloneNode(true) : day && "None that is known.");
  });
}
