"use strict";
const all = (query, from = document) => [...from.querySelectorAll(query)];
const byId = (id) => document.getElementById(id);
const resources = all(".resource");

// Shows the resources that have every word of the filter and a fate that is ticked.
function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fates = new Set(all("#fates input:checked").map((box) => box.value));
  let shown = 0;
  for (const resource of resources) {
    const { fate, words: text } = resource.dataset;
    resource.hidden = !fates.has(fate) || !words.every((word) => text.includes(word));
    shown += resource.hidden ? 0 : 1;
  }
  for (const item of all("nav li")) item.hidden = byId(item.dataset.of).hidden;
  for (const branch of all("nav details")) branch.hidden = all("li", branch).every((item) => item.hidden);
  byId("shown").textContent = `${shown} of ${resources.length} resources`;
}

byId("filter").addEventListener("input", filter);
all("#fates input").forEach((box) => box.addEventListener("change", filter));
byId("open").addEventListener("click", () => resources.forEach((resource) => (resource.open = true)));
byId("close").addEventListener("click", () => resources.forEach((resource) => (resource.open = false)));
byId("inline").addEventListener("click", ({ target }) => {
  target.setAttribute("aria-pressed", document.body.classList.toggle("inline"));
});
document.querySelector("main").addEventListener("click", ({ target }) => {
  const fold = target.closest(".fold");
  if (!fold || target.tagName !== "BUTTON") return;
  fold.nextElementSibling.hidden = false;
  fold.remove();
});
all("nav a").forEach((link) =>
  link.addEventListener("click", () => (byId(link.hash.slice(1)).open = true)),
);
filter();
