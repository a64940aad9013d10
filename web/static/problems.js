// A request that failed leaves the page as it is and says so at its top; the message is part of the page's own language.

const region = document.querySelector("#problem");
const words = document.querySelector("template[data-problems]");

function say(kind, sentence = words.dataset[kind]) {
  const alert = words.content.firstElementChild.cloneNode(true);
  alert.lastElementChild.textContent = sentence;
  region.replaceChildren(alert);
  alert.scrollIntoView({ block: "nearest" });
}

// what the refusing page says: that the role is missing, or that the form is too old
const saidIn = (text) => new DOMParser().parseFromString(text ?? "", "text/html").querySelector("[data-said]")?.textContent;

const kindOf = (status) => {
  if (status >= 500) return "fault";
  if (status === 413) return "large";
  if (status === 404) return "missing";
  return [400, 401, 403, 405, 429].includes(status) ? "refused" : null;
};

document.addEventListener("htmx:response:error", (event) => {
  const { response, text } = event.detail.ctx;
  const kind = kindOf(response.status);
  if (kind) say(kind, response.status === 403 ? saidIn(text) : undefined);
});
document.addEventListener("htmx:error", () => say("network"));
document.addEventListener("htmx:before:request", () => region.replaceChildren());
