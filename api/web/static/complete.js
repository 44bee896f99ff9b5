// Completions under a field with data-complete: an ARIA combobox whose choices only fill the field in.

for (const field of document.querySelectorAll("input[data-complete]")) {
  const list = document.createElement("ul");
  list.id = `${field.id}-completions`;
  list.className = "completions";
  list.lang = "vi";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.choices);
  field.parentElement.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]])
    field.setAttribute(name, value);

  let chosen = -1;
  let typed = field.value;
  let asked = 0;
  let waiting = 0;
  const close = () => {
    asked += 1; // what is still on its way comes too late
    clearTimeout(waiting);
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => {
    chosen = at;
    list.childNodes.forEach((choice, place) => choice.setAttribute("aria-selected", String(place === at)));
    field.value = at < 0 ? typed : list.childNodes[at].textContent;
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", list.childNodes[at].id);
    list.childNodes[at].scrollIntoView({ block: "nearest" });
  };
  const offer = async () => {
    const mine = ++asked;
    const answer = await fetch(`${field.dataset.complete}?${new URLSearchParams({ q: typed })}`).catch(() => null);
    const phrases = answer?.ok ? await answer.json() : [];
    if (mine !== asked || document.activeElement !== field) return;
    if (!phrases.length) return close();
    list.replaceChildren(
      ...phrases.map((phrase, at) => {
        const choice = document.createElement("li");
        choice.id = `${list.id}-${at}`;
        choice.textContent = phrase;
        choice.setAttribute("role", "option");
        choice.setAttribute("aria-selected", "false");
        return choice;
      }),
    );
    chosen = -1;
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  };
  field.addEventListener("input", () => {
    typed = field.value;
    clearTimeout(waiting);
    if (typed.trim().length < 2) close();
    else waiting = setTimeout(offer, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is at work on the letters
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      choose(-1);
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      const count = list.childElementCount + 1; // the field itself is one of the places
      const move = event.key === "ArrowDown" ? 1 : count - 1;
      choose(((chosen + 1 + move) % count) - 1);
    } else if (event.key === "Enter" || event.key === "Tab") close();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const at = [...list.childNodes].indexOf(event.target.closest("li"));
    if (at < 0) return;
    choose(at);
    close();
    field.form.requestSubmit();
  });
  field.addEventListener("blur", close);
}
