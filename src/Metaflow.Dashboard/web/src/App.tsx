import { useEffect, useState } from "react";
import { CommandPalette } from "./parts/CommandPalette";
import { Empty } from "./parts/Feedback";
import { onDemand } from "./parts/onDemand";
import { Shortcuts } from "./parts/Shortcuts";
import { TopBar } from "./parts/TopBar";
import { FlowsPage } from "./pages/FlowsPage";
import { RunPage } from "./pages/RunPage";
import { RunsPage } from "./pages/RunsPage";
import { TaskPage } from "./pages/TaskPage";
import { Link, to, usePlace } from "./router";

// Each is loaded when it is first looked at.
const ComparePage = onDemand(() => import("./pages/ComparePage"));
const SearchPage = onDemand(() => import("./pages/SearchPage"));

function isTyping(target: EventTarget | null) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function App() {
  const [overlay, setOverlay] = useState<"palette" | "shortcuts" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.key === "k" || event.key === "K") && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setOverlay("palette");
      } else if (event.key === "?" && !isTyping(event.target)) {
        setOverlay("shortcuts");
      } else if (event.key === "Escape") {
        setOverlay(null);
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
      <TopBar onJump={() => setOverlay("palette")} />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      {overlay === "palette" && <CommandPalette onClose={() => setOverlay(null)} />}
      {overlay === "shortcuts" && <Shortcuts onClose={() => setOverlay(null)} />}
    </>
  );
}

function Page() {
  const { path } = usePlace();
  const [first, flow, runs, run, ...rest] = path;
  if (first === undefined || (first === "runs" && path.length === 1)) return <RunsPage key="all" />;
  if (first === "flows" && path.length === 1) return <FlowsPage />;
  if (first === "flows" && flow !== undefined && path.length === 2) return <RunsPage key={flow} flow={flow} />;
  if (first === "compare") return <ComparePage />;
  if (first === "artifacts") return <SearchPage />;
  if (first === "flows" && flow && runs === "runs" && run) {
    const [steps, step, tasks, task, tab, item] = rest;
    return steps === "steps" && step && tasks === "tasks" && task
      ? <TaskPage key={`${flow}/${run}/${step}/${task}`} flow={flow} run={run} step={step} task={task} tab={tab} item={item} />
      : <RunPage key={`${flow}/${run}`} flow={flow} run={run} tab={steps} />;
  }
  return <Empty title="There is no such page" detail="The address may be mistyped, or of another version."><Link className="button" href={to()}>All runs</Link></Empty>;
}
