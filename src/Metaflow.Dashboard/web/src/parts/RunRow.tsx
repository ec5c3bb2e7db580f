import { memo, type MouseEvent } from "react";
import { count } from "../format";
import { Link, navigate, setQuery, to } from "../router";
import type { RunItem } from "../types";
import { Status } from "./Status";
import { Ago, Took } from "./Time";

export const RunRow = memo(function RunRow({ run, isChosen, onPick, showFlow }: { run: RunItem; isChosen: boolean; onPick: (run: RunItem) => void; showFlow: boolean }) {
  const href = to("flows", run.flow, "runs", run.id);
  const open = (event: MouseEvent<HTMLElement>) => {
    if (event.target instanceof Element && event.target.closest("a, button, input, label")) return;
    if (window.getSelection()?.toString()) return;
    navigate(href);
  };
  const parameters = Object.entries(run.parameters ?? {});
  return (
    <div role="row" tabIndex={0} data-run={`${run.flow}/${run.id}`} className={`row${isChosen ? " chosen" : ""}`} onClick={open}
      onKeyDown={(event) => { if (event.key === "Enter" && event.target === event.currentTarget) navigate(href); }}>
      <span role="cell" className="pick"><label><input type="checkbox" tabIndex={-1} checked={isChosen} onChange={() => onPick(run)} aria-label={`Compare ${run.flow}/${run.id}`} /></label></span>
      <span role="cell" className="state"><Status status={run.status} /></span>
      <span role="cell" className="name"><Link href={href} tabIndex={-1}>{showFlow && run.flow}<b>#{run.id}</b></Link>{run.originRunId && <small title={`Resumes run ${run.originRunId}`}>↻ {run.originRunId}</small>}</span>
      <span role="cell" className="parameters" title={parameters.map(([name, value]) => `${name} = ${value}`).join("\n")}>{parameters.slice(0, 4).map(([name, value]) => <em key={name}>{name}<b>{value}</b></em>)}</span>
      <span role="cell" className="tags">{run.branch && <button tabIndex={-1} className="tag branch" title={`Only runs of the branch ${run.branch} of the project ${run.project}`} onClick={() => setQuery({ tag: [`project:${run.project}`, `project_branch:${run.branch}`] })}>{run.project}/{run.branch}</button>}{run.tags.slice(0, 3).map((tag) => <button key={tag} tabIndex={-1} className="tag" title={`Only runs with the tag ${tag}`} onClick={() => setQuery({ tag: [tag] })}>{tag}</button>)}{run.tags.length > 3 && <small title={run.tags.join(", ")}>+{run.tags.length - 3}</small>}</span>
      <span role="cell" className="user">{run.user && <button tabIndex={-1} className="plain" title={`Only runs of ${run.user}`} onClick={() => setQuery({ user: run.user })}>{run.user}</button>}</span>
      <span role="cell" className="tasks number">{count(run.tasks)}{run.failedTasks > 0 && <b className="bad" title={`${run.failedTasks} failed`}>{count(run.failedTasks)} ✕</b>}</span>
      <span role="cell" className="took"><Took from={run.started} to={run.finished} isRunning={run.status === "running"} /></span>
      <span role="cell" className="when"><Ago time={run.started} /></span>
    </div>
  );
});
