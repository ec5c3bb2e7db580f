import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { api, useApi } from "../api";
import { navigate, to } from "../router";
import type { Choices, RunPageReply } from "../types";
import { StatusIcon } from "./Status";

interface Target { key: string; title: string; detail: string; href: string; status?: string }

/** A path as it is written elsewhere: GenreFlow/3/Rank/17. */
function fromPath(text: string): Target[] {
  const [flow, run, step, task] = text.trim().split("/");
  if (!flow || !run || !/^\d+$/.test(run)) return [];
  const href = step && task && /^\d+$/.test(task) ? to("flows", flow, "runs", run, "steps", step, "tasks", task)
    : step ? `${to("flows", flow, "runs", run, "tasks")}?step=${encodeURIComponent(step)}` : to("flows", flow, "runs", run);
  return [{ key: "path", title: text.trim(), detail: task ? "Task" : step ? "Step" : "Run", href }];
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => { const timer = setTimeout(() => setAsked(text), 80); return () => clearTimeout(timer); }, [text]);
  const choices = useApi<Choices>(api(["choices"]));
  const runs = useApi<RunPageReply>(api(["runs"], { q: asked.replaceAll("#", "/"), limit: 8 }), true);
  const targets = useMemo<Target[]>(() => {
    const word = text.trim().toLowerCase();
    const flows = (choices.data?.flows ?? []).filter((flow) => word !== "" && flow.toLowerCase().includes(word)).slice(0, 5);
    return [
      ...fromPath(text),
      ...flows.map((flow) => ({ key: `f${flow}`, title: flow, detail: "Flow", href: to("flows", flow) })),
      ...(runs.data?.items ?? []).map((run) => ({
        key: `r${run.flow}/${run.id}`, title: `${run.flow}/${run.id}`, detail: run.tags.slice(0, 3).join(", "), href: to("flows", run.flow, "runs", run.id), status: run.status,
      })),
      ...(word === "" ? [] : [{ key: "a", title: `Artifacts named “${text.trim()}”`, detail: "Search", href: `${to("artifacts")}?q=${encodeURIComponent(text.trim())}` }]),
    ];
  }, [text, choices.data, runs.data]);
  const at = Math.min(chosen, Math.max(0, targets.length - 1));
  const go = (target?: Target) => { if (target) { onClose(); navigate(target.href); } };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && targets.length > 0) {
      event.preventDefault();
      const next = (at + step + targets.length) % targets.length;
      setChosen(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") go(targets[at]);
    else if (event.key === "Escape") onClose();
  };
  return (
    <div className="veil" onMouseDown={onClose}>
      <div className="palette" role="dialog" aria-modal="true" aria-label="Go to" onMouseDown={(event) => event.stopPropagation()}>
        <input autoFocus value={text} placeholder="A flow, a run, or a path such as GenreFlow/3/Rank/17" role="combobox" aria-expanded="true" aria-controls="targets"
          aria-activedescendant={targets[at] && `target-${at}`} onChange={(event) => { setText(event.target.value); setChosen(0); }} onKeyDown={press} />
        <ul id="targets" role="listbox" ref={list}>
          {targets.map((target, place) => (
            <li key={target.key} id={`target-${place}`} role="option" aria-selected={place === at} onMouseMove={() => setChosen(place)} onClick={() => go(target)}>
              {target.status ? <StatusIcon status={target.status} /> : <i className="dot" />}<span>{target.title}</span><small>{target.detail}</small>
            </li>
          ))}
          {targets.length === 0 && <li className="none">Nothing is found.</li>}
        </ul>
      </div>
    </div>
  );
}
