import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { api, get, useApi, useEvents } from "../api";
import { plural } from "../format";
import { Empty, Fault, Loading, Notice } from "../parts/Feedback";
import { RunRow } from "../parts/RunRow";
import { RunHistory } from "../parts/RunHistory";
import { navigate, setQuery, to, usePlace, useTitle } from "../router";
import type { Choices, RunItem, RunPageReply, StoreInfo } from "../types";

const statuses = ["running", "succeeded", "failed", "interrupted", "lost"] as const;
const periods: [string, string, number][] = [["", "Any time", 0], ["1h", "Last hour", 3.6e6], ["24h", "Last 24 hours", 8.64e7], ["7d", "Last 7 days", 6.048e8], ["30d", "Last 30 days", 2.592e9], ["custom", "From … to …", 0]];

/** A time of a field, which has no zone: the reader's. */
const timeOf = (text: string | null) => { const time = text ? new Date(text).getTime() : NaN; return Number.isNaN(time) ? undefined : time; };
const groups: [string, string][] = [["", "No groups"], ["flow", "By flow"], ["user", "By user"], ["status", "By state"], ["day", "By day"]];

function groupOf(run: RunItem, by: string): string {
  return by === "flow" ? run.flow : by === "user" ? run.user || "unknown" : by === "status" ? run.status
    : by === "day" ? new Date(run.started).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" }) : "";
}

export function RunsPage({ flow }: { flow?: string }) {
  const { query } = usePlace();
  useTitle(flow ?? "Runs");
  const sort = query.get("sort") ?? "started";
  const order = query.get("order") ?? "desc";
  const group = query.get("group") ?? "";
  const period = periods.find(([key]) => key === query.get("period")) ?? periods[0]!;
  const since = useMemo(() => (period[2] ? Math.floor((Date.now() - period[2]) / 60_000) * 60_000 : undefined), [period]);
  const from = period[0] === "custom" ? timeOf(query.get("from")) : since;
  const before = period[0] === "custom" ? timeOf(query.get("before")) : undefined;
  const filter = {
    flow: flow ?? query.get("flow") ?? undefined, status: query.getAll("status"), user: query.get("user") ?? undefined, tag: query.getAll("tag"),
    parameter: query.getAll("parameter"), q: query.get("q") ?? undefined, from, before, sort, order, parameters: true,
  };
  const address = api(["runs"], { ...filter, limit: 50 });
  const page = useApi<RunPageReply>(address, true);
  const choices = useApi<Choices>(api(["choices"]), true);
  const [more, setMore] = useState<{ address: string; items: RunItem[]; next?: string }>({ address, items: [] });
  const extra = more.address === address ? more : { address, items: [], next: page.data?.next };
  const loaded = useRef(0);

  // What has changed is mostly among the newest: the first page is read again, and what follows it stays.
  useEvents(api(["events"]), "runs", () => { page.reload(); });

  const items = useMemo(() => {
    const seen = new Set<string>();
    return [...(page.data?.items ?? []), ...extra.items].filter((run) => { const key = `${run.flow}/${run.id}`; return !seen.has(key) && seen.add(key); });
  }, [page.data, extra.items]);
  loaded.current = items.length;
  const next = extra.items.length > 0 ? extra.next : page.data?.next;
  const loadMore = async () => {
    if (!next) return;
    const reply = await get<RunPageReply>(api(["runs"], { ...filter, limit: 50, after: next }));
    setMore({ address, items: [...extra.items, ...reply.items], next: reply.next });
  };

  const chosen = query.getAll("pick");
  const pick = (run: RunItem) => {
    // From the address, not from what was drawn last: two keys may come before the next picture.
    const key = `${run.flow}/${run.id}`;
    const before = new URLSearchParams(window.location.search).getAll("pick");
    setQuery({ pick: before.includes(key) ? before.filter((one) => one !== key) : [...before.slice(-1), key] });
  };
  const isFiltered = query.getAll("status").length + query.getAll("tag").length + query.getAll("parameter").length > 0 || ["q", "user", "flow", "period"].some((name) => query.get(name));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{flow ?? "Runs"}</h1>
        {items.length > 0 && <span className="muted">{next ? `${items.length}+` : plural(items.length, "run")}</span>}
      </div>
      {flow && items.length > 1 && <RunHistory runs={items.slice(0, 60)} />}
      <Filters choices={choices.data} flow={flow} group={group} period={period[0]} isFiltered={isFiltered} />
      <Unreadable />
      {page.error ? <Fault error={page.error} onRetry={page.reload} /> : !page.data ? <Loading rows={10} /> : items.length === 0
        ? isFiltered
          ? <Empty title="No run matches" detail="Take a filter away, or search for less."><button className="button" onClick={() => navigate(window.location.pathname)}>Clear the filters</button></Empty>
          : <Empty title="There are no runs yet" detail={<>Runs appear here by themselves. Start one: <code>dotnet myflow.cs run</code></>} />
        : <RunTable items={items} sort={sort} order={order} group={group} chosen={chosen} onPick={pick} showFlow={!flow} />}
      {page.data?.isPartial && <Notice>Not all runs were looked at yet.</Notice>}
      {next && <More onMore={loadMore} />}
      {chosen.length > 0 && (
        <div className="tray" role="region" aria-label="Comparison">
          <span>{chosen.length === 1 ? <>Choose another run to compare with <b>{chosen[0]}</b></> : <><b>{chosen[0]}</b> and <b>{chosen[1]}</b></>}</span>
          <button className="button" onClick={() => setQuery({ pick: undefined })}>Cancel</button>
          <button className="button primary" disabled={chosen.length < 2} onClick={() => navigate(`${to("compare")}?a=${encodeURIComponent(chosen[0]!)}&b=${encodeURIComponent(chosen[1]!)}`)}>Compare</button>
        </div>
      )}
    </div>
  );
}

function Unreadable() {
  const store = useApi<StoreInfo>(api(["store"]));
  const unreadable = store.data?.unreadable ?? [];
  return unreadable.length === 0 ? null : (
    <details className="warning"><summary>{plural(unreadable.length, "run")} cannot be read</summary><ul>{unreadable.map((text) => <li key={text}>{text}</li>)}</ul></details>
  );
}

function More({ onMore }: { onMore: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  const [isLoading, setLoading] = useState(false);
  const load = () => { if (!isLoading) { setLoading(true); void onMore().finally(() => setLoading(false)); } };
  const handler = useRef(load);
  handler.current = load;
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) handler.current(); }, { rootMargin: "400px" });
    seen.observe(button.current!);
    return () => seen.disconnect();
  }, []);
  return <button ref={button} className="button more" onClick={load} disabled={isLoading}>{isLoading ? "Loading…" : "More"}</button>;
}

function Filters({ choices, flow, group, period, isFiltered }: { choices?: Choices; flow?: string; group: string; period: string; isFiltered: boolean }) {
  const { query } = usePlace();
  const [text, setText] = useState(query.get("q") ?? "");
  const search = useRef<HTMLInputElement>(null);
  const active = query.getAll("status");
  useEffect(() => {
    const timer = setTimeout(() => { if (text !== (new URLSearchParams(window.location.search).get("q") ?? "")) setQuery({ q: text }); }, 150);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => { if (!query.get("q") && document.activeElement !== search.current) setText(""); }, [query]);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key === "/" && !(event.target instanceof HTMLInputElement)) { event.preventDefault(); search.current?.focus(); }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const add = (value: string) => {
    const [name, rest] = value.split("=", 2);
    if (name && rest !== undefined) { setQuery({ parameter: [...query.getAll("parameter"), value] }); return true; }
    return false;
  };
  return (
    <div className="filters">
      <div className="search">
        <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5" /><path d="M13.2 13.200l4 4" /></svg>
        <input ref={search} type="search" value={text} placeholder="Search by flow, tag, user or parameter" aria-label="Search runs" onChange={(event) => setText(event.target.value)} />
      </div>
      <div className="segments" role="group" aria-label="State">
        {statuses.map((status) => (
          <button key={status} className={status} aria-pressed={active.includes(status)} onClick={() => setQuery({ status: active.includes(status) ? active.filter((one) => one !== status) : [...active, status] })}>
            <i aria-hidden="true" />{status[0]!.toUpperCase() + status.slice(1)}
          </button>
        ))}
      </div>
      {!flow && <Select label="Flow" value={query.get("flow") ?? ""} options={[["", "All flows"], ...(choices?.flows ?? []).map((one): [string, string] => [one, one])]} onChange={(value) => setQuery({ flow: value })} />}
      <Select label="User" value={query.get("user") ?? ""} options={[["", "All users"], ...(choices?.users ?? []).map((one): [string, string] => [one, one])]} onChange={(value) => setQuery({ user: value })} />
      <Select label="Tag" value="" options={[["", "Tag…"], ...(choices?.tags ?? []).map((one): [string, string] => [one, one])]} onChange={(value) => value && setQuery({ tag: [...new Set([...query.getAll("tag"), value])] })} />
      <Select label="Time" value={period} options={periods.map(([key, name]) => [key, name])} onChange={(value) => setQuery({ period: value, from: undefined, before: undefined })} />
      {period === "custom" && ["from", "before"].map((name) => (
        <input key={name} type="datetime-local" aria-label={name === "from" ? "Started at or after" : "Started before"} value={query.get(name) ?? ""} onChange={(event) => setQuery({ [name]: event.target.value })} />
      ))}
      <input className="parameter" placeholder="parameter=value" aria-label="Parameter, as name=value" onKeyDown={(event) => { if (event.key === "Enter" && add(event.currentTarget.value)) event.currentTarget.value = ""; }} />
      <Select label="Groups" value={group} options={groups} onChange={(value) => setQuery({ group: value })} />
      {isFiltered && (
        <div className="chips">
          {query.getAll("tag").map((tag) => <button key={tag} className="chip" onClick={() => setQuery({ tag: query.getAll("tag").filter((one) => one !== tag) })} aria-label={`Remove the tag ${tag}`}>{tag}<b>×</b></button>)}
          {query.getAll("parameter").map((one) => <button key={one} className="chip" onClick={() => setQuery({ parameter: query.getAll("parameter").filter((other) => other !== one) })} aria-label={`Remove ${one}`}>{one}<b>×</b></button>)}
          <button className="link" onClick={() => { setText(""); setQuery({ q: undefined, status: undefined, flow: undefined, user: undefined, tag: undefined, parameter: undefined, period: undefined, from: undefined, before: undefined }); }}>Clear all</button>
        </div>
      )}
    </div>
  );
}

export function Select({ label, value, options, onChange }: { label: string; value: string; options: [string, string][]; onChange: (value: string) => void }) {
  return <select aria-label={label} value={value} className={value ? "set" : undefined} onChange={(event) => onChange(event.target.value)}>{options.map(([key, name]) => <option key={key} value={key}>{name}</option>)}</select>;
}

const columns: [string, string | null, string][] = [["", null, "pick"], ["State", "status", "state"], ["Run", "flow", "name"], ["Parameters", null, "parameters"], ["Tags", null, "tags"], ["User", "user", "user"], ["Tasks", null, "tasks"], ["Duration", "duration", "took"], ["Started", "started", "when"]];

function RunTable({ items, sort, order, group, chosen, onPick, showFlow }: {
  items: RunItem[]; sort: string; order: string; group: string; chosen: string[]; onPick: (run: RunItem) => void; showFlow: boolean;
}) {
  const table = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    const rows = [...(table.current?.querySelectorAll<HTMLElement>("[data-run]") ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    if (step !== 0) { event.preventDefault(); rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus(); }
    else if (event.key === " " && at >= 0 && event.target === rows[at]) { event.preventDefault(); const run = items.find((one) => `${one.flow}/${one.id}` === rows[at]!.dataset.run); if (run) onPick(run); }
  };
  const sorted = (key: string) => setQuery({ sort: key === "started" ? undefined : key, order: sort === key && order === "desc" ? "asc" : undefined });
  const sections = useMemo(() => {
    const found = new Map<string, RunItem[]>();
    for (const run of items) { const key = groupOf(run, group); found.set(key, [...(found.get(key) ?? []), run]); }
    return [...found];
  }, [items, group]);
  return (
    <div className="table runs" role="table" aria-label="Runs" ref={table} onKeyDown={press}>
      <div className="row head" role="row">
        {columns.map(([title, key, name]) => (
          <span key={name} role="columnheader" className={name} aria-sort={key && sort === key ? (order === "asc" ? "ascending" : "descending") : undefined}>
            {key ? <button onClick={() => sorted(key)}>{title}{sort === key && <b aria-hidden="true">{order === "asc" ? "↑" : "↓"}</b>}</button> : title}
          </span>
        ))}
      </div>
      {sections.map(([name, runs]) => (
        <section key={name} role="rowgroup" aria-label={name || undefined}>
          {group && <h2 className="group">{name}<small>{plural(runs.length, "run")}</small></h2>}
          {runs.map((run) => <RunRow key={`${run.flow}/${run.id}`} run={run} isChosen={chosen.includes(`${run.flow}/${run.id}`)} onPick={onPick} showFlow={showFlow} />)}
        </section>
      ))}
    </div>
  );
}
