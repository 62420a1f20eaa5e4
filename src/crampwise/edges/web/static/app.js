// The small layer on top: everything works without it.
// It shows the urgency while answers are chosen, loads slow parts into the page, and adds keys.

const check = document.querySelector("form[action^='/check/']");
const bound = document.getElementById("bound");

async function text(address, options) {
  const response = await fetch(address, { credentials: "same-origin", ...options });
  if (!response.ok) throw new Error(response.status);
  return response.text();
}

if (check && bound) {
  let waiting;
  check.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      try {
        bound.innerHTML = await text(`${check.action}/live`, { method: "POST", body: new FormData(check) });
      } catch { /* the page stays as it was */ }
    }, 150);
  });
}

// One tap is enough: sending the same form twice does nothing, but it need not be tried.
for (const form of document.forms) {
  form.addEventListener("submit", () => setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = false; }, 4000);
  }));
}
// A site elsewhere cannot know what time it is here.
for (const field of document.querySelectorAll("input[name=offset]")) field.value = -new Date().getTimezoneOffset();
// A page that the back button brings up again shows what was said since.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// Not sure and a typed answer exclude each other.
for (const box of document.querySelectorAll("input[type=checkbox][name^='u.']")) {
  const field = document.querySelector(`[name='${CSS.escape(box.name.replace("u.", "a."))}']`);
  box.addEventListener("change", () => { if (box.checked) field.value = ""; });
  field?.addEventListener("input", () => { if (field.value) box.checked = false; });
}

// y, n and ? answer the question that has the focus.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") location.hash = location.hash.replace(/^#e(?=\d)/, "#m");
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.("input[type=radio]")) return;
  const value = { y: "yes", n: "no", "?": "not_sure" }[event.key.toLowerCase()];
  const wanted = value && event.target.closest("fieldset")?.querySelector(`input[value=${value}]`);
  if (!wanted) return;
  wanted.click();
  const next = event.target.closest("fieldset").nextElementSibling?.nextElementSibling;
  next?.querySelector?.("input[type=radio]")?.focus();
});

for (const place of document.querySelectorAll("[data-load]")) {
  text(place.dataset.load).then((page) => {
    const part = new DOMParser().parseFromString(page, "text/html").querySelector(place.dataset.part);
    if (part) place.replaceChildren(...part.childNodes);
  }).catch(() => {});
}

document.getElementById("problems")?.scrollIntoView();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value);
    button.textContent = "Copied";
  });
}

// Keep the guided stretch for when there is no network, once this page has everything it needs.
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js"));
