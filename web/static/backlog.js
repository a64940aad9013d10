// E and M open the current row (J and K move it): its page at the scores, or at the next step. With rows selected M
// goes to what moves them all.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  if (!button) return;
  const bar = document.querySelector("[data-bulkbar]:not([hidden])");
  if (bar && button.dataset.opens === "") {
    bar.querySelector("select").focus();
    return;
  }
  const link = document.querySelector("[data-row].is-at a.row__title, [data-row]:focus-within a.row__title");
  if (link) location.assign(link.href + button.dataset.opens);
});
