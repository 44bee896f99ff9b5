// Comforts only: every page works the same without this file.

// Short addresses: fields left empty say nothing.
for (const form of document.querySelectorAll("form.search")) {
  form.addEventListener("submit", () => {
    const empty = [...form.elements].filter((field) => field.name && field.value === "");
    for (const field of empty) field.disabled = true;
    // A page that the browser brings back must have its fields again.
    addEventListener("pagehide", () => empty.forEach((field) => (field.disabled = false)), { once: true });
  });
}

// Keys: an element with data-key is followed by its key, or by its two keys one after the other ("g n").
const sheet = document.getElementById("keys");
let before = "";
let since = 0;
const wished = () => localStorage.getItem("tienle.keys") !== "off";
for (const box of document.querySelectorAll(".keys-on input")) {
  box.closest(".keys-on").hidden = false;
  box.checked = wished();
  box.addEventListener("change", () => localStorage.setItem("tienle.keys", box.checked ? "on" : "off"));
}
const openSheet = (event) => {
  if (sheet.open) return;
  event.preventDefault();
  sheet.showModal();
};
document.querySelector("footer a.keys")?.addEventListener("click", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) openSheet(event);
});
sheet?.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // beside the sheet
});
const step = (direction) => {
  const results = [...document.querySelectorAll("[data-result]")];
  const at = results.indexOf(document.activeElement?.closest("[data-result]"));
  const next = results[at < 0 ? (direction > 0 ? 0 : results.length - 1) : at + direction];
  next?.focus();
  return Boolean(next);
};
const does = {
  "/": () => {
    const question = document.getElementById("q");
    question?.focus();
    question?.select();
    return Boolean(question);
  },
  j: () => step(1),
  k: () => step(-1),
};
addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, select, textarea, [contenteditable], dialog")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !wished()) return;
  const key = event.key.toLowerCase();
  const both = event.timeStamp - since < 2500 ? `${before} ${key}` : "";
  before = key;
  since = event.timeStamp;
  const place = [...document.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === both || dataset.key === key);
  if (key === "?") openSheet(event);
  else if (place) {
    event.preventDefault();
    place.click();
  } else if (does[key]?.()) event.preventDefault();
});

// On a phone a document begins with its text: what the card says is one touch away.
if (matchMedia("(max-width: 52rem)").matches) document.querySelector("details.card")?.removeAttribute("open");

// A panel that is open would cover a window that has become wide.
matchMedia("(max-width: 52rem)").addEventListener("change", () => document.getElementById("pages")?.hidePopover?.());

// Of a long text a part is shown: an address made without the server's help names its place only in what no server sees.
const far = document.querySelector("[data-portions]") && location.hash.match(/^#[ps](\d+)$/);
const wanted = new URL(location.href);
if (far && !document.getElementById(location.hash.slice(1)) && wanted.searchParams.get("at") !== far[1]) {
  wanted.searchParams.set("at", far[1]);
  location.replace(wanted);
}

// The outline shows where the reader is.
const entries = new Map(
  [...document.querySelectorAll(".outline a")].map((link) => [document.getElementById(link.hash.slice(1)), link]),
);
entries.delete(null);
if (entries.size) {
  const outline = document.querySelector(".outline");
  const mark = () => {
    let current = null;
    for (const [place, link] of entries) {
      if (place.getBoundingClientRect().top > 96) break;
      current = link;
    }
    // The last sections cannot reach the top of the window.
    if (scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2) {
      const asked = entries.get(document.getElementById(location.hash.slice(1)));
      current = asked ?? [...entries.values()].at(-1);
    }
    for (const link of entries.values()) {
      if (link === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    if (current) outline.scrollTop = current.offsetTop - outline.clientHeight / 2;
  };
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
}
