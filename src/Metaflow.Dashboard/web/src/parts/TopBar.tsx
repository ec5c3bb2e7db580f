import { useState } from "react";
import { useConnection } from "../api";
import { Link, to, usePlace } from "../router";

type Theme = "auto" | "light" | "dark";
const themes: Theme[] = ["auto", "light", "dark"];

function currentTheme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "auto";
}

function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  const change = () => {
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try { localStorage.setItem("metaflow-theme", next); } catch { /* Not kept for the next time. */ }
    setTheme(next);
  };
  return (
    <button className="icon-button" onClick={change} title={`Colours: ${theme}. Change to ${next}.`} aria-label={`Colours: ${theme}. Change to ${next}.`}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        {theme === "light" && <><circle cx="10" cy="10" r="3.5" /><path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4" /></>}
        {theme === "dark" && <path d="M16.5 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.5 8.500z" />}
        {theme === "auto" && <><circle cx="10" cy="10" r="6.5" /><path className="filled" d="M10 3.500a6.5 6.5 0 0 1 0 13z" /></>}
      </svg>
    </button>
  );
}

function Breadcrumbs({ path }: { path: string[] }) {
  const [first, flow, , run, , step, , task] = path;
  if (first !== "flows" || !flow) return null;
  return (
    <nav className="crumbs" aria-label="Where you are">
      <Link href={to("flows", flow)}>{flow}</Link>
      {run && <Link href={to("flows", flow, "runs", run)}>#{run}</Link>}
      {run && step && <Link href={`${to("flows", flow, "runs", run, "tasks")}?step=${encodeURIComponent(step)}`}>{step}</Link>}
      {run && step && task && <Link href={to("flows", flow, "runs", run, "steps", step, "tasks", task)}>{task}</Link>}
    </nav>
  );
}

export function TopBar({ onJump }: { onJump: () => void }) {
  const { path } = usePlace();
  const connection = useConnection();
  const current = path[0] ?? "runs";
  return (
    <header className="topbar">
      <Link className="brand" href={to()} aria-label="Metaflow: all runs">
        <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" /><path d="M8 16h4m8-6h-2c-3 0-3 6-6 6m8 6h-2c-3 0-3-6-6-6" /><circle cx="8" cy="16" r="2.6" /><circle cx="23" cy="10" r="2.6" /><circle cx="23" cy="22" r="2.6" /></svg>
        <span>Metaflow</span>
      </Link>
      <nav className="sections" aria-label="Sections">
        <Link href={to()} aria-current={current === "runs" ? "page" : undefined}>Runs</Link>
        <Link href={to("flows")} aria-current={current === "flows" && path.length === 1 ? "page" : undefined}>Flows</Link>
        <Link href={to("artifacts")} aria-current={current === "artifacts" ? "page" : undefined}>Artifacts</Link>
        <Link href={to("compare")} aria-current={current === "compare" ? "page" : undefined}>Compare</Link>
      </nav>
      <Breadcrumbs path={path} />
      <span className="spacer" />
      {connection !== "none" && (
        <span className={`connection ${connection}`} role="status" title={connection === "live" ? "This page follows what happens." : "The connection is lost; trying again."}>
          <i aria-hidden="true" />{connection === "live" ? "Live" : "Reconnecting"}
        </span>
      )}
      <button className="jump" onClick={onJump} aria-keyshortcuts="Control+K">
        <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5" /><path d="M13.2 13.200l4 4" /></svg>
        <span>Go to…</span><kbd>Ctrl K</kbd>
      </button>
      <ThemeButton />
    </header>
  );
}
