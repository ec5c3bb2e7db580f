import { useEffect, useRef, useState } from "react";
import { api, runPath, taskPath, useApi } from "../api";
import { Empty, Fault, Loading, Notice } from "../parts/Feedback";
import { Link, to } from "../router";
import type { RunCard, RunCardList, RunProgress } from "../types";
import { Frame, theme } from "./Cards";

/** The cards of a run, one below the other, as a report of what it did. */
export default function RunCards({ flow, run, progress }: { flow: string; run: string; progress: RunProgress }) {
  const list = useApi<RunCardList>(api([...runPath(flow, run), "cards"]), true);
  const isLive = progress.status === "running";
  const ended = progress.steps.reduce((sum, step) => sum + step.tasks, 0);
  useEffect(() => { if (list.data) list.reload(); }, [ended, isLive]);
  useEffect(() => { if (!isLive) return; const timer = setInterval(list.reload, 3000); return () => clearInterval(timer); }, [isLive]);
  if (list.error) return <Fault error={list.error} onRetry={list.reload} />;
  if (!list.data) return <Loading />;
  if (list.data.items.length === 0) return <Empty title="No cards" detail={isLive ? "Cards appear here as tasks refresh them." : <>Mark a step with <code>[Card]</code>, or run the flow with <code>--with card</code>.</>} />;
  return (
    <div className="run-cards">
      {list.data.cutSteps.map((step) => <Notice key={step}>{step} has many tasks: the cards of the first ones are shown. The others are on the pages of their tasks.</Notice>)}
      {list.data.items.map((one) => <OneCard key={`${one.step}/${one.taskId}/${one.attempt}/${one.card.type}/${one.card.id ?? ""}`} flow={flow} run={run} one={one} />)}
    </div>
  );
}

function OneCard({ flow, run, one }: { flow: string; run: string; one: RunCard }) {
  const place = useRef<HTMLElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    // A frame is a page of its own: it is made when it comes into view.
    const seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) { setSeen(true); seen.disconnect(); } }, { rootMargin: "600px" });
    seen.observe(place.current!);
    return () => seen.disconnect();
  }, []);
  const name = one.card.id ?? one.card.type;
  const address = [...taskPath(flow, run, one.step, one.taskId), "attempts", one.attempt, "cards", one.card.hash];
  return (
    <section ref={place} aria-label={`Card of ${one.step}/${one.taskId}`} data-card={`${one.step}/${one.taskId}/${name}`}>
      <header className="card-tools">
        <h2><Link href={to(...taskPath(flow, run, one.step, one.taskId), "cards", name)}>{one.step} <span className="muted">{one.taskId}{one.label && ` · ${one.label}`}</span></Link></h2>
        <span className="muted">{one.card.title ?? name}</span>{one.card.status === "live" && <span className="busy">changes while the task runs</span>}
        <span className="spacer" /><a className="button small" href={api(address)} target="_blank" rel="noreferrer">Open alone</a><a className="button small" href={api(address, { download: true })} download>Save</a>
      </header>
      {one.card.problem && <Notice>{one.card.problem}</Notice>}
      {isSeen ? <Frame title={name} address={api(address, { colors: theme() })} /> : <Loading rows={4} />}
    </section>
  );
}
