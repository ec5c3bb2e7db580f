import { useEffect, useState } from "react";
import { api, runPath, useApi, useEvents } from "../api";
import { count, fullTime, plural } from "../format";
import { Fault, Loading } from "../parts/Feedback";
import { onDemand } from "../parts/onDemand";
import { Status } from "../parts/Status";
import { StepList } from "../parts/StepList";
import { Tabs } from "../parts/Tabs";
import { Took } from "../parts/Time";
import { Link, to, useTitle } from "../router";
import type { RunDetail, RunProgress } from "../types";
import { ParametersTab } from "../artifacts/ParametersTab";
import { DetailsTab } from "./DetailsTab";

const Graph = onDemand(() => import("../graph/Graph"));
const Timeline = onDemand(() => import("../timeline/Timeline"));
const TasksTab = onDemand(() => import("./TasksTab"));
const RunCards = onDemand(() => import("./RunCards"));
const CodeTab = onDemand(() => import("./CodeTab"));
const EnvironmentTab = onDemand(() => import("./EnvironmentTab"));

export function RunPage({ flow, run, tab = "graph" }: { flow: string; run: string; tab?: string }) {
  useTitle(`${flow} #${run}`);

  // Beside the data; and the other tabs when there is nothing else to do.
  useEffect(() => {
    void (tab === "timeline" ? Timeline : tab === "tasks" ? TasksTab : Graph).preload();
    const timer = setTimeout(() => { void Graph.preload(); void Timeline.preload(); void TasksTab.preload(); }, 1000);
    return () => clearTimeout(timer);
  }, []);
  const detail = useApi<RunDetail>(api(runPath(flow, run)));
  const [live, setLive] = useState<RunProgress>();
  useEvents(detail.data ? api([...runPath(flow, run), "events"]) : null, "progress", (data) => setLive(JSON.parse(data) as RunProgress));
  const progress = live ?? detail.data?.progress;

  // What the run says of itself at its end, such as why it failed, is not part of the progress.
  const status = progress?.status;
  useEffect(() => { if (status && status !== "running" && detail.data && detail.data.run.status === "running") detail.reload(); }, [status]);
  if (detail.error && !detail.data) return <div className="page"><Fault error={detail.error} onRetry={detail.reload} /></div>;
  if (!detail.data || !progress) return <div className="page"><Loading /></div>;

  const { data } = detail;
  const done = progress.steps.reduce((sum, step) => sum + step.tasks, 0);
  const failed = progress.steps.filter((step) => step.failed > 0);
  const href = (name: string) => to("flows", flow, "runs", run, ...(name === "graph" ? [] : [name]));
  const tabs: [string, string, string?][] = [["graph", "Graph"], ["timeline", "Timeline"], ["tasks", "Tasks", count(done)], ["cards", "Cards"], ["parameters", "Parameters", data.parameters.length ? String(data.parameters.length) : undefined], ["code", "Code"], ["environment", "Environment"], ["details", "Details"]];
  return (
    <div className={`page run-page ${tab === "graph" || tab === "timeline" || tab === "tasks" || tab === "code" ? "fill-page" : ""}`}>
      <header className="run-head">
        <h1>{flow} <span className="muted">#{run}</span></h1>
        <Status status={progress.status} large />
        <dl className="facts inline">
          <div><dt>Duration</dt><dd><Took from={data.run.started} to={progress.finished ?? data.run.finished} isRunning={progress.status === "running"} /></dd></div>
          <div><dt>Started</dt><dd>{fullTime(data.run.started)}</dd></div>
          {data.run.user && <div><dt>User</dt><dd><Link href={`${to()}?user=${encodeURIComponent(data.run.user)}`}>{data.run.user}</Link></dd></div>}
          {data.run.branch && <div><dt>Project</dt><dd><Link href={`${to()}?tag=${encodeURIComponent(`project:${data.run.project}`)}`}>{data.run.project}</Link> <Link className="tag branch" href={`${to()}?tag=${encodeURIComponent(`project:${data.run.project}`)}&tag=${encodeURIComponent(`project_branch:${data.run.branch}`)}`}>{data.run.branch}</Link></dd></div>}
          {data.run.originRunId && <div><dt>Resumes</dt><dd><Link href={to("flows", flow, "runs", data.run.originRunId)}>#{data.run.originRunId}</Link></dd></div>}
          {progress.tags.length > 0 && <div><dt>Tags</dt><dd className="tag-list">{progress.tags.map((tag) => <Link key={tag} className="tag" href={`${to()}?tag=${encodeURIComponent(tag)}`}>{tag}</Link>)}</dd></div>}
        </dl>
      </header>
      {(data.failure || failed.length > 0) && (
        <div className="failure" role="alert">
          <p>{data.failure ?? "A task has failed."}</p>
          {failed.map((step) => <Link key={step.name} className="button small" href={`${href("tasks")}?step=${encodeURIComponent(step.name)}&outcome=failed`}>{plural(step.failed, "failed task")} in {step.name}</Link>)}
        </div>
      )}
      <Tabs tabs={tabs} current={tab} href={href} />
      {tab === "graph" ? (
          <div className="split">
            <Graph flow={flow} run={run} graph={data.graph} progress={progress} />
            <StepList flow={flow} run={run} graph={data.graph} progress={progress} />
          </div>
        ) : tab === "timeline" ? <Timeline flow={flow} run={run} progress={progress} />
          : tab === "tasks" ? <TasksTab flow={flow} run={run} progress={progress} />
          : tab === "cards" ? <RunCards flow={flow} run={run} progress={progress} />
          : tab === "code" ? <CodeTab flow={flow} run={run} />
          : tab === "environment" ? <EnvironmentTab flow={flow} run={run} />
          : tab === "parameters" ? <ParametersTab flow={flow} run={run} parameters={data.parameters} />
          : <DetailsTab detail={data} tags={progress.tags} />}
    </div>
  );
}
