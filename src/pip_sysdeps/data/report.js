"use strict";
for (const svg of document.querySelectorAll(".picture svg")) {
  const parts = [...svg.querySelectorAll("[data-chains]")].map((element) => [element, element.dataset.chains.split(" ")]);
  const light = (node) => {
    const chains = new Set(node ? node.dataset.chains.split(" ") : []);
    svg.classList.toggle("lit", chains.size > 0);
    for (const [element, own] of parts) element.classList.toggle("on", own.some((chain) => chains.has(chain)));
  };
  const node = (event) => event.target.closest(".node");
  const focused = () => (svg.contains(document.activeElement) ? document.activeElement.closest(".node") : null);
  svg.addEventListener("pointerover", (event) => light(node(event) || focused()));
  svg.addEventListener("pointerleave", () => light(focused()));
  svg.addEventListener("focusin", (event) => light(node(event)));
  svg.addEventListener("focusout", () => light(null));
}
const search = document.querySelector(".search");
const input = search.querySelector("input");
const found = search.querySelector("output");
search.hidden = false;
input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(" ").filter(Boolean);
  const has = (text) => words.every((word) => text.toLowerCase().includes(word));
  let count = 0;
  for (const row of document.querySelectorAll("[data-find]")) {
    row.hidden = !has(row.textContent);
    count += row.hidden ? 0 : 1;
  }
  for (const svg of document.querySelectorAll(".picture svg")) {
    const chains = new Set();
    for (const node of svg.querySelectorAll(".node")) {
      if (has(node.querySelector("title").textContent)) node.dataset.chains.split(" ").forEach((chain) => chains.add(chain));
    }
    for (const part of svg.querySelectorAll("[data-chains]")) {
      part.classList.toggle("none", !part.dataset.chains.split(" ").some((chain) => chains.has(chain)));
    }
  }
  found.textContent = words.length ? `${count} found` : "";
});
const unfold = (hash) => {
  for (let each = hash && document.getElementById(hash.slice(1)); each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
  }
};
document.addEventListener("click", (event) => unfold(event.target.closest("a")?.getAttribute("href")));
addEventListener("hashchange", () => unfold(location.hash));
unfold(location.hash);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
