import { useState } from "react";
import { api, base, useApi } from "../api";
import { Empty, Fault, Loading } from "../parts/Feedback";
import { Status } from "../parts/Status";
import { Ago, Took } from "../parts/Time";
import { Link, setQuery, to, usePlace, useTitle } from "../router";
import type { RunComparison, RunItem, RunPageReply } from "../types";

export default function ComparePage() {
  const { query } = usePlace();
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  useTitle("Compare", a && b ? `${a} and ${b}` : undefined);
  const [onlyDifferent, setOnly] = useState(true);
  const comparison = useApi<RunComparison>(a && b ? api(["compare"], { a, b }) : null);
  return (
    <div className="page">
      <div className="page-head"><h1>Compare runs</h1></div>
      <div className="compare-pick"><Pick label="First run" value={a} onChange={(value) => setQuery({ a: value })} /><button className="button small" title="Swap" aria-label="Swap the runs" onClick={() => setQuery({ a: b, b: a })}>⇄</button><Pick label="Second run" value={b} onChange={(value) => setQuery({ b: value })} />
        {comparison.data && <label className="toggle"><input type="checkbox" checked={onlyDifferent} onChange={() => setOnly(!onlyDifferent)} />Only differences</label>}</div>
      {!a || !b ? <Empty title="Choose two runs" detail={<>Write them as <code>Flow/1</code>, or mark two in the list of runs.</>}><Link className="button" href={to()}>To the runs</Link></Empty>
        : comparison.error ? <Fault error={comparison.error} onRetry={comparison.reload} /> : !comparison.data ? <Loading />
        : <Table comparison={comparison.data} onlyDifferent={onlyDifferent} />}
    </div>
  );
}

function Pick({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [before, setBefore] = useState(value);
  if (before !== value) { setBefore(value); setText(value); }
  const runs = useApi<RunPageReply>(api(["runs"], { q: text, limit: 15 }), true);
  return (
    <>
      <input list={`runs-${label}`} value={text} aria-label={label} placeholder={`${label}: Flow/1`} onChange={(event) => { setText(event.target.value); if (runs.data?.items.some((run) => `${run.flow}/${run.id}` === event.target.value)) onChange(event.target.value); }}
        onKeyDown={(event) => { if (event.key === "Enter") onChange(text); }} onBlur={() => { if (/^[^/]+\/\d+$/.test(text) && text !== value) onChange(text); }} />
      <datalist id={`runs-${label}`}>{runs.data?.items.map((run) => <option key={`${run.flow}/${run.id}`} value={`${run.flow}/${run.id}`}>{run.status}</option>)}</datalist>
    </>
  );
}

function Head({ run }: { run: RunItem }) {
  return <div className="compare-run"><Link href={to("flows", run.flow, "runs", run.id)}><b>{run.flow} #{run.id}</b></Link><Status status={run.status} /><span className="muted"><Ago time={run.started} /> · <Took from={run.started} to={run.finished} isRunning={run.status === "running"} /></span></div>;
}

function Table({ comparison, onlyDifferent }: { comparison: RunComparison; onlyDifferent: boolean }) {
  const sections = comparison.sections.map((section) => ({ ...section, shown: section.values.filter((value) => !onlyDifferent || value.isDifferent) }));
  const different = comparison.sections.reduce((sum, section) => sum + section.values.filter((value) => value.isDifferent).length, 0);
  return (
    <div className="compare panel">
      <div className="compare-row head"><span>{different === 0 ? "No difference" : `${different} difference${different === 1 ? "" : "s"}`}</span><Head run={comparison.a} /><Head run={comparison.b} /></div>
      {sections.map((section) => (
        <section key={section.name}>
          <h2>{section.name}<small>{section.values.length === 0 ? "none" : section.shown.length === 0 ? "all the same" : ""}</small></h2>
          {section.shown.map((value) => (
            <div key={value.name} className={`compare-row${value.isDifferent ? " different" : ""}`}>
              <span>{value.name}</span>
              {([[value.a, value.linkA, "first"], [value.b, value.linkB, "second"]] as const).map(([text, link, side]) => (
                <span key={side} className="mono">{text === undefined ? <em className="muted">–</em> : link ? <Link href={base + link}>{text || "(empty)"}</Link> : text || <em className="muted">none</em>}</span>
              ))}
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}
