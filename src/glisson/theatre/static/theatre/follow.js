// A page that shows a state follows its changes: when one arrives, it loads itself again.

const followed = document.querySelector("[data-follow]");

if (followed) {
  const kinds = followed.dataset.followKinds.split(" ");
  const source = new EventSource(`/events/${followed.dataset.follow}/`);
  let due;
  for (const kind of kinds) {
    source.addEventListener(kind, () => {
      clearTimeout(due);
      due = setTimeout(reload, 250);
    });
  }
  source.addEventListener("reset", reload);
  addEventListener("pagehide", () => source.close());
}

function reload() {
  // Nobody's open menu or half-typed text is taken away; the next change asks again.
  if (document.querySelector("details[open] :focus, input:focus:not([type=hidden])")) return;
  location.reload();
}
