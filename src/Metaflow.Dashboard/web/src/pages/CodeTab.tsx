import { useEffect, useMemo, useRef, useState } from "react";
import { api, runPath, useApi } from "../api";
import { bytes, fullTime, plural } from "../format";
import { CopyButton } from "../parts/CopyButton";
import { Empty, Fault, Loading, Notice } from "../parts/Feedback";
import { linesOf, type Piece } from "../parts/highlight";
import { Link, to, usePlace } from "../router";
import type { CodeData, CodeFile } from "../types";

const difference = ":difference";

/** The sources of the program that executed a run: the files on the left, the one that is looked at on the right. */
export default function CodeTab({ flow, run }: { flow: string; run: string }) {
  const code = useApi<CodeData>(api([...runPath(flow, run), "code"]));
  const { query } = usePlace();
  const [text, setText] = useState("");
  if (code.error) return <Fault error={code.error} onRetry={code.reload} />;
  if (!code.data) return <Loading />;
  const { data } = code;
  if (!data.isKnown) return <Empty title="No sources were kept" detail="The run was started by an older version, or has only just begun." />;
  if (data.files.length === 0) return <Empty title="No sources were kept" detail={data.remarks.join(" ") || "The snapshot has no files."} />;
  const asked = query.get("file");
  const path = asked === difference && (data.git?.differenceSize ?? 0) > 0 ? difference : find(data, asked) ?? data.files[0]!.path;
  const href = (file: string) => `${to("flows", flow, "runs", run, "code")}?file=${encodeURIComponent(file)}`;
  const changed = new Set(data.git?.changed);
  const shown = data.files.filter((file) => file.path.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className="browser code-browser">
      <nav aria-label="Files">
        <dl className="code-facts">
          <div><dt>Built from</dt><dd>{data.kind === "file" ? "one file" : data.kind === "project" ? "a project" : "unknown"}{data.taken !== undefined && <small>read {fullTime(data.taken)}</small>}</dd></div>
          {data.root && <div><dt>In</dt><dd className="mono">{data.root}</dd></div>}
          {data.git && <div><dt>Git</dt><dd>{data.git.commit ? <><span className="mono">{data.git.commit.slice(0, 12)}</span><CopyButton text={data.git.commit} label="Copy the commit" /></> : "no commit yet"}{data.git.branch && ` on ${data.git.branch}`}<small>{changed.size === 0 ? "as committed" : `${plural(changed.size, "file")} changed since`}</small></dd></div>}
        </dl>
        {data.remarks.map((remark) => <Notice key={remark}>{remark}</Notice>)}
        {data.outsideProjects.length > 0 && <Notice>Left out on purpose: {data.outsideProjects.join(", ")}</Notice>}
        {data.files.length > 8 && <input type="search" value={text} placeholder={`Filter ${data.files.length} files`} aria-label="Filter the files" onChange={(event) => setText(event.target.value)} />}
        {(data.git?.differenceSize ?? 0) > 0 && <Link href={href(difference)} aria-current={path === difference ? "true" : undefined}><b>Difference to the commit</b><small>{bytes(data.git!.differenceSize)}</small></Link>}
        {shown.map((file) => (
          <Link key={file.path} href={href(file.path)} title={file.path} aria-current={file.path === path ? "true" : undefined}>
            <b className="mono">{file.path}{changed.has(file.path) && <i className="odd" title="Not as in the commit">●</i>}</b><small>{bytes(file.size)}</small>
          </Link>
        ))}
      </nav>
      <File key={path} flow={flow} run={run} path={path} line={Number(query.get("line")) || undefined} />
    </div>
  );
}

/** The file that a link means: by its path, or by the end of it. */
function find(data: CodeData, asked: string | null): string | undefined {
  const wanted = asked ?? data.entry;
  return (data.files.find((file) => file.path === wanted) ?? data.files.find((file) => wanted && file.path.endsWith(`/${wanted}`)) ?? data.files.find((file) => file.path === data.entry))?.path;
}

function File({ flow, run, path, line }: { flow: string; run: string; path: string; line?: number }) {
  const isDifference = path === difference;
  const file = useApi<CodeFile>(isDifference ? api([...runPath(flow, run), "code", "difference"]) : api([...runPath(flow, run), "code", "file"], { path }));
  const lines = useMemo(() => (file.data?.text === undefined ? [] : linesOf(file.data.text, isDifference ? ".diff" : path)), [file.data, path]);
  const marked = useRef<HTMLDivElement>(null);
  useEffect(() => { marked.current?.scrollIntoView({ block: "center" }); }, [lines, line]);
  return (
    <section className="panel preview source" aria-label={isDifference ? "Difference to the commit" : path}>
      {file.error ? <Fault error={file.error} onRetry={file.reload} /> : !file.data ? <Loading rows={8} /> : (
        <>
          <header>
            <h2 className="mono">{isDifference ? "Difference to the commit" : path}</h2>
            {file.data.text !== undefined && <CopyButton text={file.data.text} label="Copy the text" />}
            {!isDifference && <a className="button small" href={api([...runPath(flow, run), "code", "file", "content"], { path })} download>Download</a>}
          </header>
          {file.data.notice && <Notice>{file.data.notice}</Notice>}
          {file.data.text !== undefined && (
            <div className="source-lines" tabIndex={0}>
              {lines.map((pieces, at) => <Line key={at} number={at + 1} pieces={pieces} place={at + 1 === line ? marked : undefined} />)}
            </div>
          )}
        </>
      )}
    </section>
  );
}

function Line({ number, pieces, place }: { number: number; pieces: Piece[]; place?: React.RefObject<HTMLDivElement | null> }) {
  return (
    <div className={`source-line${place ? " marked" : ""}`} ref={place}>
      <span className="line-number" aria-hidden="true">{number}</span>
      <code>{pieces.length === 0 ? "\n" : pieces.map((piece, at) => (piece.kind ? <span key={at} className={`c-${piece.kind}`}>{piece.text}</span> : piece.text))}</code>
    </div>
  );
}
