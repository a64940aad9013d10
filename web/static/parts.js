// Small behaviour of parts: menus, toasts, sliders, drop zones, fields that send their form.

const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const el = event.target.closest?.(selector);
  if (el) act(el, event);
});

// ---------- menus (details): one open at a time, closed by Escape and by a click elsewhere ----------
const openMenus = () => [...document.querySelectorAll("details.menu[open]")];
document.addEventListener("click", (event) => openMenus()
  .filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menus = openMenus();
  if (!menus.length) return follow(event);
  event.preventDefault();
  menus.forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
}, true);

// a panel's close link is followed by Escape
function follow(event) {
  const link = document.querySelector("a[data-closes]");
  if (!link || document.querySelector("dialog[open]") || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  link.click();
}

// ---------- toasts: ten seconds, longer while looked at; Z undoes ----------
const SHOWN = 10_000;
function expire(toast) {
  let timer = setTimeout(() => toast.remove(), SHOWN);
  const hold = () => clearTimeout(timer);
  const go = () => { hold(); timer = setTimeout(() => toast.remove(), SHOWN); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
}
const watch = (root) => root.querySelectorAll?.("[data-toast]:not([data-seen])").forEach((toast) => {
  toast.dataset.seen = "";
  expire(toast);
});
on("click", "[data-dismiss]", (el) => el.closest("[data-toast], .alert")?.remove());
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const undo = [...document.querySelectorAll("form[data-undo]")].at(-1);
  if (undo) { event.preventDefault(); undo.requestSubmit(); }
});

// ---------- fields ----------
on("input", ".weight input[type=range]", (range) => {
  range.closest(".weight").querySelector("output").textContent = range.value + (range.dataset.unit ?? "");
});
on("change", "[data-sends]", (field) => field.form?.requestSubmit());
on("click", "[data-copies]", async (button) => {
  const from = document.querySelector(button.dataset.copies);
  await navigator.clipboard.writeText(from.value ?? from.textContent);
  button.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
});

// ---------- drop zones ----------
on("dragover", ".dropzone", (zone, event) => { event.preventDefault(); zone.classList.add("is-over"); });
on("dragleave", ".dropzone", (zone) => zone.classList.remove("is-over"));
on("drop", ".dropzone", (zone, event) => {
  event.preventDefault();
  zone.classList.remove("is-over");
  const input = zone.querySelector("input[type=file]");
  if (!input || !event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// ---------- at the start and after each swap ----------
function settle(root) {
  watch(root);
  root.querySelector?.("[data-focus]")?.focus();
  root.querySelectorAll?.(".views, .sidenav").forEach((bar) => {
    const at = bar.querySelector("[aria-current]");
    if (at) bar.scrollLeft = at.offsetLeft - bar.offsetLeft - 16;
  });
}
document.addEventListener("htmx:after:swap", () => settle(document));
settle(document);
