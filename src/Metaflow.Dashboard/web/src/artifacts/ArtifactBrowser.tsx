import { useApi } from "../api";
import { bytes } from "../format";
import { CopyButton } from "../parts/CopyButton";
import { Fault, Loading, Notice } from "../parts/Feedback";
import { Link } from "../router";
import type { ArtifactItem, ArtifactPreview } from "../types";
import { Preview } from "./Preview";

/** Artifacts on the left, the one that is looked at on the right. */
export function ArtifactBrowser({ items, chosen, href, address }: { items: ArtifactItem[]; chosen?: string; href: (name: string) => string; address: (name: string) => string }) {
  const name = items.some((item) => item.name === chosen) ? chosen! : items[0]!.name;
  const preview = useApi<ArtifactPreview>(address(name), true);
  return (
    <div className="browser">
      <nav aria-label="Artifacts">
        {items.map((item) => (
          <Link key={item.name} href={href(item.name)} aria-current={item.name === name ? "true" : undefined}>
            <b>{item.name}</b><small>{item.encoding} · {bytes(item.size)}</small><span>{item.summary}</span>
          </Link>
        ))}
      </nav>
      <section className="panel preview" aria-label={name}>
        {preview.error ? <Fault error={preview.error} onRetry={preview.reload} /> : !preview.data ? <Loading rows={4} /> : (
          <>
            <header>
              <h2>{preview.data.artifact.name}</h2>
              <span className="muted">{preview.data.artifact.encoding} · {bytes(preview.data.artifact.size)}</span>
              <span className="hash mono muted" title={`Content ${preview.data.artifact.sha256}`}>{preview.data.artifact.sha256.slice(0, 12)}<CopyButton text={preview.data.artifact.sha256} label="Copy the identity of the content" /></span>
              <a className="button small" href={`${address(preview.data.artifact.name)}/content`} download>Download</a>
            </header>
            {preview.data.notice && <Notice>{preview.data.notice}</Notice>}
            <Preview preview={preview.data} content={`${address(preview.data.artifact.name)}/content`} />
          </>
        )}
      </section>
    </div>
  );
}
