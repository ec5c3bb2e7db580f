import { duration } from "../format";
import { Link, to } from "../router";
import type { RunItem } from "../types";

/** The latest runs of a flow as bars: how long each took, in the colour of its end. Oldest first. */
export function RunHistory({ runs, small = false }: { runs: RunItem[]; small?: boolean }) {
  const took = (run: RunItem) => (run.finished ?? (run.status === "running" ? Date.now() : run.started)) - run.started;
  const longest = Math.max(1, ...runs.map(took));
  const [height, width, gap] = small ? [36, 7, 2] : [64, 11, 3];
  const ordered = [...runs].reverse();
  return (
    <div className={`history${small ? " small" : ""}`} role="group" aria-label="Latest runs by duration">
      {ordered.map((run) => {
        const size = Math.max(4, Math.sqrt(took(run) / longest) * height);
        return (
          <Link key={run.id} href={to("flows", run.flow, "runs", run.id)} tabIndex={small ? -1 : 0} title={`#${run.id} ${run.status}, ${duration(took(run))}`} aria-label={`Run ${run.id}, ${run.status}, ${duration(took(run))}`}>
            <svg width={width + gap} height={height} aria-hidden="true"><rect className={`fill ${run.status}`} x={gap / 2} y={height - size} width={width} height={size} rx="2" /></svg>
          </Link>
        );
      })}
    </div>
  );
}
