// The image beside a text follows the reader; without a script its arrows turn the pages.

const sheet = document.getElementById("sheet");
const image = sheet.querySelector("img");
const picture = sheet.querySelector(".picture");
const at = sheet.querySelector(".at");
const numbers = [...document.querySelectorAll(".page-number[data-page]")];
let page = Number(image.src.match(/(\d+)\.png/)[1]);

image.addEventListener("error", () => (image.alt = image.dataset.lost));
const show = (wanted) => {
  if (wanted === page || wanted < 1 || wanted > Number(sheet.dataset.count)) return;
  page = wanted;
  const place = `${sheet.dataset.pictures}${page}.png`;
  image.src = place;
  image.alt = image.dataset.alt.replace("{page}", page);
  picture.href = `${place}?size=large`;
  sheet.setAttribute("aria-label", image.alt);
  at.textContent = at.dataset.text.replace("{page}", page);
  const here = new URL(location.href);
  here.searchParams.set("beside", page);
  history.replaceState(null, "", here);
};
let waiting = 0;
addEventListener(
  "scroll",
  () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const passed = numbers.filter((number) => number.getBoundingClientRect().top < innerHeight / 3);
      const current = passed.at(-1) ?? numbers[0];
      if (current) show(Number(current.dataset.page));
    }, 150);
  },
  { passive: true },
);
for (const link of sheet.querySelectorAll(".turn a")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const wanted = page + (link.rel === "next" ? 1 : -1);
    const place = document.getElementById(`page-${wanted}`);
    if (!place && document.querySelector("[data-portions]")) {
      const there = new URL(link.href);
      there.searchParams.set("beside", wanted);
      there.hash = `page-${wanted}`;
      location.assign(there);
    } else {
      show(wanted);
      place?.scrollIntoView();
    }
  });
}
