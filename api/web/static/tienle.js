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

// "/" goes to the question, as in most search pages.
addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const question = document.getElementById("q");
  if (!question) return;
  event.preventDefault();
  question.focus();
  question.select();
});

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
