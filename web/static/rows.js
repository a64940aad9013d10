// Rows of a list carry data-row="ID". J and K move, Enter opens, X selects, Shift+X selects up to here.
// A list with data-follow opens each row it moves to (triage). The current row survives a swap of the list.

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
const linkOf = (row) => (row.matches("a") ? row : row.querySelector("a[href]"));
const boxOf = (row) => row.querySelector("input[type=checkbox]");
let current = document.querySelector("[data-row].is-at, [data-row][aria-current]")?.dataset.row;
let anchor = null;

const indexOfCurrent = (all) => all.findIndex((row) => row.dataset.row === current);

function show(row) {
  document.querySelectorAll("[data-row].is-at").forEach((other) => other.classList.remove("is-at"));
  row.classList.add("is-at");
  current = row.dataset.row;
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = indexOfCurrent(all);
  const row = all[Math.max(0, Math.min(all.length - 1, at + step))];
  show(row);
  row.scrollIntoView({ block: "nearest" });
  linkOf(row)?.focus({ preventScroll: true });
  if (row.closest("[data-follow]") && at !== indexOfCurrent(all)) linkOf(row)?.click();
}

function select(row, upTo) {
  const all = rows();
  const box = row && boxOf(row);
  if (!box) return;
  box.checked = upTo || !box.checked;
  const from = all.findIndex((other) => other.dataset.row === anchor);
  if (upTo && from >= 0) {
    const [first, last] = [from, all.indexOf(row)].sort((a, b) => a - b);
    all.slice(first, last + 1).forEach((other) => { boxOf(other).checked = true; });
  }
  anchor = row.dataset.row;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// before any row was moved to, X starts at the first
function selectFrom(row, upTo) {
  if (!row) return;
  show(row);
  select(row, upTo);
}

const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const row = rows().find((candidate) => candidate.dataset.row === current);
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "x") selectFrom(row ?? rows()[0], event.shiftKey);
  else if (key === "enter" && row && event.target === document.body) linkOf(row)?.click();
  else {
    const wanted = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
    if (!wanted) return;
    wanted.click();
  }
  event.preventDefault();
});

document.addEventListener("htmx:after:swap", () => {
  const row = rows().find((candidate) => candidate.dataset.row === current);
  if (row) show(row);
  count();
});

// a row that is itself a link is the current one when it gets the focus
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row === event.target) show(row);
});

// ---------- selection and its bar ----------
const bar = () => document.querySelector("[data-bulkbar]");
const chosen = () => rows().filter((row) => boxOf(row)?.checked);

function count() {
  if (!bar()) return;
  const n = chosen().length;
  bar().hidden = n === 0;
  bar().querySelector("[data-selected]").textContent = n;
}

function clear() {
  chosen().forEach((row) => { boxOf(row).checked = false; });
  count();
}

document.addEventListener("change", (event) => event.target.matches("[data-row] input[type=checkbox]") && count());
document.addEventListener("click", (event) => event.target.closest("[data-clear]") && clear());
document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && clear());
count();
