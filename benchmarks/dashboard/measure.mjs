// Measures the dashboard in Chromium on a store with a large run of WideForEach: see README.md.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [tool, root] = process.argv.slice(2);
if (!root) throw new Error("usage: node measure.mjs PATH-TO-metaflow STORE");
const repetitions = Number(process.env.REPETITIONS ?? 5);
const results = new Map();
const note = (name, millis) => results.set(name, [...(results.get(name) ?? []), millis]);
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/** Starts the tool; gives its process, its address, and how long that took. */
function start() {
  const began = performance.now();
  const server = spawn(tool, ["ui", "--root", root, "--port", "0", "--no-open"], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    server.once("exit", () => reject(new Error("the tool ended")));
    server.stdout.on("data", (text) => {
      const url = /http:\/\/\S+/.exec(String(text))?.[0];
      if (url) resolve({ server, url, took: performance.now() - began, began });
    });
  });
}

const memory = (pid, what) => Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let peak = 0;
for (let repetition = 0; repetition < repetitions; repetition++) {
  // The browser is there, with an empty page: its start is not the dashboard's.
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const { server, url, took, began } = await start();
  const painted = () => page.evaluate(() => new Promise((resolve) => {
    const seen = performance.getEntriesByName("first-contentful-paint")[0];
    if (seen) resolve(seen.startTime);
    else new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach((entry) => resolve(entry.startTime))).observe({ type: "paint", buffered: true });
  }));
  const shows = (selector) => page.waitForSelector(selector, { state: "visible" });
  const timed = async (name, act, selector) => {
    const from = performance.now();
    await act();
    await shows(selector);
    note(name, performance.now() - from);
  };

  note("start of the process until it listens", took);
  await page.goto(url, { waitUntil: "commit" });
  await painted();
  note("start of the process until the first paint of the list", performance.now() - began);
  await shows("[data-run]");
  note("start of the process until runs are shown", performance.now() - began);

  const run = new URL("flows/WideForEach/runs/1", url).href;
  await page.goto(run, { waitUntil: "commit" });
  note("run page: first paint", await painted());
  await shows("[data-step='Work'] .title");
  note("run page: the graph is shown", await page.evaluate(() => performance.now()));

  const tab = (name) => () => page.getByRole("tab", { name }).click();
  await timed("tab Timeline", tab("Timeline"), ".line.step");
  await shows(".density");
  await timed("timeline: unfold the step with all tasks", () => page.locator(".line.step .label", { hasText: "Work" }).click(), ".task-bar");
  await timed("timeline: zoom", () => page.getByRole("button", { name: "Zoom in" }).click(), ".timeline-tools button:not(:disabled):text('Fit')");
  await timed("tab Tasks", tab("Tasks"), ".tasks .rows .row .status");
  await timed("tasks: choose the step", () => page.getByLabel("Step").selectOption("Work"), ".tasks .rows .row .status");
  const last = await page.evaluate(() => { const area = document.querySelector(".tasks .scroll"); return Math.floor((area.scrollHeight / 2) / 32); });
  await timed("tasks: jump to the middle", () => page.evaluate(() => { const area = document.querySelector(".tasks .scroll"); area.scrollTop = area.scrollHeight / 2; }), `.tasks [data-row='${last + 3}'] .status`);
  await timed("tasks: longest first", () => page.getByRole("button", { name: "Duration" }).click(), ".tasks [aria-sort='descending'] , .tasks .rows .row .status");
  await page.evaluate(() => { document.querySelector(".tasks .scroll").scrollTop = 0; });
  await shows(".tasks [data-row='0'] .status");
  await timed("tasks: only failed ones", () => page.getByRole("button", { name: "Failed" }).click(), ".empty");
  await page.goto(`${run}/tasks?step=Work`);
  await shows(".tasks [data-row='5'] .status");
  await timed("open a task", () => page.locator(".tasks [data-row='5']").click(), ".log, .log-lines, .empty");
  await timed("task: its artifacts", tab("Artifacts"), ".preview h2");
  await timed("task: its details", tab("Details"), ".panel dl");
  await page.goto(`${run}/tasks?step=Join`);
  await shows(".tasks [data-row='0'] .status");
  await timed("open the join of all tasks", () => page.locator(".tasks [data-row='0']").click(), ".run-head .status");
  peak = Math.max(peak, memory(server.pid, "VmHWM"));
  note("resident memory at the end, MB", memory(server.pid, "VmRSS"));
  await page.context().close();
  server.removeAllListeners("exit");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  await ended;
}

console.log(`| what | median of ${repetitions}, ms | worst |\n|---|---:|---:|`);
for (const [name, values] of results) console.log(`| ${name} | ${Math.round(median(values))} | ${Math.round(Math.max(...values))} |`);
console.log(`| peak resident memory of the server, MB | | ${Math.round(peak)} |`);
await browser.close();
