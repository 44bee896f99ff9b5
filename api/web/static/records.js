// Comforts only: a field of an agency proposes names that go on from what is typed.

const WAIT = 150; // milliseconds after the last letter
const MOST = 12;

for (const field of document.querySelectorAll("input[data-complete][list]")) {
  const list = field.list;
  let timer = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const typed = field.value.trim();
    if (typed.length < 2 || typed === asked || [...list.options].some((option) => option.value === typed)) return;
    timer = setTimeout(async () => {
      asked = typed;
      try {
        const answer = await fetch(`${field.dataset.complete}?${new URLSearchParams({ q: typed, limit: MOST })}`);
        if (!answer.ok || asked !== typed) return;
        const found = (await answer.json()).agencies;
        list.replaceChildren(...found.map((agency) => option(agency.name, typed)));
      } catch {
        // Offline or being restarted: the proposals of the page stay.
      }
    }, WAIT);
  });
}

// A browser offers only what holds the letters typed, in the name or its label: marks left out stand in the label.
function option(name, typed) {
  const made = document.createElement("option");
  made.value = name;
  if (!name.toLowerCase().includes(typed.toLowerCase())) made.label = typed;
  return made;
}
