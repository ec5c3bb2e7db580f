"use strict";
(() => {
  const root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  // Tables: sort by a column; a box to search long ones.
  const number = text => { const value = Number(text.replace(/,/g, "")); return text === "" || Number.isNaN(value) ? null : value; };
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    return x !== null && y !== null ? x - y : a === "" ? 1 : b === "" ? -1 : a.localeCompare(b);
  };
  for (const table of document.querySelectorAll(".table table")) {
    const body = table.tBodies[0], rows = [...body.rows];
    [...(table.tHead?.rows[0]?.cells ?? [])].forEach((head, column) => {
      if (rows.length < 2) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = [...body.rows].sort((a, b) => compare(a.cells[column]?.textContent ?? "", b.cells[column]?.textContent ?? ""));
        body.append(...(down ? sorted.reverse() : sorted));
      });
    });
    if (rows.length > 20) {
      const find = document.createElement("input");
      find.type = "search";
      find.className = "find";
      find.placeholder = "Find in " + rows.length + " rows";
      find.setAttribute("aria-label", "Find in the table");
      find.addEventListener("input", () => {
        const words = find.value.toLowerCase().split(/\s+/).filter(word => word);
        for (const row of rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
      });
      table.closest(".table").insertBefore(find, table.parentNode);
    }
  }

  // Charts: the specification is data beside them. The library evaluates expressions by itself, without eval, and loads nothing.
  const charts = [...document.querySelectorAll(".chart")].map(place => ({ place, text: place.querySelector("script").textContent }));
  const draw = async ({ place, text }) => {
    const target = document.createElement("div");
    try {
      const spec = JSON.parse(text);
      const controls = place.dataset.controls === "1";
      const refuse = () => Promise.reject(new Error("A card loads nothing: put the data into the specification."));
      const loader = vega.loader();
      loader.load = refuse; loader.http = refuse; loader.file = refuse;
      // The options are this page's to choose, not the data's.
      delete spec.usermeta;
      place.replaceChildren(target);
      await vegaEmbed(target, spec, {
        ast: true, mode: /\/vega\/v/.test(spec.$schema ?? "") ? "vega" : "vega-lite", renderer: "svg", loader, actions: controls && { export: true, source: true, compiled: false, editor: false },
        theme: isDark() ? "dark" : undefined, config: { background: "transparent", font: "system-ui, sans-serif" },
        tooltip: { disableDefaultStyle: false },
      });
    } catch (fault) {
      const box = document.createElement("div");
      box.className = "error";
      const title = document.createElement("strong"), words = document.createElement("p");
      title.textContent = "The chart cannot be drawn";
      words.textContent = fault.message;
      box.append(title, words);
      place.replaceChildren(box);
    }
    tell();
  };
  const drawAll = () => { if (typeof vegaEmbed === "function") charts.forEach(draw); };

  // Whoever shows the card in a frame learns its height, and may choose the theme.
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (window !== window.parent && height !== told) window.parent.postMessage({ metaflowCard: { height: told = height } }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  addEventListener("message", event => {
    const theme = event.data?.metaflowTheme;
    // Who asks may have missed what was told while the frame was being made.
    if (event.source === window.parent && event.data?.metaflowAsk) { told = 0; tell(); }
    if (event.source === window.parent && (theme === "dark" || theme === "light" || theme === "auto")) {
      if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
      drawAll();
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  drawAll();
  tell();
})();
