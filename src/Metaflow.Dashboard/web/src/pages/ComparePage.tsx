import { useState } from "react";
import { api, useApi } from "../api";
import { Empty, Fault, Loading, Notice } from "../parts/Feedback";
import { Status } from "../parts/Status";
import { Ago, Took } from "../parts/Time";
import { Link, setQuery, to, usePlace, useTitle } from "../router";
import type { Comparison, Difference, RunItem, RunPageReply } from "../types";

export default function ComparePage() {
  const { query } = usePlace();
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  useTitle("Compare", a && b ? `${a} and ${b}` : undefined);
  const comparison = useApi<Comparison>(a && b ? api(["compare"], { a, b }) : null);
  return (
    <div className="page">
      <div className="page-head"><h1>Compare runs</h1></div>
      <div className="compare-pick"><Pick label="First run" value={a} onChange={(value) => setQuery({ a: value })} /><button className="button small" title="Swap" aria-label="Swap the runs" onClick={() => setQuery({ a: b, b: a })}>⇄</button><Pick label="Second run" value={b} onChange={(value) => setQuery({ b: value })} /></div>
      {!a || !b ? <Empty title="Choose two runs" detail={<>Write them as <code>Flow/1</code>, or mark two in the list of runs.</>}><Link className="button" href={to()}>To the runs</Link></Empty>
        : comparison.error ? <Fault error={comparison.error} onRetry={comparison.reload} /> : !comparison.data ? <Loading />
        : <Table comparison={comparison.data} />}
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

const kinds: [string, string][] = [["outcome", "Outcome"], ["parameter", "Parameters"], ["code", "Code"], ["graph", "Graph"], ["package", "Packages"], ["environment", "Environment"], ["artifact", "Artifacts"], ["tasks", "Tasks"], ["timing", "Timing"], ["logs", "Logs"], ["tags", "Tags"]];

/** The page of a task path such as GenreFlow/3/Rank/17. */
function exampleHref(path: string | undefined): string | undefined {
  const [flow, run, step, task] = path?.split("/") ?? [];
  return flow && run && step && task ? to("flows", flow, "runs", run, "steps", step, "tasks", task, "artifacts") : undefined;
}

function Table({ comparison }: { comparison: Comparison }) {
  const sections = kinds.map(([kind, title]) => ({ kind, title, shown: comparison.differences.filter((one) => one.kind === kind) })).filter((section) => section.shown.length > 0);
  return (
    <>
      {comparison.remarks.map((remark) => <Notice key={remark}>{remark}</Notice>)}
      <div className="compare panel">
        <div className="compare-row head">
          <span>{comparison.differences.length === 0 ? "No difference" : comparison.isSameResult ? <b className="good">The same result</b> : `${comparison.differences.length} difference${comparison.differences.length === 1 ? "" : "s"}`}</span>
          <Head run={comparison.a} /><Head run={comparison.b} />
        </div>
        {sections.map((section) => (
          <section key={section.kind} aria-label={section.title}>
            <h2>{section.title}<small>{section.shown.length}</small></h2>
            {section.shown.map((one) => <Row key={`${one.change}${one.subject}`} difference={one} />)}
          </section>
        ))}
      </div>
    </>
  );
}

function Row({ difference }: { difference: Difference }) {
  const side = (text: string | undefined, example: string | undefined) => {
    const href = exampleHref(example);
    return <span className="mono">{text === undefined ? <em className="muted">–</em> : href ? <Link href={href} title={example}>{text || "(empty)"}</Link> : text || <em className="muted">none</em>}</span>;
  };
  return (
    <div className={`compare-row ${difference.change}`}>
      <span>{difference.subject}{(difference.ofTasks ?? 0) > 1 && <small className="muted">in {difference.tasks} of {difference.ofTasks} tasks</small>}</span>
      {side(difference.a, difference.exampleA)}{side(difference.b, difference.exampleB)}
      {difference.details.length > 0 && <details><summary>{difference.details.length === 1 ? "More" : `${difference.details.length} lines`}</summary><pre>{difference.details.map((line, at) => <span key={at} className={line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : undefined}>{line}{"\n"}</span>)}</pre></details>}
    </div>
  );
}
