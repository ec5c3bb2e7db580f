import { count, duration } from "../format";
import { Link, to } from "../router";
import type { GraphData, RunProgress, StepProgress } from "../types";
import { StatusIcon } from "./Status";

export function stepHref(flow: string, run: string, step: string, outcome?: string) {
  return `${to("flows", flow, "runs", run, "tasks")}?step=${encodeURIComponent(step)}${outcome ? `&outcome=${outcome}` : ""}`;
}

/** Two large numbers have no room beside a name. */
const short = (value: number) => (value < 100_000 ? count(value) : value.toLocaleString(undefined, { notation: "compact", maximumFractionDigits: 1 }));

/** How much of a step has ended, by outcome. */
export function StepBar({ step }: { step: StepProgress }) {
  const all = Math.max(step.expected ?? 0, step.tasks + step.running, 1);
  const part = (value: number) => `${(100 * value) / all}%`;
  return (
    <div className="bar" role="img" aria-label={`${step.tasks} of ${step.expected ?? "an unknown number of"} tasks ended`}>
      <i className="succeeded" style={{ width: part(step.succeeded) }} /><i className="caught" style={{ width: part(step.caught) }} />
      <i className="failed" style={{ width: part(step.failed) }} /><i className="running" style={{ width: part(step.running) }} />
    </div>
  );
}

export function StepList({ flow, run, graph, progress }: { flow: string; run: string; graph: GraphData; progress: RunProgress }) {
  const docs = new Map(graph.nodes.map((node) => [node.name, node.doc]));
  return (
    <aside className="steps" aria-label="Steps">
      <h2>Steps</h2>
      <ul>
        {progress.steps.map((step) => (
          <li key={step.name}>
            <Link href={stepHref(flow, run, step.name)} title={docs.get(step.name)}>
              <StatusIcon status={step.state} /><b>{step.name}</b>
              <span className="number">{step.tasks === 0 && step.running === 0 ? "" : step.expected !== undefined && step.expected > 1 && step.expected !== step.tasks ? `${short(step.tasks)} / ${short(step.expected)}` : count(step.tasks)}</span>
              <span className="number muted">{step.firstStarted !== undefined && step.lastFinished !== undefined ? duration(step.lastFinished - step.firstStarted) : ""}</span>
            </Link>
            {(step.tasks > 1 || step.running > 0) && <StepBar step={step} />}
            <p>
              {step.failed > 0 && <Link className="bad" href={stepHref(flow, run, step.name, "failed")}>{count(step.failed)} failed</Link>}
              {step.caught > 0 && <Link className="odd" href={stepHref(flow, run, step.name, "caught")}>{count(step.caught)} caught</Link>}
              {step.retried > 0 && <Link className="odd" href={stepHref(flow, run, step.name, "retrying")}>{count(step.retried)} retried</Link>}
              {step.running > 0 && <span className="busy">{count(step.running)} running</span>}
            </p>
          </li>
        ))}
      </ul>
    </aside>
  );
}
