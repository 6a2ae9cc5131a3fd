// What a page can do better with a script; everything works without it.
"use strict";

// "/" goes to the search field, as on many pages.
document.addEventListener("keydown", (event) => {
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector(".find input");
  if (field) { event.preventDefault(); field.focus(); }
});

// Sections with data-refresh="SECONDS" are asked for again while the page can be seen.
const fresh = [...document.querySelectorAll("[data-refresh]")];
if (fresh.length) {
  const seconds = Math.min(...fresh.map((section) => Number(section.dataset.refresh)));
  setInterval(async () => {
    if (document.hidden || document.activeElement?.closest("[data-refresh]")) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = page.querySelectorAll("[data-refresh]");
      document.querySelectorAll("[data-refresh]").forEach((section, at) => {
        if (newer[at] && newer[at].innerHTML !== section.innerHTML) section.replaceWith(document.adoptNode(newer[at]));
      });
    } catch { /* the next time may do better */ }
  }, seconds * 1000);
}

// A <select data-go> or checkbox in a form sends the form when it changes.
document.querySelectorAll("form[data-go]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));

// Forms that cannot be undone ask first.
document.querySelectorAll("form[data-ask]").forEach((form) => form.addEventListener("submit", (event) => {
  if (!window.confirm(form.dataset.ask)) event.preventDefault();
}));

// What goes on (a crawl, a look at a site) is followed by server-sent events; at its end the page is loaded again.
document.querySelectorAll("[data-follow]").forEach((panel) => {
  if (!panel.dataset.follow) return;
  const place = (name) => panel.querySelector(`[data-say="${name}"]`);
  const say = (name, what) => { if (place(name)) place(name).textContent = what; };
  const crawl = ({ progress }) => {
    say("done", progress.done);
    say("queued", progress.queued);
    say("changes", progress.changes.map(([name, count]) => `${name} ${count}`).join("  "));
    const bar = panel.querySelector("progress");
    if (bar) { bar.max = progress.queued || 1; bar.value = progress.done; }
  };
  const look = ({ seen }) => {
    say("done", seen.length);
    seen.slice(place("seen").children.length).forEach((page) => {
      const line = document.createElement("li");
      line.textContent = `${page.what}  ${page.url}`;
      place("seen").append(line);
    });
  };
  const source = new EventSource(panel.dataset.follow);
  source.onmessage = (message) => {
    const said = JSON.parse(message.data);
    if (said.seen) look(said); else crawl(said);
  };
  source.addEventListener("end", () => { source.close(); location.reload(); });
});
