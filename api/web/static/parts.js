// Links with data-part bring a part of a page into this one; without a script they lead to a page that has it.

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const place = document.getElementById(link.dataset.into);
  if (link.getAttribute("aria-expanded") === "true") {
    place.replaceChildren();
    link.setAttribute("aria-expanded", "false");
    return;
  }
  const held = [...place.childNodes];
  const said = document.createElement("p");
  said.className = "waiting";
  said.setAttribute("role", "status");
  said.textContent = link.dataset.waiting;
  place.append(said);
  const answer = await fetch(link.dataset.part).catch(() => null);
  if (!answer?.ok) {
    location.assign(link.href); // the page itself says what is wrong
    return;
  }
  place.innerHTML = await answer.text();
  if (link.hasAttribute("data-state")) history.replaceState(null, "", link.href);
  if (held.includes(link) || !link.isConnected) {
    place.tabIndex = -1;
    place.focus();
  } else link.setAttribute("aria-expanded", "true");
});
