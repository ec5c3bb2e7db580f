import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { api, get, prefetch, runPath, taskPath } from "../api";
import { count, duration, plural } from "../format";
import { Empty, Notice } from "../parts/Feedback";
import { Status } from "../parts/Status";
import { Ago } from "../parts/Time";
import { navigate, setQuery, to, usePlace } from "../router";
import type { RunProgress, TaskItem, TaskPageReply } from "../types";
import { Select } from "./RunsPage";

const pageSize = 100;
const rowHeight = 32;

// A browser draws nothing that is higher.
const mostRows = 1_000_000;

/** Pages of tasks, loaded as they come into view. */
function usePages(address: (offset: number) => string, key: string) {
  const [state, setState] = useState<{ key: string; total?: number; pages: Map<number, TaskItem[]>; error?: string; isPending?: boolean }>({ key, pages: new Map() });
  const asked = useRef(new Set<string>());
  const latest = useRef(key);
  latest.current = key;
  const current = state.key === key ? state : { key, total: undefined, pages: new Map<number, TaskItem[]>(), isPending: false, error: undefined };
  const want = (page: number) => {
    const name = `${key} ${page}`;
    if (current.pages.has(page) || asked.current.has(name)) return;
    asked.current.add(name);
    get<TaskPageReply>(address(page * pageSize)).then(
      (reply) => {
        asked.current.delete(name);

        // What was asked for before the filters changed must not take the place of what they give.
        if (latest.current !== key) return;
        setState((before) => {
          const pages = new Map(before.key === key ? before.pages : []);
          if (!reply.isPending) pages.set(page, reply.items);
          return { key, total: reply.total, pages, isPending: reply.isPending };
        });
        if (reply.isPending) setTimeout(() => { if (latest.current === key) want(page); }, 400);
      },
      (fault: Error) => { asked.current.delete(name); if (latest.current === key) setState((before) => ({ ...(before.key === key ? before : { key, pages: new Map() }), error: fault.message })); });
  };
  return { ...current, want };
}

export default function TasksTab({ flow, run, progress }: { flow: string; run: string; progress: RunProgress }) {
  const { query } = usePlace();
  const [step, outcome, sort, order, text] = [query.get("step") ?? "", query.get("outcome") ?? "", query.get("sort") ?? "id", query.get("order") ?? "asc", query.get("q") ?? ""];
  const steps = progress.steps;
  const chosen = steps.find((one) => one.name === step);
  const ended = (chosen ? [chosen] : steps).reduce((sum, one) => sum + one.tasks + one.retried, 0);
  const large = ended > 20_000;

  // While the run goes on the lists are read again when more has ended; pages of a large step stay as they are.
  const generation = progress.status === "running" && !large ? ended : 0;
  const key = [step, outcome, sort, order, text, generation].join("|");
  const pages = usePages((offset) => api([...runPath(flow, run), "tasks"], { step, outcome, sort: sort === "id" ? undefined : sort, order: order === "asc" ? undefined : order, q: text, offset, limit: pageSize }), key);
  const running = useMemo(() => (outcome === "" && text === "" ? progress.running.filter((task) => !step || task.step === step) : []), [progress.running, step, outcome, text]);
  useEffect(() => { void import("./LogView"); }, []);
  const last = useRef(0);
  if (pages.total !== undefined) last.current = pages.total;
  const total = Math.min(mostRows, pages.total ?? last.current);
  const view = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: total, getScrollElement: () => view.current, estimateSize: () => rowHeight, overscan: 12 });
  const visible = rows.getVirtualItems();
  const [from, until] = [visible[0]?.index ?? 0, visible[visible.length - 1]?.index ?? 0];
  useEffect(() => { for (let page = Math.floor(from / pageSize); page <= Math.floor(until / pageSize); page++) pages.want(page); }, [key, from, until]);
  const previous = useRef<Map<number, TaskItem[]>>(new Map());
  if (pages.pages.size > 0) previous.current = pages.pages;
  const shown = pages.pages.size > 0 ? pages.pages : previous.current;
  const press = (event: KeyboardEvent) => {
    const move = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    const at = Number((document.activeElement as HTMLElement | null)?.dataset.row ?? -1) + move;
    if (move !== 0 && at >= 0 && at < total) {
      event.preventDefault();
      rows.scrollToIndex(at);
      requestAnimationFrame(() => view.current?.querySelector<HTMLElement>(`[data-row="${at}"]`)?.focus());
    }
  };
  const sorted = (name: string) => setQuery({ sort: name === "id" ? undefined : name, order: sort === name ? (order === "asc" ? "desc" : undefined) : name === "duration" ? "desc" : undefined });
  const head = (title: string, name: string, css: string) => (
    <span role="columnheader" className={css} aria-sort={sort === name ? (order === "asc" ? "ascending" : "descending") : undefined}><button onClick={() => sorted(name)} disabled={!step && large && name !== "id"} title={!step && large && name !== "id" ? "Choose a step to order by this" : undefined}>{title}{sort === name && <b aria-hidden="true">{order === "asc" ? "↑" : "↓"}</b>}</button></span>
  );
  return (
    <div className="tasks-tab">
      <div className="filters">
        <Search value={text} />
        <Select label="Step" value={step} options={[["", "All steps"], ...steps.filter((one) => one.tasks + one.running + one.retried > 0).map((one): [string, string] => [one.name, `${one.name} (${count(one.tasks)})`])]} onChange={(value) => setQuery({ step: value })} />
        <div className="segments" role="group" aria-label="Outcome">
          {([["succeeded", "Succeeded"], ["failed", "Failed"], ["caught", "Caught"], ["retrying", "Retried"]] as const).map(([name, title]) => (
            <button key={name} className={name} aria-pressed={outcome === name} onClick={() => setQuery({ outcome: outcome === name ? undefined : name })}><i aria-hidden="true" />{title}</button>
          ))}
        </div>
        <span className="muted">{pages.total === undefined ? "" : plural(pages.total, outcome ? "attempt" : "task")}{pages.isPending ? " · reading the step…" : ""}</span>
      </div>
      {pages.error && <Notice>{pages.error}</Notice>}
      {pages.total !== undefined && pages.total > mostRows && <Notice>The first {count(mostRows)} are listed. Filter or order to see others.</Notice>}
      {pages.total === 0 && running.length === 0 ? <Empty title="No tasks" detail={outcome || text || step ? "None matches the filters." : "None has ended yet."} /> : (
        <div className="table tasks" role="table" aria-label="Tasks" aria-rowcount={total} onKeyDown={press}>
          <div className="row head" role="row">
            <span role="columnheader" className="state">Outcome</span><span role="columnheader" className="name">Step</span>{head("Task", "id", "task")}
            <span role="columnheader" className="label">Item</span><span role="columnheader" className="error">Error</span><span role="columnheader" className="attempt">Attempt</span>{head("Duration", "duration", "took")}{head("Started", "started", "when")}
          </div>
          <div className="scroll" ref={view}>
            {running.map((task) => <Row key={`${task.id}.${task.attempt}`} flow={flow} run={run} task={{ ...task, outcome: "running" }} place={-1} top={undefined} />)}
            <div className="rows" style={{ height: rows.getTotalSize() }}>
              {visible.map((row) => {
                const task = shown.get(Math.floor(row.index / pageSize))?.[row.index % pageSize];
                return <Row key={row.key} flow={flow} run={run} task={task} place={row.index} top={row.start} />;
              })}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function Search({ value }: { value: string }) {
  const [text, setText] = useState(value);
  useEffect(() => { const timer = setTimeout(() => { if (text !== (new URLSearchParams(window.location.search).get("q") ?? "")) setQuery({ q: text }); }, 200); return () => clearTimeout(timer); }, [text]);
  return (
    <div className="search">
      <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5" /><path d="M13.2 13.200l4 4" /></svg>
      <input type="search" value={text} placeholder="Task id, item or error" aria-label="Search tasks" onChange={(event) => setText(event.target.value)} />
    </div>
  );
}

function Row({ flow, run, task, place, top }: { flow: string; run: string; task?: TaskItem; place: number; top?: number }) {
  const style = top === undefined ? undefined : { transform: `translateY(${top}px)` };
  if (!task) return <div role="row" className="row empty-row" style={style}><span className="skeleton" /></div>;
  const href = to("flows", flow, "runs", run, "steps", task.step, "tasks", task.id) + (task.outcome === "retrying" ? `?attempt=${task.attempt}` : "");
  const point = () => {
    if (task.outcome === "running") return;
    const address = taskPath(flow, run, task.step, task.id);
    prefetch(api(address));
    prefetch(api([...address, "attempts", task.attempt, "log"], { from: 0, limit: 500 }));
  };
  return (
    <a role="row" className={`row${top === undefined ? " fixed" : ""}`} style={style} data-row={place} aria-rowindex={place + 2} href={href} onPointerEnter={point} onFocus={point} onClick={(event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); navigate(href); } }}>
      <span role="cell" className="state"><Status status={task.outcome} /></span>
      <span role="cell" className="name">{task.step}</span>
      <span role="cell" className="task mono">{task.id}</span>
      <span role="cell" className="label" title={task.label}>{task.label}</span>
      <span role="cell" className="error" title={task.error}>{task.error}</span>
      <span role="cell" className="attempt number">{task.attempt > 0 ? task.attempt + 1 : ""}</span>
      <span role="cell" className="took number">{task.finished === undefined ? "" : duration(task.finished - task.started)}</span>
      <span role="cell" className="when"><Ago time={task.started} /></span>
    </a>
  );
}
