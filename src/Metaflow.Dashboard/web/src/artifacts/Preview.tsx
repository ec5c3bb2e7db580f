import { useState } from "react";
import { count } from "../format";
import type { ArtifactPreview, Json } from "../types";
import { ArrayView } from "./ArrayView";
import { JsonTree } from "./JsonTree";

export function Preview({ preview, content }: { preview: ArtifactPreview; content: string }) {
  switch (preview.kind) {
    case "array": return <ArrayView array={preview.array!} />;
    case "table": return <TableView preview={preview} />;
    case "json": return <JsonTree value={preview.json ?? null} />;
    case "image": return <figure className="image"><img src={`${content}?inline=true`} alt={preview.artifact.name} /></figure>;
    case "text": return <pre className="text">{preview.text}</pre>;
    default: return <pre className="text hex">{(preview.hex ?? "").replace(/(..)/g, "$1 ").replace(/((?:.. ){16})/g, "$1\n")}</pre>;
  }
}

function cell(value: Json): string {
  return value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function TableView({ preview }: { preview: ArtifactPreview }) {
  const table = preview.table!;
  const [isTree, setTree] = useState(false);
  const numeric = table.columns.map((_, at) => table.rows.every((row) => row[at] === null || typeof row[at] === "number"));
  return (
    <>
      <p className="muted">{count(table.total)} rows, {count(table.columns.length)} columns{table.rows.length < table.total && `; the first ${table.rows.length} are shown`} · <button className="link" onClick={() => setTree(!isTree)}>{isTree ? "As a table" : "As JSON"}</button></p>
      {isTree ? <JsonTree value={preview.json ?? null} /> : (
        <div className="data" tabIndex={0}>
          <table>
            <thead><tr><th />{table.columns.map((column, at) => <th key={column} className={numeric[at] ? "number" : undefined}>{column}</th>)}</tr></thead>
            <tbody>{table.rows.map((row, place) => <tr key={place}><th>{place}</th>{row.map((value, at) => <td key={at} className={numeric[at] ? "number" : undefined} title={cell(value).length > 40 ? cell(value) : undefined}>{cell(value)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      )}
    </>
  );
}
