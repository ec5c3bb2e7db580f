"use strict";
(() => {
  const cards = new Map(), list = document.getElementById("cards");
  const say = (id, text) => { document.getElementById(id).textContent = text; };

  // A frame tells its height; it has no other way to this page.
  addEventListener("message", event => {
    const height = event.data?.metaflowCard?.height;
    if (typeof height !== "number" || !(height > 0)) return;
    for (const { place } of cards.values())
      for (const frame of place.querySelectorAll("iframe"))
        if (event.source === frame.contentWindow) frame.style.height = Math.min(Math.ceil(height) + 2, 20000) + "px";
  });

  // A changed card is loaded behind the one that is shown, and takes its place when it is ready: nothing flickers.
  const load = (shown, card) => {
    shown.hash = card.hash;
    shown.next?.remove();
    const frame = shown.next = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads");
    frame.title = "Card of " + card.task;
    frame.src = "/card/" + card.hash;
    frame.className = shown.frame ? "waiting" : "";
    frame.addEventListener("load", () => {
      frame.contentWindow?.postMessage({ metaflowAsk: true }, "*");
      if (shown.next !== frame) return;
      shown.frame?.remove();
      frame.className = "";
      shown.frame = frame;
      shown.next = null;
    });
    shown.place.append(frame);
  };

  const make = card => {
    const place = document.createElement("article"), head = document.createElement("div");
    const task = document.createElement("b"), kind = document.createElement("span"), state = document.createElement("span");
    task.textContent = card.task;
    kind.textContent = card.type + (card.id ? " · " + card.id : "");
    head.append(task, kind, state);
    place.append(head);
    return { place, state, frame: null, next: null, hash: "" };
  };

  const show = state => {
    document.title = state.run ?? "Cards";
    say("run", state.run ?? "No run yet");
    say("status", (state.status ?? "").toLowerCase());
    document.getElementById("none").hidden = state.cards.length > 0;
    const keys = new Set(state.cards.map(card => card.key));
    for (const [key, shown] of cards) if (!keys.has(key)) { shown.place.remove(); cards.delete(key); }
    state.cards.forEach((card, at) => {
      if (!cards.has(card.key)) cards.set(card.key, make(card));
      const shown = cards.get(card.key);
      // A frame that is moved loads again, so only new ones are put in their place.
      if (!shown.place.isConnected) list.insertBefore(shown.place, list.children[at] ?? null);
      shown.state.textContent = card.status;
      shown.state.className = "state " + card.status;
      if (shown.hash !== card.hash) load(shown, card);
    });
  };

  let wait = 2;
  const look = async () => {
    try {
      const answer = await fetch("/cards");
      if (!answer.ok) throw new Error((await answer.text()).trim());
      const state = await answer.json();
      wait = state.poll;
      show(state);
      say("link", "");
    } catch (fault) {
      say("link", fault instanceof TypeError ? "The server does not answer." : fault.message);
    }
    setTimeout(look, wait * 1000);
  };
  look();
})();
