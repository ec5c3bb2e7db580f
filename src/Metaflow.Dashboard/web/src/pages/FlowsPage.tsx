import { api, useApi, useEvents } from "../api";
import { duration, plural } from "../format";
import { Empty, Fault, Loading } from "../parts/Feedback";
import { RunHistory } from "../parts/RunHistory";
import { Status } from "../parts/Status";
import { Ago } from "../parts/Time";
import { Link, to, useTitle } from "../router";
import type { FlowItem } from "../types";

export function FlowsPage() {
  useTitle("Flows");
  const flows = useApi<FlowItem[]>(api(["flows"], { latest: 30 }), true);
  useEvents(api(["events"]), "runs", flows.reload);
  return (
    <div className="page">
      <div className="page-head"><h1>Flows</h1>{flows.data && <span className="muted">{plural(flows.data.length, "flow")}</span>}</div>
      {flows.error ? <Fault error={flows.error} onRetry={flows.reload} /> : !flows.data ? <Loading />
        : flows.data.length === 0 ? <Empty title="There are no flows yet" detail="A flow appears here with its first run." />
        : <div className="cards">{flows.data.map((flow) => <FlowCard key={flow.name} flow={flow} />)}</div>}
    </div>
  );
}

function FlowCard({ flow }: { flow: FlowItem }) {
  const latest = flow.latest[0];
  const ended = flow.latest.filter((run) => run.finished !== undefined);
  const succeeded = ended.filter((run) => run.status === "succeeded");
  const typical = succeeded.map((run) => run.finished! - run.started).sort((one, other) => one - other)[Math.floor(succeeded.length / 2)];
  return (
    <article className="card">
      <header><h2><Link href={to("flows", flow.name)}>{flow.name}</Link></h2>{latest && <Status status={latest.status} />}</header>
      <RunHistory runs={flow.latest} small />
      <dl className="facts inline">
        <div><dt>Latest</dt><dd>{latest ? <Link href={to("flows", flow.name, "runs", latest.id)}>#{latest.id}</Link> : "–"} {latest && <span className="muted"><Ago time={latest.started} /></span>}</dd></div>
        <div><dt>Succeeded</dt><dd>{ended.length === 0 ? "–" : `${Math.round((100 * succeeded.length) / ended.length)} %`} <span className="muted">of {ended.length}</span></dd></div>
        <div><dt>Typically</dt><dd>{typical === undefined ? "–" : duration(typical)}</dd></div>
      </dl>
    </article>
  );
}
