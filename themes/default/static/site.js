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
