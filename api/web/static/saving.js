// Saves without leaving the page; without this file the form leads to what was saved.
for (const form of document.querySelectorAll("form.save")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const said = document.createElement("span");
    said.role = "status";
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) throw new Error(answer.status);
      const link = document.createElement("a");
      link.href = answer.url;
      link.textContent = `★ ${form.dataset.done}`;
      said.append(link);
      form.replaceChildren(said);
      link.focus();
    } catch {
      button.disabled = false;
      said.textContent = ` ${form.dataset.failed}`;
      form.querySelector("[role=status]")?.remove();
      form.append(said);
    }
  });
}
