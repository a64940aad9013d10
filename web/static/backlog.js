// E and M open the current row (J and K move it): its page at the scores, or at the next step.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  const link = button && document.querySelector("[data-row].is-at a.row__title, [data-row]:focus-within a.row__title");
  if (link) location.assign(link.href + button.dataset.opens);
});
