import { api, runPath } from "../api";
import { Empty } from "../parts/Feedback";
import type { ArtifactItem } from "../types";
import { ArtifactBrowser } from "./ArtifactBrowser";
import { to } from "../router";
import { usePlace } from "../router";

export function ParametersTab({ flow, run, parameters }: { flow: string; run: string; parameters: ArtifactItem[] }) {
  const { path } = usePlace();
  const chosen = path[5];
  return parameters.length === 0 ? <Empty title="The flow has no parameters" />
    : <ArtifactBrowser items={parameters} chosen={chosen} href={(name) => to("flows", flow, "runs", run, "parameters", name)} address={(name) => api([...runPath(flow, run), "parameters", name])} />;
}
