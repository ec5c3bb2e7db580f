import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { api, get, getSoon } from "../api";
import { Empty, Notice } from "../parts/Feedback";
import { clockTime, count, fullTime } from "../format";
import type { LogLine, LogMatches, LogPage } from "../types";
import { spans } from "../parts/ansi";

const pageSize = 500;

// A browser draws nothing that is higher.
const mostLines = 1_500_000;

export default function LogView({ address, isRunning }: { address: readonly (string | number)[]; isRunning: boolean }) {
  const [stream, setStream] = useState<"both" | "out" | "err">("both");
  const [wraps, setWraps] = useState(true);
  const [withTime, setWithTime] = useState(true);
  const [follows, setFollows] = useState(isRunning);
  const [state, setState] = useState<{ total?: number; isComplete: boolean; pages: Map<number, LogLine[]>; error?: string }>({ isComplete: false, pages: new Map() });
  const [text, setText] = useState("");
  const [matches, setMatches] = useState<LogMatches & { text: string }>();
  const [match, setMatch] = useState(0);
  const view = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const asked = useRef(new Set<number>());
  const path = address.join("/");

  const latest = useRef("");
  latest.current = `${path} ${stream}`;
  const load = useCallback(async (page: number, again = false) => {
    if (asked.current.has(page) && !again) return;
    asked.current.add(page);
    const key = `${path} ${stream}`;
    try {
      const reply = await getSoon<LogPage>(api(address, { from: page * pageSize, limit: pageSize, stream: stream === "both" ? undefined : stream }));
      if (latest.current !== key) return;
      setState((before) => ({ total: reply.total, isComplete: reply.isComplete, pages: new Map(before.pages).set(page, reply.lines) }));
    } catch (fault) {
      if (latest.current !== key) return;
      asked.current.delete(page);
      setState((before) => ({ ...before, error: (fault as Error).message }));
    }
  }, [path, stream]);
  useEffect(() => { asked.current.clear(); setState({ isComplete: false, pages: new Map() }); void load(0, true); }, [load]);

  // While the attempt goes on its last page is read again, and so are those that come behind it.
  useEffect(() => {
    if (state.isComplete || state.error) return;
    const timer = setInterval(() => { void load(Math.floor(Math.max(0, (state.total ?? 1) - 1) / pageSize), true); }, 700);
    return () => clearInterval(timer);
  }, [state.isComplete, state.total, state.error, load]);
  useEffect(() => { if (!isRunning && !state.isComplete) void load(Math.floor(Math.max(0, (state.total ?? 1) - 1) / pageSize), true); }, [isRunning]);

  const total = Math.min(mostLines, state.total ?? 0);
  const rows = useVirtualizer({ count: total, getScrollElement: () => view.current, estimateSize: () => 20, overscan: 20 });
  const visible = rows.getVirtualItems();
  const [first, last] = [visible[0]?.index ?? 0, visible[visible.length - 1]?.index ?? 0];
  useEffect(() => { for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) void load(page); }, [first, last, load]);
  useEffect(() => { if (follows && total > 0) rows.scrollToIndex(total - 1, { align: "end" }); }, [follows, total]);
  useEffect(() => { rows.measure(); }, [wraps, withTime]);

  useEffect(() => {
    if (text.trim() === "") { setMatches(undefined); return; }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      void get<LogMatches>(api([...address, "matches"], { q: text, stream: stream === "both" ? undefined : stream }), stop.signal).then((found) => { setMatches({ ...found, text }); setMatch(0); }, () => undefined);
    }, 200);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text, stream, path]);
  const line = matches?.lines[match];
  useEffect(() => { if (line !== undefined) { setFollows(false); rows.scrollToIndex(line, { align: "center" }); } }, [line, matches]);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const isField = event.target instanceof HTMLInputElement;
      if ((event.key === "/" && !isField) || (event.key === "f" && (event.ctrlKey || event.metaKey))) { event.preventDefault(); search.current?.focus(); search.current?.select(); }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const jump = (by: number) => { if (matches && matches.lines.length > 0) setMatch((match + by + matches.lines.length) % matches.lines.length); };
  const press = (event: KeyboardEvent) => { if (event.key === "Enter") { event.preventDefault(); jump(event.shiftKey ? -1 : 1); } else if (event.key === "Escape") setText(""); };
  const found = new Set(matches?.lines);
  return (
    <div className="log">
      <div className="log-tools">
        <div className="search">
          <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5" /><path d="M13.2 13.200l4 4" /></svg>
          <input ref={search} type="search" value={text} placeholder="Search the log" aria-label="Search the log" onChange={(event) => setText(event.target.value)} onKeyDown={press} />
        </div>
        {matches && <span className="muted">{matches.lines.length === 0 ? "Not found" : `${match + 1} of ${count(matches.lines.length)}${matches.hasMore ? "+" : ""}`}</span>}
        {matches && matches.lines.length > 1 && <><button className="button small" onClick={() => jump(-1)} aria-label="Previous match">↑</button><button className="button small" onClick={() => jump(1)} aria-label="Next match">↓</button></>}
        <span className="spacer" />
        <span className="muted">{state.total !== undefined && `${count(state.total)} line${state.total === 1 ? "" : "s"}`}</span>
        <div className="segments" role="group" aria-label="Stream">
          {([["both", "Both"], ["out", "Output"], ["err", "Errors"]] as const).map(([name, title]) => <button key={name} aria-pressed={stream === name} onClick={() => setStream(name)}>{title}</button>)}
        </div>
        <label className="toggle"><input type="checkbox" checked={withTime} onChange={() => setWithTime(!withTime)} />Times</label>
        <label className="toggle"><input type="checkbox" checked={wraps} onChange={() => setWraps(!wraps)} />Wrap</label>
        <label className="toggle"><input type="checkbox" checked={follows} onChange={() => setFollows(!follows)} />Follow</label>
        <a className="button small" href={api([...address, "text"], { stream: stream === "both" ? undefined : stream })} download>Download</a>
      </div>
      {state.error && <Notice>{state.error}</Notice>}
      {total === 0 && state.total !== undefined ? <Empty title={state.isComplete ? "Nothing was printed" : "Nothing is printed yet"} detail={state.isComplete ? (stream === "both" ? "The attempt wrote neither to standard output nor to standard error." : "The attempt wrote nothing to this stream.") : "Lines appear here as they come."} /> : (
        <div className={`log-lines${wraps ? " wraps" : ""}`} ref={view} tabIndex={0} role="log" aria-label="Log" onWheel={(event) => { if (event.deltaY < 0) setFollows(false); }}>
          <div className="rows" style={{ height: rows.getTotalSize() }}>
            {visible.map((row) => {
              const one = state.pages.get(Math.floor(row.index / pageSize))?.[row.index % pageSize];
              return (
                <div key={row.key} ref={rows.measureElement} data-index={row.index} style={{ transform: `translateY(${row.start}px)` }} className={`log-line${one?.isError ? " err" : ""}${row.index === line ? " current" : ""}`}>
                  <span className="line-number">{row.index + 1}</span>
                  {withTime && <time title={one && fullTime(one.time)}>{one && clockTime(one.time)}</time>}
                  <span className="line-text">{one ? <Line text={one.text} mark={found.has(row.index) ? matches!.text : undefined} /> : "…"}</span>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

/** A line with the colours that it asks for, and what was searched for. Text only: nothing in it is markup. */
function Line({ text, mark }: { text: string; mark?: string }) {
  return <>{spans(text).map((span, at) => <span key={at} className={span.css || undefined}>{mark ? <Marked text={span.text} mark={mark} /> : span.text}</span>)}</>;
}

function Marked({ text, mark }: { text: string; mark: string }) {
  const [parts, low, word] = [[] as { text: string; isMark: boolean }[], text.toLowerCase(), mark.toLowerCase()];
  let from = 0;
  for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, from)) {
    parts.push({ text: text.slice(from, at), isMark: false }, { text: text.slice(at, at + word.length), isMark: true });
    from = at + word.length;
  }
  parts.push({ text: text.slice(from), isMark: false });
  return <>{parts.map((part, at) => (part.isMark ? <mark key={at}>{part.text}</mark> : part.text))}</>;
}
