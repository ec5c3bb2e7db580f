import { count, figure } from "../format";
import type { ArrayPreview } from "../types";

export function ArrayView({ array }: { array: ArrayPreview }) {
  const facts: [string, string][] = [["Type", array.type], ["Shape", array.shape.length ? array.shape.map(count).join(" × ") : "single value"], ["Elements", count(array.count)]];
  for (const [name, value] of [["Minimum", array.minimum], ["Maximum", array.maximum], ["Mean", array.mean], ["Std. deviation", array.deviation]] as const) {
    if (value !== undefined) facts.push([name, figure(value)]);
  }
  if (array.naNs) facts.push(["Not a number", count(array.naNs)]);
  return (
    <div className="array">
      <dl className="tiles">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <div className="charts">
        {array.curve && array.curve.length > 1 && <figure><figcaption>In order</figcaption><Curve values={array.curve} /></figure>}
        {array.histogram && <figure><figcaption>Distribution</figcaption><Histogram bins={array.histogram} from={array.minimum!} to={array.maximum!} /></figure>}
      </div>
      {array.corner && <Corner rows={array.corner} shape={array.shape} low={array.minimum!} high={array.maximum!} />}
      <p className="muted">First elements</p>
      <pre className="text">{array.first.join(", ")}{array.count > array.first.length && ", …"}</pre>
    </div>
  );
}

export function Curve({ values, width = 420, height = 110 }: { values: (number | null)[]; width?: number; height?: number }) {
  const known = values.filter((value): value is number => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at: number) => (width * at) / Math.max(1, values.length - 1);
  const y = (value: number) => (high === low ? height / 2 : 4 + (height - 8) * (1 - (value - low) / (high - low)));
  let path = "";
  values.forEach((value, at) => { if (value !== null) path += `${path === "" || values[at - 1] === null ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`; });
  return (
    <svg className="curve" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`From ${figure(low)} to ${figure(high)}`}>
      <path className="under" d={`${path}L${width} ${height}L0 ${height}Z`} /><path className="over" d={path} />
    </svg>
  );
}

function Histogram({ bins, from, to }: { bins: number[]; from: number; to: number }) {
  const most = Math.max(...bins, 1);
  const width = 420 / bins.length;
  return (
    <>
      <svg className="curve" viewBox="0 0 420 110" preserveAspectRatio="none" role="img" aria-label="Distribution">
        {bins.map((bin, at) => <rect key={at} x={at * width + 0.5} width={width - 1} y={108 - (104 * bin) / most} height={(104 * bin) / most + 2}><title>{`${figure(from + ((to - from) * at) / bins.length)} … ${figure(from + ((to - from) * (at + 1)) / bins.length)}: ${count(bin)}`}</title></rect>)}
      </svg>
      <p className="ends"><span>{figure(from)}</span><span>{figure(to)}</span></p>
    </>
  );
}

function Corner({ rows, shape, low, high }: { rows: (number | null)[][]; shape: number[]; low: number; high: number }) {
  const shade = (value: number | null) => (value === null || high === low ? 0 : Math.round((8 * (value - low)) / (high - low)));
  return (
    <>
      <p className="muted">{rows.length < shape[0]! || (rows[0]?.length ?? 0) < shape[1]! ? "Upper left corner" : "Matrix"}</p>
      <div className="data" tabIndex={0}><table className="matrix"><tbody>{rows.map((row, at) => <tr key={at}>{row.map((value, column) => <td key={column} className={`number heat${shade(value)}`}>{value === null ? "–" : figure(value)}</td>)}</tr>)}</tbody></table></div>
    </>
  );
}
