import { CopyButton } from "../parts/CopyButton";
import { Link, to } from "../router";
import type { RunDetail } from "../types";

export function DetailsTab({ detail, tags }: { detail: RunDetail; tags: string[] }) {
  return (
    <div className="columns">
      <section className="panel">
        <h2>About this run</h2>
        {detail.graph.doc && <p className="doc">{detail.graph.doc}</p>}
        <dl className="facts">
          {Object.entries(detail.facts).map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="mono">{value}<CopyButton text={value} /></dd></div>)}
          <div><dt>Tags</dt><dd className="tag-list">{tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}{tags.length === 0 && "–"}</dd></div>
          <div><dt>System tags</dt><dd className="tag-list">{detail.run.systemTags.map((tag) => <span key={tag} className="tag quiet">{tag}</span>)}</dd></div>
        </dl>
      </section>
      <section className="panel">
        <h2>Steps of the flow</h2>
        <dl className="facts">
          {detail.graph.nodes.map((node) => (
            <div key={node.name}><dt>{node.name}<small>{node.kind}</small></dt><dd>{node.doc ?? <span className="muted">No description.</span>}
              {node.decorators.length > 0 && <p className="tag-list">{node.decorators.map((text) => <code key={text}>[{text}]</code>)}</p>}
              {node.file && <p className="mono muted"><Link className="link" href={`${to("flows", detail.run.flow, "runs", detail.run.id, "code")}?file=${encodeURIComponent(node.file)}&line=${node.line}`}>{node.file}:{node.line}</Link></p>}</dd></div>
          ))}
        </dl>
      </section>
    </div>
  );
}
