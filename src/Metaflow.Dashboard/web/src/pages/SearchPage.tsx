import { useEffect, useState } from "react";
import { api, get, taskPath, useApi } from "../api";
import { bytes, plural } from "../format";
import { Empty, Fault, Loading } from "../parts/Feedback";
import { StatusIcon } from "../parts/Status";
import { Ago } from "../parts/Time";
import { Link, setQuery, to, usePlace, useTitle } from "../router";
import type { ArtifactHit, ArtifactHits, Choices } from "../types";
import { Select } from "./RunsPage";

const address = (hit: ArtifactHit) => (hit.step && hit.taskId ? to(...taskPath(hit.flow, hit.runId, hit.step, hit.taskId), "artifacts", hit.artifact.name) : to("flows", hit.flow, "runs", hit.runId, "parameters", hit.artifact.name));

export default function SearchPage() {
  const { query } = usePlace();
  const [q, flow] = [query.get("q") ?? "", query.get("flow") ?? ""];
  useTitle("Artifacts", q || undefined);
  const [text, setText] = useState(q);
  useEffect(() => { const timer = setTimeout(() => { if (text !== q) setQuery({ q: text }); }, 200); return () => clearTimeout(timer); }, [text]);
  const choices = useApi<Choices>(api(["choices"]));
  const hits = useApi<ArtifactHits>(q || flow ? api(["artifacts"], { q, flow }) : null, true);
  const [more, setMore] = useState<{ key: string; items: ArtifactHit[]; next?: string; searched: number }>({ key: "", items: [], searched: 0 });
  const key = `${q}|${flow}`;
  const extra = more.key === key ? more : undefined;
  const items = [...(hits.data?.items ?? []), ...(extra?.items ?? [])];
  const next = extra ? extra.next : hits.data?.next;
  const goOn = async () => {
    const reply = await get<ArtifactHits>(api(["artifacts"], { q, flow, after: next }));
    setMore({ key, items: [...(extra?.items ?? []), ...reply.items], next: reply.next, searched: (extra?.searched ?? 0) + reply.searched });
  };
  return (
    <div className="page">
      <div className="page-head"><h1>Artifacts</h1>{hits.data && <span className="muted">{plural(items.length, "artifact")} in {plural(hits.data.searched + (extra?.searched ?? 0), "task")}</span>}</div>
      <div className="filters">
        <div className="search wide">
          <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5" /><path d="M13.2 13.200l4 4" /></svg>
          <input autoFocus type="search" value={text} placeholder="A part of a name, or name:value" aria-label="Search artifacts" onChange={(event) => setText(event.target.value)} />
        </div>
        <Select label="Flow" value={flow} options={[["", "All flows"], ...(choices.data?.flows ?? []).map((one): [string, string] => [one, one])]} onChange={(value) => setQuery({ flow: value })} />
      </div>
      {!q && !flow ? <Empty title="Find an artifact or parameter" detail={<>By name, such as <code>model</code>, or by name and value, such as <code>genre:Drama</code>. Each step's first task of the latest runs is looked at.</>} />
        : hits.error ? <Fault error={hits.error} onRetry={hits.reload} /> : !hits.data ? <Loading />
        : items.length === 0 && !next ? <Empty title="Nothing is found" detail="Names are compared by a part; case does not matter." />
        : (
          <div className="table hits" role="table" aria-label="Artifacts">
            <div className="row head" role="row"><span role="columnheader" className="name">Artifact</span><span role="columnheader" className="value">Value</span><span role="columnheader" className="where">Where</span><span role="columnheader" className="size">Size</span><span role="columnheader" className="when">Run started</span></div>
            {items.map((hit) => (
              <Link role="row" className="row" key={address(hit)} href={address(hit)}>
                <span role="cell" className="name"><b>{hit.artifact.name}</b><small>{hit.step ? hit.artifact.encoding : "parameter"}</small></span>
                <span role="cell" className="value mono">{hit.artifact.summary}</span>
                <span role="cell" className="where"><StatusIcon status={hit.runStatus} />{hit.flow}/{hit.runId}{hit.step && `/${hit.step}/${hit.taskId}`}</span>
                <span role="cell" className="size number">{bytes(hit.artifact.size)}</span>
                <span role="cell" className="when"><Ago time={hit.runStarted} /></span>
              </Link>
            ))}
          </div>
        )}
      {next && hits.data && <button className="button more" onClick={() => void goOn()}>Search older runs</button>}
    </div>
  );
}
