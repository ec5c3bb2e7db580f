import { useEffect, useState } from "react";
import { api, runPath, taskPath, useApi, useEvents } from "../api";
import { fullTime } from "../format";
import { ArtifactBrowser } from "../artifacts/ArtifactBrowser";
import { CopyButton } from "../parts/CopyButton";
import { Empty, Fault, Loading } from "../parts/Feedback";
import { onDemand } from "../parts/onDemand";
import { Status, StatusIcon } from "../parts/Status";
import { Tabs } from "../parts/Tabs";
import { Took } from "../parts/Time";
import { Link, setQuery, to, usePlace, useTitle } from "../router";
import type { ArtifactItem, AttemptItem, ErrorView, RunProgress, TaskDetail, TaskItem } from "../types";

const Cards = onDemand(() => import("./Cards"));
const LogView = onDemand(() => import("./LogView"));

export function TaskPage({ flow, run, step, task, tab = "log", item }: { flow: string; run: string; step: string; task: string; tab?: string; item?: string }) {
  useTitle(`${step}/${task}`, `${flow} #${run}`);
  const { query } = usePlace();
  useEffect(() => { void LogView.preload(); }, []);
  const detail = useApi<TaskDetail>(api(taskPath(flow, run, step, task)));
  const isOpen = detail.data?.task.outcome === "running" || detail.data?.attempts[detail.data.attempts.length - 1]?.outcome === "retrying";
  const [seen, setSeen] = useState("");
  useEvents(isOpen || detail.error?.status === 404 ? api([...runPath(flow, run), "events"]) : null, "progress", (data) => {
    const progress = JSON.parse(data) as RunProgress;
    const now = `${progress.status} ${progress.running.some((one) => one.id === task)} ${progress.steps.find((one) => one.name === step)?.tasks}`;
    if (now !== seen) { setSeen(now); detail.reload(); }
  });
  if (detail.error && !detail.data) return <div className="page"><Fault error={detail.error} onRetry={detail.reload} /></div>;
  if (!detail.data) return <div className="page"><Loading /></div>;
  const { data } = detail;
  const asked = query.get("attempt");
  const attempt = data.attempts.find((one) => asked !== null && one.number === Number(asked)) ?? data.attempts[data.attempts.length - 1]!;
  const href = (name: string) => to(...taskPath(flow, run, step, task), ...(name === "log" ? [] : [name])) + (asked ? `?attempt=${asked}` : "");
  return (
    <div className="page run-page fill-page">
      <header className="run-head">
        <h1>{step} <span className="muted">{task}</span></h1>
        <Status status={attempt.outcome} large />
        <dl className="facts inline">
          <div><dt>Duration</dt><dd><Took from={attempt.started} to={attempt.finished} isRunning={attempt.outcome === "running"} /></dd></div>
          <div><dt>Started</dt><dd>{fullTime(attempt.started)}</dd></div>
          {data.forEach.map((level) => <div key={level.step}><dt>{level.step}</dt><dd>{level.label} <span className="muted">{level.index + 1} of {level.count}</span></dd></div>)}
          {data.adoptedFrom && <div><dt>Taken over from</dt><dd><Link href={to(...taskPath(flow, data.adoptedFrom, step, task))}>#{data.adoptedFrom}</Link></dd></div>}
        </dl>
        <nav className="neighbours" aria-label="Tasks of the step">
          {data.previous ? <Link className="button small" href={to(...taskPath(flow, run, step, data.previous))}>← Previous</Link> : <span className="button small disabled">← Previous</span>}
          {data.following ? <Link className="button small" href={to(...taskPath(flow, run, step, data.following))}>Next →</Link> : <span className="button small disabled">Next →</span>}
        </nav>
      </header>
      {data.attempts.length > 1 && <Attempts attempts={data.attempts} current={attempt.number} />}
      {attempt.error && <ErrorBox error={attempt.error} />}
      <Tabs tabs={[["log", "Log"], ["artifacts", "Artifacts"], ["cards", "Cards"], ["details", "Details"]]} current={tab} href={href} />
      {tab === "artifacts" ? <Artifacts flow={flow} run={run} step={step} task={task} item={item} outcome={data.task.outcome} />
          : tab === "cards" ? <Cards key={attempt.number} address={[...taskPath(flow, run, step, task), "attempts", attempt.number]} outcome={attempt.outcome} chosen={item} href={(card) => to(...taskPath(flow, run, step, task), "cards", card) + (asked ? `?attempt=${asked}` : "")} />
          : tab === "details" ? <Details flow={flow} run={run} detail={data} attempt={attempt} />
          : <LogView key={attempt.number} address={[...taskPath(flow, run, step, task), "attempts", attempt.number, "log"]} isRunning={attempt.outcome === "running"} />}
    </div>
  );
}

function Attempts({ attempts, current }: { attempts: AttemptItem[]; current: number }) {
  return (
    <div className="attempts" role="group" aria-label="Attempts">
      {attempts.map((one) => (
        <button key={one.number} aria-pressed={one.number === current} onClick={() => setQuery({ attempt: String(one.number) })}>
          <StatusIcon status={one.outcome} />Attempt {one.number + 1}<small><Took from={one.started} to={one.finished} isRunning={one.outcome === "running"} /></small>
        </button>
      ))}
    </div>
  );
}

function ErrorBox({ error }: { error: ErrorView }) {
  const text = `${error.type}: ${error.message}${error.stackTrace ? `\n${error.stackTrace}` : ""}`;
  return (
    <section className="failure trace" role="alert">
      <p><b>{error.type}</b> {error.message}</p><CopyButton text={text} label="Copy the error" />
      {error.stackTrace && <details><summary>Stack trace</summary><pre>{error.stackTrace}</pre></details>}
    </section>
  );
}

function Artifacts({ flow, run, step, task, item, outcome }: { flow: string; run: string; step: string; task: string; item?: string; outcome: string }) {
  const address = taskPath(flow, run, step, task);
  const list = useApi<{ items: ArtifactItem[] }>(outcome === "running" ? null : api([...address, "artifacts"]));
  if (outcome === "running") return <Empty title="The task is still running" detail="Its artifacts are stored when it has ended." />;
  if (list.error) return <Fault error={list.error} onRetry={list.reload} />;
  if (!list.data) return <Loading />;
  if (list.data.items.length === 0) return <Empty title="No artifacts" detail={outcome === "failed" ? "A task that fails leaves none." : "The task has set none."} />;
  return <ArtifactBrowser items={list.data.items} chosen={item} href={(name) => to(...address, "artifacts", name)} address={(name) => api([...address, "artifacts", name])} />;
}

function Relatives({ flow, run, tasks, title, hasMore }: { flow: string; run: string; tasks: TaskItem[]; title: string; hasMore?: boolean }) {
  return (
    <div><dt>{title}</dt><dd className="relatives">
      {tasks.length === 0 && "–"}
      {tasks.map((task) => <Link key={task.id} href={to(...taskPath(flow, run, task.step, task.id))}><StatusIcon status={task.outcome} />{task.step}/{task.id}{task.label && <small>{task.label}</small>}</Link>)}
      {hasMore && tasks.length >= 20 && <span className="muted">and more</span>}
    </dd></div>
  );
}

function Details({ flow, run, detail, attempt }: { flow: string; run: string; detail: TaskDetail; attempt: AttemptItem }) {
  return (
    <div className="columns">
      <section className="panel">
        <h2>Where it stands</h2>
        <dl className="facts">
          <div><dt>Path</dt><dd className="mono">{flow}/{run}/{detail.task.step}/{detail.task.id}<CopyButton text={`${flow}/${run}/${detail.task.step}/${detail.task.id}`} /></dd></div>
          <Relatives flow={flow} run={run} title="Comes from" tasks={detail.parents} hasMore={detail.hasMore} />
          <Relatives flow={flow} run={run} title="Leads to" tasks={detail.children} hasMore={detail.hasMore} />
          {detail.forEach.map((level) => <div key={level.step}><dt>Item of {level.step}</dt><dd>{level.label} <span className="muted">{level.index + 1} of {level.count}</span></dd></div>)}
        </dl>
      </section>
      <section className="panel">
        <h2>The step</h2>
        {detail.doc && <p className="doc">{detail.doc}</p>}
        <dl className="facts">
          {detail.decorators.length > 0 && <div><dt>Decorators</dt><dd className="tag-list">{detail.decorators.map((text) => <code key={text}>[{text}]</code>)}</dd></div>}
          {detail.file && <div><dt>Source</dt><dd className="mono"><Link className="link" href={`${to("flows", flow, "runs", run, "code")}?file=${encodeURIComponent(detail.file)}&line=${detail.line}`}>{detail.file}:{detail.line}</Link><CopyButton text={`${detail.file}:${detail.line}`} /></dd></div>}
          <div><dt>Attempt</dt><dd>{attempt.number + 1} of {detail.attempts.length}</dd></div>
          <div><dt>Executed with</dt><dd><Link className="link" href={to("flows", flow, "runs", run, "code")}>Code</Link> · <Link className="link" href={to("flows", flow, "runs", run, "environment")}>Environment</Link></dd></div>
          {attempt.processId !== undefined && <div><dt>Process</dt><dd className="mono">{attempt.processId}</dd></div>}
          <div><dt>Started</dt><dd>{fullTime(attempt.started)}</dd></div>
          {attempt.finished !== undefined && <div><dt>Ended</dt><dd>{fullTime(attempt.finished)}</dd></div>}
        </dl>
      </section>
    </div>
  );
}
