// Keys are declared in the markup: data-key="n" on a link or button is pressed by N, on a field it is focused.
// Never while somebody types, never with Ctrl, Alt or Meta. The "?" dialog lists what this page declares.

const typing = (el) => el.isContentEditable
  || el.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=submit])");
const nameOf = (event) => {
  const key = event.key.toLowerCase();
  return event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key;
};
const scope = () => document.querySelector("dialog[open]") ?? document;
const visible = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.disabled;
const declared = () => [...scope().querySelectorAll("[data-key]")].filter(visible);

function press(el) {
  if (el.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    el.focus();
    el.select?.();
    return;
  }
  el.click();
  if (el.matches("summary")) enter(el.parentElement);
}

// into what a key has opened: its first field, else its summary
function enter(details) {
  const fields = details.open ? [...details.querySelectorAll("input:not([type=hidden]), select, textarea")] : [];
  (fields.find(visible) ?? details.querySelector("summary")).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return; // it presses what has the focus
  const name = nameOf(event);
  const target = declared().find((el) => el.dataset.key === name);
  if (!target) return;
  event.preventDefault();
  press(target);
});

const dialog = document.querySelector("[data-keydialog]");
const opener = document.querySelector("[data-keylist]");
const shown = { "shift+": "⇧", escape: "Esc", enter: "↵" };
const capOf = (key) => Object.entries(shown).reduce((cap, [from, to]) => cap.replace(from, to), key).replace(/^(⇧?)([a-z])$/, (_, shift, letter) => shift + letter.toUpperCase());
const textOf = (el) => {
  const copy = el.cloneNode(true);
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return el.dataset.keyLabel ?? (el.getAttribute("aria-label") || copy.textContent).trim().replace(/\s+/g, " ");
};

function list() {
  const at = document.querySelector("[data-row]");
  dialog.querySelector("[data-keyrows]").hidden = !at;
  dialog.querySelectorAll("[data-keyselect]").forEach((el) => { el.hidden = !at?.querySelector("input[type=checkbox]"); });
  const found = [...declared(), ...(at?.querySelectorAll("[data-row-key]") ?? [])];
  const lines = new Map(found.map((el) => [el.dataset.key ?? el.dataset.rowKey, textOf(el)]));
  dialog.querySelector("[data-keyshown]").replaceChildren(...[...lines].flatMap(([key, text]) => {
    const [dt, dd, kbd] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
    kbd.textContent = capOf(key);
    dt.append(kbd);
    dd.textContent = text;
    return [dt, dd];
  }));
}

if (dialog && opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => {
    list();
    dialog.showModal();
  });
}
