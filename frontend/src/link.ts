/**
 * A one-time link: what opens it stands behind the `#`, which browsers never send by themselves.
 * It leaves the address at once, so that neither the history nor a shared screen keeps it, and goes to the server in a form.
 */
const form = document.getElementById("link-form");
const missing = document.getElementById("link-missing");
const token = window.location.hash.slice(1);

if (window.location.hash !== "") window.history.replaceState(null, "", window.location.pathname + window.location.search);

if (form instanceof HTMLFormElement && token !== "") {
  const field = form.elements.namedItem("token");
  if (field instanceof HTMLInputElement) {
    field.value = token;
    form.hidden = false;
    form.requestSubmit();
  }
} else if (missing && !document.querySelector("[role=alert]")) {
  missing.hidden = false;
}

export {};
