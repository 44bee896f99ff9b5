// Comforts of the archive's page: see what is too large before it is sent, watch sending and reading.

const form = document.querySelector("form.send");
if (form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector(".picked");
  const much = form.querySelector(".too-much");
  const sending = form.querySelector(".sending");
  const failed = form.querySelector(".failed");
  const button = form.querySelector("button[type=submit]");
  const units = ["byte", "KB", "MB", "GB"];
  const written = (bytes) => {
    const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
    const value = bytes / 1024 ** unit;
    return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: unit > 1 ? 1 : 0 })} ${units[unit]}`;
  };
  const show = () => {
    const files = [...input.files];
    const rows = files.slice(0, 100).map((file) => {
      const row = document.createElement("li");
      const [name, size] = [document.createElement("span"), document.createElement("span")];
      name.textContent = file.name.length > 120 ? `${file.name.slice(0, 120)}…` : file.name;
      const large = file.size > Number(form.dataset.largest);
      size.textContent = written(file.size) + (large ? ` – ${form.dataset.tooLarge}` : "");
      if (large) size.className = "refused";
      row.append(name, size);
      return row;
    });
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    const fitting = files.filter((file) => file.size <= Number(form.dataset.largest));
    much.hidden = fitting.reduce((sum, file) => sum + file.size, 0) <= Number(form.dataset.most);
  };
  input.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!much.hidden) return input.focus();
    const request = new XMLHttpRequest(); // fetch does not tell how far sending is
    const body = new FormData();
    const token = form.querySelector("input[name=csrf]");
    if (token) body.append("csrf", token.value);
    // What is too large is not sent at all: the list says so.
    for (const file of input.files) {
      if (file.size <= Number(form.dataset.largest)) body.append("file", file, file.name);
    }
    const ended = (said) => {
      sending.hidden = true;
      button.disabled = false;
      failed.textContent = said;
      failed.hidden = !said;
    };
    request.upload.addEventListener("progress", (at) => {
      if (at.lengthComputable) sending.querySelector("progress").value = (100 * at.loaded) / at.total;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) return location.assign(request.responseURL);
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      ended(answer.querySelector("[role=alert]:not([hidden])")?.textContent || form.dataset.failed);
    });
    request.addEventListener("error", () => ended(form.dataset.failed));
    request.addEventListener("abort", () => ended(""));
    sending.querySelector("button").addEventListener("click", () => request.abort(), { once: true });
    button.disabled = true;
    sending.hidden = false;
    failed.hidden = true;
    request.open("POST", form.action);
    request.send(body);
  });
  addEventListener("pageshow", () => {
    button.disabled = false;
    sending.hidden = true;
    show();
  });
}

// While a job goes on, its state is asked for without a flash; at its end the whole page is new.
const job = document.querySelector("#job[data-live]");
if (job) {
  const replace = (now, then) => {
    if (then && now && now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes);
  };
  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const state = page.getElementById("job");
      if (answer.ok && state) {
        if (!state.hasAttribute("data-live")) return location.reload();
        replace(job, state);
        replace(document.querySelector("#job-files tbody"), page.querySelector("#job-files tbody"));
      }
    } catch {
      // The server may be starting anew: it is asked again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
