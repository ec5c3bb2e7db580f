import { useState } from "react";
import { api, runPath, useApi } from "../api";
import { plural } from "../format";
import { CopyButton } from "../parts/CopyButton";
import { Empty, Fault, Loading } from "../parts/Feedback";
import type { EnvironmentData } from "../types";

const kinds: Record<string, string> = { package: "NuGet", download: "to build", project: "project" };

export default function EnvironmentTab({ flow, run }: { flow: string; run: string }) {
  const environment = useApi<EnvironmentData>(api([...runPath(flow, run), "environment"]));
  const [text, setText] = useState("");
  if (environment.error) return <Fault error={environment.error} onRetry={environment.reload} />;
  if (!environment.data) return <Loading />;
  const { data } = environment;
  if (!data.isKnown) return <Empty title="Nothing was kept" detail="The run was started by an older version, or has only just begun." />;
  const shown = data.packages.filter((one) => one.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className="columns">
      <section className="panel">
        <h2>Machine and runtime</h2>
        <dl className="facts">{Object.entries(data.facts).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        {Object.keys(data.variables).length > 0 && (
          <>
            <h2 className="next">Environment variables</h2>
            <dl className="facts">{Object.entries(data.variables).map(([name, value]) => <div key={name}><dt className="mono">{name}</dt><dd className="mono">{value}</dd></div>)}</dl>
          </>
        )}
      </section>
      <section className="panel packages">
        <h2>{plural(data.packages.length, "package")}</h2>
        {data.packages.length > 12 && <input type="search" value={text} placeholder="Filter the packages" aria-label="Filter the packages" onChange={(event) => setText(event.target.value)} />}
        <div className="data">
          <table>
            <thead><tr><th>Name</th><th>Version</th><th>From</th><th>SHA-512</th></tr></thead>
            <tbody>{shown.map((one) => (
              <tr key={`${one.kind}/${one.name}/${one.version}`}><td>{one.name}</td><td className="mono">{one.version}</td><td>{kinds[one.kind] ?? one.kind}</td>
                <td className="mono">{one.sha512 ? <>{one.sha512.slice(0, 10)}…<CopyButton text={one.sha512} label={`Copy the hash of ${one.name}`} /></> : "–"}</td></tr>
            ))}</tbody>
          </table>
        </div>
        {shown.length === 0 && <p className="muted">No package matches.</p>}
      </section>
    </div>
  );
}
