// The matrix: a bubble is moved with the pointer or, when it has the focus, with the arrow keys (0.1, with Shift 0.5).
// Its old place stays as a ghost. Enter asks for a reason and then keeps, Escape undoes; the form beside it does the same.
// Needs svg[data-plot] (data-may: may be changed) with a.bub[data-row, data-effort, data-benefit] and #chosen.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const plot = () => $("[data-plot]");
const narrow = matchMedia("(width < 48rem)");
const stacked = matchMedia("(width < 70rem)"); // then the part about the chosen one stands below the plot
const EDGE = 0.5;
const AXES = { effort: "x", benefit: "y" };
const written = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
// to one decimal as the server does it: the nearest by the double itself, of two as near the even one
const tenth = (value) => ((value * 4) % 2 === 1 || (value * 4) % 2 === -1 ? 2 * Math.round(value * 5) / 10 : Number(value.toFixed(1)));
const told = (value) => written.format(tenth(value));
const read = (text) => Number(text.trim().replace(",", "."));
const scale = (value) => Math.min(10, Math.max(1, Math.round(value * 10) / 10));
const percent = { effort: (value) => `${10 * (value - EDGE)}%`, benefit: (value) => `${100 - 10 * (value - EDGE)}%` };
const bubble = (key) => $(`.bub[data-row="${CSS.escape(key)}"]`);
const home = (el) => ({ effort: Number(el.dataset.effort), benefit: Number(el.dataset.benefit) });
const form = () => $("form[data-estimate]");
let moved = null; // { el, at: {effort, benefit} }: the bubble that is away from home
let typed = null; // what was typed while the part about the chosen one was still on its way

// ---------- drawing ----------
function draw(el, tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  el.append(made);
  return made;
}

function place(el, at) {
  for (const part of $$("circle, text", el)) {
    for (const [name, axis] of Object.entries(AXES)) part.setAttribute(part.localName === "text" ? axis : `c${axis}`, percent[name](at[name]));
  }
  for (const text of $$(`[data-names] [data-of="${CSS.escape(el.dataset.row)}"]`)) {
    for (const [name, axis] of Object.entries(AXES)) text.setAttribute(axis, percent[name](at[name]));
  }
}

function ghost(el, at) {
  const room = $("[data-ghosts]");
  room.replaceChildren();
  if (!at) return;
  const from = home(el);
  const ends = { x1: percent.effort(from.effort), y1: percent.benefit(from.benefit), x2: percent.effort(at.effort), y2: percent.benefit(at.benefit) };
  draw(room, "line", { class: "bub__ghost", ...ends });
  draw(room, "circle", { class: "bub__ghost", cx: ends.x1, cy: ends.y1, r: $(".bub__disc", el).getAttribute("r") });
}

function nudge(el) {
  el.dataset.wide ??= el.getAttribute("transform");
  el.setAttribute("transform", narrow.matches ? `translate(${el.dataset.narrow})` : el.dataset.wide);
}
const nudges = () => $$("a.bub").forEach(nudge);
narrow.addEventListener("change", nudges);

// ---------- names of what has the pointer or the focus ----------
function name(el) {
  const room = $("[data-names]");
  $$("[data-passing]", room).forEach((text) => text.remove());
  if (!el || $(`[data-of="${CSS.escape(el.dataset.row)}"]`, room)) return;
  const disc = $(".bub__disc", el);
  const right = parseFloat(disc.getAttribute("cx")) < 60;
  const gap = Number(disc.getAttribute("r")) + 8;
  const text = draw(room, "text", { x: disc.getAttribute("cx"), y: disc.getAttribute("cy"), dx: right ? gap : -gap, dy: 4, "text-anchor": right ? "start" : "end", "data-of": el.dataset.row, "data-passing": "" });
  text.textContent = el.dataset.title;
}
// SVG draws in the order of the page, which is that of the ranks: what one looks at is drawn once more, on top.
function raise(el) {
  const room = $("[data-raised]");
  room.replaceChildren();
  if (!el) return;
  const copy = draw(room, "g", { class: el.getAttribute("class").replace("bub ", "raised "), transform: el.getAttribute("transform") });
  copy.classList.toggle("raised--focus", el.matches(":focus-visible"));
  copy.append(...[...el.children].map((part) => part.cloneNode(true)));
}
function look(el) {
  name(el);
  raise(el ?? document.activeElement?.closest("a.bub") ?? $("a.bub[aria-current]"));
}
document.addEventListener("pointerover", (event) => event.target.closest?.("a.bub") && !moved && look(event.target.closest("a.bub")));
document.addEventListener("pointerout", (event) => event.target.closest?.("a.bub") && !moved && look(null));
document.addEventListener("focusin", (event) => event.target.matches?.("a.bub") && look(event.target));
document.addEventListener("focusout", (event) => event.target.matches?.("a.bub") && !moved && setTimeout(() => look(null)));

// ---------- choosing ----------
function choose(key, link) {
  const address = link.getAttribute("href").split("#")[0];
  const el = bubble(key);
  $$(".bub[aria-current], .plotlist [aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  el?.setAttribute("aria-current", "true");
  $(`.plotlist [data-chooses="${CSS.escape(key)}"]`)?.setAttribute("aria-current", "true");
  if ($("[data-chosen]")?.dataset.chosen === key) return;
  if (!moved) $("[data-ghosts]").replaceChildren();
  typed = null;
  history.replaceState(null, "", address);
  window.htmx.ajax("GET", address, { target: "#chosen", swap: "outerHTML", headers: { "HX-Target": "div#chosen" } });
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const back = event.target.closest("[data-back]");
  if (back && moved) { event.preventDefault(); return undo(); }
  const link = event.target.closest(".bub, [data-chooses]");
  if (!link) return;
  event.preventDefault();
  const key = link.dataset.row ?? link.dataset.chooses;
  if (moved && moved.el.dataset.row !== key) undo();
  choose(key, link);
  if (stacked.matches) $("#chosen").scrollIntoView({ block: "nearest" });
});

// ---------- moving ----------
function move(el, at) {
  if (moved && moved.el !== el) undo();
  moved = { el, at };
  el.setAttribute("transform", "");
  place(el, at);
  ghost(el, at);
  raise(el);
  choose(el.dataset.row, el);
  tell();
}

// Put the bubble's place into the form, or keep it until the form is there.
function tell() {
  const fields = form();
  if (!moved || !fields || $("[data-chosen]").dataset.chosen !== moved.el.dataset.row) return;
  const from = home(moved.el);
  for (const axis of Object.keys(AXES)) {
    const was = fields.elements[`${axis}_was`].value;
    fields.elements[axis].value = moved.at[axis] === from[axis] ? was : written.format(moved.at[axis]);
  }
  foresee();
}

function undo() {
  if (!moved) return;
  const { el } = moved;
  moved = null;
  place(el, home(el));
  nudge(el);
  ghost(el, null);
  raise(el);
  const fields = form();
  if (!fields || $("[data-chosen]").dataset.chosen !== el.dataset.row) return;
  for (const axis of Object.keys(AXES)) fields.elements[axis].value = fields.elements[`${axis}_was`].value;
  foresee();
  el.focus({ preventScroll: true });
}

// What the estimate in the form will make of the median, and so of the bubble.
function foresee() {
  const fields = form();
  if (!fields) return;
  const chosen = $("[data-chosen]");
  const after = {};
  for (const axis of Object.keys(AXES)) {
    const said = $(`[data-said="${axis}"]`, chosen);
    said.dataset.before ??= said.textContent;
    const field = fields.elements[axis];
    const was = $(`[data-was="${axis}"]`, chosen);
    const mine = read(field.value);
    if ("blind" in said.dataset) { after[axis] = read(was.textContent); continue; }
    const changed = field.value !== fields.elements[`${axis}_was`].value && mine >= 1 && mine <= 10;
    const others = said.dataset.others.split(" ").filter(Boolean).map(Number);
    after[axis] = changed ? median([...others, mine]) : read(was.textContent);
    said.textContent = changed ? sentence(said.dataset, mine, others.length + 1, after[axis]) : said.dataset.before;
    show(chosen, axis, changed ? told(after[axis]) : was.textContent);
  }
  const balance = 5 * (Math.log10(after.benefit / after.effort) + 1);
  const was = $('[data-was="balance"]', chosen).textContent;
  const any = Object.keys(AXES).some((axis) => !$(`[data-was="${axis}"]`, chosen).hidden);
  show(chosen, "balance", any && Number.isFinite(balance) ? told(balance) : was);
}

function show(chosen, what, text) {
  const was = $(`[data-was="${what}"]`, chosen);
  was.hidden = text === was.textContent;
  $(`[data-now="${what}"]`, chosen).textContent = text;
}

const sentence = (words, mine, n, value) => (n > 1 ? words.several : words.alone)
  .replace("{mine}", written.format(mine)).replace("{n}", n).replace("{median}", told(value));

function median(values) {
  const ordered = values.sort((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  return ordered.length % 2 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

document.addEventListener("input", (event) => event.target.closest("form[data-estimate]") && foresee());

// ---------- keys ----------
const STEPS = { ArrowLeft: ["effort", -1], ArrowRight: ["effort", 1], ArrowUp: ["benefit", 1], ArrowDown: ["benefit", -1] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  const el = event.target.closest?.("[data-may] .bub");
  if (el && STEPS[event.key]) {
    event.preventDefault();
    const [axis, sign] = STEPS[event.key];
    const at = moved?.el === el ? moved.at : home(el);
    move(el, { ...at, [axis]: scale(at[axis] + sign * (event.shiftKey ? 0.5 : 0.1)) });
  } else if (el && event.key === "Enter" && moved?.el === el) {
    event.preventDefault();
    ask();
  } else if (event.key === "Escape" && moved && !$("details.menu[open]")) {
    event.preventDefault();
    undo();
  }
}, true);

// For the reason; when it stands there already, keep.
function ask() {
  const fields = form();
  if (!fields || $("[data-chosen]").dataset.chosen !== moved?.el.dataset.row) { typed = "ask"; return; }
  if (fields.elements.reason.value.trim()) return fields.requestSubmit();
  fields.elements.reason.focus();
}

// ---------- pointer ----------
const START = 4; // pixels before it counts as dragging
const STRAIGHT = 0.15; // of a point: so little to the side was not meant
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const el = event.target.closest?.("[data-may] .bub");
  if (!el || event.button || !event.isPrimary) return;
  drag = { el, x: event.clientX, y: event.clientY, from: moved?.el === el ? moved.at : home(el), began: false };
});
document.addEventListener("dragstart", (event) => event.target.closest?.(".bub") && event.preventDefault());
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.began && Math.hypot(dx, dy) < START) return;
  if (!drag.began) {
    drag.began = true;
    drag.el.setPointerCapture(event.pointerId);
    drag.el.classList.add("is-dragged");
  }
  event.preventDefault();
  move(drag.el, dragged(drag, dx, dy));
});

function dragged({ from }, dx, dy) {
  const { width, height } = plot().getBoundingClientRect();
  const way = { effort: (dx / width) * 10, benefit: (-dy / height) * 10 };
  const axes = Object.keys(AXES);
  const farthest = Math.max(...axes.map((axis) => Math.abs(way[axis])));
  const meant = (axis) => Math.abs(way[axis]) >= STRAIGHT || Math.abs(way[axis]) === farthest;
  return Object.fromEntries(axes.map((axis) => [axis, meant(axis) ? scale(from[axis] + way[axis]) : from[axis]]));
}

function drop(event) {
  if (!drag) return;
  const { el, began } = drag;
  drag = null;
  if (!began) return;
  el.classList.remove("is-dragged");
  if (event.type === "pointercancel") return undo();
  addEventListener("click", (click) => { click.preventDefault(); click.stopPropagation(); }, { capture: true, once: true });
  setTimeout(() => dispatchEvent(new Event("click")), 0); // spends the listener above when no click follows
  ask();
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);

// ---------- at the start and after each swap ----------
function settle() {
  if (!plot()) return;
  nudges();
  const chosen = $("[data-chosen]");
  if (moved && !moved.el.isConnected) moved = null;
  if (moved && chosen?.dataset.chosen === moved.el.dataset.row) {
    nudgeless(moved.el);
    tell();
    if (typed === "ask") ask();
  } else foresee();
  if (!moved) look(null);
  typed = null;
}
const nudgeless = (el) => el.setAttribute("transform", "");

document.addEventListener("htmx:after:swap", (event) => {
  settle();
  if (event.target?.id === "main" || event.detail?.ctx?.target?.id === "main") {
    const at = $(".bub[aria-current]");
    if (at && !$("[data-focus]")) at.focus({ preventScroll: true });
  }
});
settle();
