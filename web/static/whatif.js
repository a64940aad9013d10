// Weights by sliders. What if: the list re-ranks while a weight is dragged; htmx asks the server for the true ranks when
// it rests. Needs form[data-weights] with fields named like the criteria (data-base: the weight in force) and a
// [data-out] each; where there is a list, a [data-ranktable] whose rows carry data-rank and each criterion's value, and
// [data-changes], [data-summary]. Fields to type in may have a range[data-slides=criterion] and one [data-sum] for all.

const CRITERIA = { importance: "imp", urgency: "urg", maturity: "mat", effort_benefit: "eb" };
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const written = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
const percent = (whole) => new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(whole / 100);
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

// What is typed or slid to; 0 while it is no weight.
function numberIn(form, name) {
  const value = Number(form.elements[name].value.trim().replace(",", "."));
  return value >= 0 && value < Infinity ? value : 0;
}

// Percentages that add up to 100. All 0 when every weight is.
function shares(form) {
  const raw = Object.keys(CRITERIA).map((name) => [name, numberIn(form, name)]);
  const sum = raw.reduce((total, [, value]) => total + value, 0);
  return new Map(raw.map(([name, value]) => [name, sum ? (value / sum) * 100 : 0]));
}

// The same as whole ones: the largest remainders get what rounding left over.
function wholes(weights) {
  const whole = new Map([...weights].map(([name, value]) => [name, Math.floor(value)]));
  let left = Math.round([...weights].reduce((sum, [name, value]) => sum + value - whole.get(name), 0));
  for (const [name] of [...weights].sort((a, b) => (b[1] % 1) - (a[1] % 1))) if (left-- > 0) whole.set(name, whole.get(name) + 1);
  return whole;
}

function paint(table, form, weights) {
  const whole = wholes(weights);
  for (const [name, short] of Object.entries(CRITERIA)) {
    const now = whole.get(name);
    const base = Number(form.elements[name].dataset.base);
    table?.style.setProperty(`--w-${short}`, now);
    const head = table && $(`[data-w="${name}"]`, table);
    if (head) head.textContent = percent(now);
    const out = $(`[data-out="${name}"]`, form);
    out.replaceChildren();
    if (now !== base) out.append(Object.assign(document.createElement("s"), { textContent: base }), " ");
    out.append(percent(now));
  }
}

// As the server rounds: each part to a millionth of a point, then all together.
const MICRO = 1_000_000;
const pointsOf = (row, weights) => {
  const parts = [...weights].map(([name, w]) => Math.floor(w * MICRO * Number(row.dataset[camel(name)] ?? 5) + 0.5));
  return Math.floor((parts.reduce((a, b) => a + b, 0) + MICRO / 2) / MICRO);
};

function slide(rows) {
  if (still.matches) return;
  rows.forEach(({ el, top }) => {
    const dy = top - el.getBoundingClientRect().top;
    if (dy) el.animate([{ transform: `translateY(${dy}px)` }, { transform: "none" }], { duration: 220, easing: "cubic-bezier(.2,.7,.2,1)" });
  });
}

function mark(cell, moved) {
  const span = document.createElement("span");
  span.className = moved > 0 ? "move move--up" : "move";
  span.textContent = moved > 0 ? `▲${moved}` : moved < 0 ? `▽${-moved}` : "–";
  cell.replaceChildren(span);
}

function report(rows) {
  const moved = rows.filter(({ from, to }) => from !== to);
  $("[data-changes]")?.replaceChildren(...moved.slice(0, 7).map(({ el, from, to }) => {
    const [li, b, span] = ["li", "b", "span"].map((tag) => document.createElement(tag));
    b.textContent = `${from} → ${to}`;
    span.textContent = $(".row__title > span:last-child", el).textContent;
    li.append(b, span);
    return li;
  }));
  const summary = $("[data-summary]");
  if (summary?.dataset.text) summary.textContent = summary.dataset.text.replace("{n}", moved.length).replace("{all}", rows.length);
}

// Without any weight there is nothing to rank by, and nothing to propose.
function judge(form, weights) {
  const nothing = [...weights.values()].every((weight) => !weight);
  $$("button[formaction]", form).forEach((button) => { button.disabled = nothing; });
  const summary = $("[data-summary]");
  if (nothing && summary) summary.textContent = summary.dataset.nothing;
  return !nothing;
}

function rerank(form) {
  const table = $("[data-ranktable]");
  const weights = shares(form);
  paint(table, form, weights);
  add(form);
  if (!table) return;
  const waits = "awaits" in table.dataset || typed(form) !== rested; // its ranges are those of other weights
  table.classList.toggle("is-waiting", waits);
  if (!judge(form, weights)) return $("[data-changes]")?.replaceChildren();
  const body = $("tbody", table);
  const rows = $$("[data-row]", body).map((el) => ({ el, top: el.getBoundingClientRect().top, points: pointsOf(el, weights) }));
  const first = Math.min(...rows.map(({ el }) => Number(el.dataset.rank)));
  rows.sort((a, b) => b.points - a.points || Number(a.el.dataset.rank) - Number(b.el.dataset.rank));
  rows.forEach((row, index) => {
    row.from = Number(row.el.dataset.rank);
    row.to = index && rows[index - 1].points === row.points ? rows[index - 1].to : first + index;
    $(".rank", row.el).textContent = row.to;
    $(".score", row.el).textContent = written.format(row.points / 100);
    mark($(".c-move", row.el), row.from - row.to);
  });
  body.append(...rows.map(({ el }) => el));
  slide(rows);
  report(rows);
}

function add(form) {
  const line = $("[data-sum]", form);
  const sum = Object.keys(CRITERIA).reduce((total, name) => total + numberIn(form, name), 0);
  if (line) line.textContent = sum ? line.dataset.text.replace("{sum}", plain.format(sum)) : line.dataset.nothing;
}

// A drag that comes back to where it began asks for nothing: the list shows what it rested on. A change asks for another.
const typed = (form) => Object.keys(CRITERIA).map((name) => form.elements[name].value).join(" ");
let rested = $("form[data-weights]") && typed($("form[data-weights]"));

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-weights]");
  const table = $("[data-ranktable]");
  if (!form || !table) return;
  rested = typed(form);
  table.dataset.awaits = "";
});

// A range and the field it stands beside say the same.
function follow(form, moved) {
  const name = moved.dataset.slides;
  if (name) form.elements[name].value = moved.value;
  const range = $(`[data-slides="${moved.name}"]`, form);
  if (moved.name && range) range.value = numberIn(form, moved.name);
}

for (const form of $$("form[data-weights]:has([data-slides])")) {
  $$("[data-slides], [data-out], [data-sum]", form).forEach((part) => { part.hidden = false; });
  Object.keys(CRITERIA).forEach((name) => follow(form, form.elements[name]));
  rerank(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-weights]");
  if (!form) return;
  follow(form, event.target);
  rerank(form);
});
document.addEventListener("reset", (event) => {
  const form = event.target.closest("form[data-weights]");
  if (form) setTimeout(() => {
    $$("input[type=range]", form).forEach((range) => { range.value = range.dataset.base; });
    rerank(form);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
