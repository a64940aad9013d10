// A part of the page that others change too asks for itself: soon while something is on its way or the page is in use,
// else now and then, and not at all while nobody looks. What is typed, open or in focus stays: only what differs is replaced.

const PACES = { soon: { least: 2_500, most: 20_000 }, seldom: { least: 8_000, most: 45_000 } }; // ms
const PROMPT = 8_000; // ms between two looks at most, while the page is in use
const IN_USE = 3 * 60_000; // ms since somebody last did anything here
const AWAKE = 15 * 60_000;
const part = () => document.querySelector("[data-live]");
let awake = Date.now();
let pause = 0;
let timer;

function wait(again) {
  clearTimeout(timer);
  const pace = PACES[part()?.dataset.pace];
  if (!pace) return;
  const most = Date.now() - awake < IN_USE ? PROMPT : pace.most;
  pause = again ? Math.min(most, Math.max(pace.least, pause * 1.4)) : pace.least;
  timer = setTimeout(look, pause);
}

async function look() {
  if (document.hidden || Date.now() - awake > AWAKE) return; // goes on when somebody is back
  try {
    const answer = await fetch(part().dataset.live, { headers: { "HX-Request": "true" } });
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return; // signed out, or not there any more
    if (answer.status === 200) await show(await answer.text());
    wait(answer.status !== 200);
  } catch {
    wait(true); // the next time perhaps
  }
}

async function show(text) {
  const target = part();
  const open = [...target.querySelectorAll("details[open][id]")].map((each) => each.id);
  await window.htmx.swap({ sourceElement: target, target, text, swap: "outerMorph" });
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
}

function back() {
  const rested = document.hidden || Date.now() - awake > AWAKE;
  awake = Date.now();
  if (rested || pause > PROMPT) wait(false);
}
for (const type of ["pointerdown", "pointermove", "wheel", "keydown", "focusin"]) document.addEventListener(type, back, { passive: true });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { awake = Date.now(); clearTimeout(timer); if (part()) look(); } });
wait(false);
