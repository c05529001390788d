// Keeps the page as the daemon says: asks for the same document again, and takes over what differs.
"use strict";
(() => {
  const POLL = 2000;
  const root = document.documentElement;
  const live = () => document.getElementById("live");
  let tag = "", timer = 0, asking = null;
  let offset = Number(document.body.dataset.now) - performance.now() / 1000;

  const now = () => Math.floor(offset + performance.now() / 1000);

  // The same words as the server's.
  function span(seconds) {
    const two = (large, rest, unit) => rest ? `${large} ${rest} ${unit}` : large;
    const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / 3600), days = Math.floor(seconds / 86400);
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${minutes} min`;
    if (seconds < 86400) return two(`${hours} h`, minutes % 60, "min");
    return two(`${days} d`, hours % 24, "h");
  }

  function tell(time) {
    const at = Number(time.dataset.at), away = at - now();
    switch (time.dataset.form) {
      case "ago": return `${span(Math.max(0, -away))} ago`;
      case "until": return away > 0 ? `in ${span(away)}` : "now";
      default: return span(Math.max(0, -away));
    }
  }

  function tick() {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-at]")) {
      const text = tell(time);
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // Takes over what differs, element by element, so that what is open, selected or scrolled stays.
  function take(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== 1) { old.data = fresh.data; return; }
    if (old.id === "live" || old.id === "said" || old.tagName === "SCRIPT" || old.tagName === "STYLE") return;
    if (old.id !== "q") takeAttributes(old, fresh);
    takeChildren(old, fresh);
  }

  function takeAttributes(old, fresh) {
    const mine = (name) => (name === "open" && old.tagName === "DETAILS") || (name === "hidden" && old.tagName === "BUTTON");
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !mine(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !mine(name)) old.setAttribute(name, value);
  }

  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  function takeChildren(old, fresh) {
    const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let place = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const known = child.id ? named.get(child.id) : null;
      if (known && alike(known, child)) {
        if (known === place) place = place.nextSibling; else old.insertBefore(known, place);
        take(known, child);
      } else if (!child.id && place && alike(place, child)) {
        const next = place.nextSibling;
        take(place, child);
        place = next;
      } else {
        old.insertBefore(document.adoptNode(child), place);
      }
    }
    while (place) { const next = place.nextSibling; place.remove(); place = next; }
  }

  const phases = () => new Map([...document.querySelectorAll(".endpoint")].map((row) => [row.dataset.name, row.dataset.phase]));

  function announce(before) {
    const news = [];
    for (const row of document.querySelectorAll(".endpoint")) {
      const { name, phase } = row.dataset;
      if (!before.has(name) || before.get(name) === phase) continue;
      news.push(`${name} is ${phase}`);
      row.classList.add("fresh");
    }
    if (news.length) document.getElementById("said").textContent = news.join(", ");
  }

  function state(text, lost) {
    const place = live();
    place.hidden = false;
    place.classList.toggle("lost", lost);
    if (place.textContent !== text) place.textContent = text;
  }

  async function ask() {
    clearTimeout(timer);
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(location.pathname + location.search, { headers, cache: "no-store", signal: mine.signal });
      if (answer.status === 200) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const before = phases();
        tag = answer.headers.get("ETag") || "";
        offset = Number(fresh.body.dataset.now) - performance.now() / 1000;
        document.title = fresh.title;
        takeChildren(document.body, fresh.body);
        ready();
        announce(before);
        tick();
      }
      if (answer.ok || answer.status === 304) state("live", false);
      else state("Tidelock does not answer", true);
    } catch (error) {
      if (mine.signal.aborted) return;
      state("connection lost, trying again", true);
    }
    if (asking === mine) {
      asking = null;
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(ask, POLL);
    }
  }

  // What only works with this script is hidden without it.
  function ready() {
    for (const button of document.querySelectorAll("button[data-post]")) button.hidden = false;
  }

  function go(address) {
    history.replaceState(null, "", address);
    tag = "";
    ask();
  }

  async function post(button) {
    const was = button.textContent;
    let text = "Not possible";
    try {
      const answer = await fetch(button.dataset.post, { method: "POST", headers: { "X-Tidelock": "1" } });
      text = answer.ok ? button.dataset.done : answer.status === 403 ? "Only from the same machine" : text;
    } catch { text = "Connection lost"; }
    flash(button, text, was);
  }

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      flash(button, "Copied", "Copy");
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      flash(button, "Selected", "Copy");
    }
  }

  function flash(button, text, then) {
    button.textContent = text;
    setTimeout(() => { button.textContent = then; ask(); }, 1500);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.dataset.post) return void post(button);
    if (button && button.dataset.copy) return void copy(button);
    const choice = event.target.closest("a.choice");
    if (choice && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      go(choice.getAttribute("href"));
    }
  });

  let typing = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "q") return;
    clearTimeout(typing);
    typing = setTimeout(() => {
      const address = new URL(location.href);
      if (event.target.value.trim()) address.searchParams.set("q", event.target.value);
      else address.searchParams.delete("q");
      go(address.pathname + address.search);
    }, 150);
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); ask(); } });

  root.classList.add("js");
  ready();
  setInterval(tick, 1000);
  ask();
})();
