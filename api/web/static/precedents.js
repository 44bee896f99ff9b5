// Comforts of the page of precedents: see a file's size before it is sent, watch the work, find drafts again.

const KEY = "tienle-drafts";

const form = document.querySelector("form.send");
if (form) {
  const input = form.querySelector("input[type=file]");
  const large = document.getElementById("file-large");
  const check = () => {
    const file = input.files[0];
    large.hidden = !file || file.size <= Number(form.dataset.largest);
  };
  input.addEventListener("change", check);
  form.addEventListener("submit", (event) => {
    if (large.hidden) return;
    event.preventDefault();
    input.focus();
  });
}

// Only this browser knows which drafts it sent; the server lists them for nobody.
const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((each) => each.until > Date.now());
  } catch {
    return [];
  }
};
const here = document.querySelector("[data-draft]");
if (here) {
  const { draft, name, until } = here.dataset;
  const others = kept().filter((each) => each.draft !== draft);
  localStorage.setItem(KEY, JSON.stringify([{ draft, name, until: Number(until) * 1000 }, ...others].slice(0, 8)));
  for (const button of document.querySelectorAll("form[action*='/delete']")) {
    button.addEventListener("submit", () => localStorage.setItem(KEY, JSON.stringify(others)));
  }
}
const recent = document.getElementById("recent");
if (recent && kept().length) {
  for (const each of kept()) {
    const link = document.createElement("a");
    link.href = `/precedents/${encodeURIComponent(each.draft)}`;
    link.textContent = each.name;
    const item = document.createElement("li");
    item.append(link);
    recent.querySelector("ul").append(item);
  }
  recent.hidden = false;
}

// While the work goes on, its state is asked for without a flash.
if (document.getElementById("working")) {
  const look = async () => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const state = page.getElementById("working");
      if (!state) return location.reload();
      document.querySelector("#working p").textContent = state.querySelector("p").textContent;
    } catch {
      // The server may be starting anew: it is asked again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
