import { useEffect, useRef, useState } from "react";
import { api, useApi } from "../api";
import { Empty, Fault, Loading, Notice } from "../parts/Feedback";
import { Link } from "../router";
import type { CardItem, Outcome } from "../types";

const nameOf = (card: CardItem) => card.id ?? card.type;

export default function Cards({ address, outcome, chosen, href }: { address: readonly (string | number)[]; outcome: Outcome; chosen?: string; href: (card: string) => string }) {
  const list = useApi<{ items: CardItem[] }>(api([...address, "cards"]), true);
  const cards = list.data?.items ?? [];
  const live = outcome === "running";
  const interval = 1000 * Math.max(1, Math.min(...cards.map((card) => card.refreshSeconds ?? 5), 5));
  useEffect(() => { if (!live) { list.reload(); return; } const timer = setInterval(list.reload, interval); return () => clearInterval(timer); }, [live, interval]);
  if (list.error) return <Fault error={list.error} onRetry={list.reload} />;
  if (!list.data) return <Loading />;
  if (cards.length === 0) return <Empty title="No cards" detail={live ? "A card appears here when the task refreshes it." : <>Mark the step with <code>[Card]</code> to get one.</>} />;
  const card = cards.find((one) => nameOf(one) === chosen) ?? cards[0]!;
  const page = (query: Record<string, string | boolean>) => api([...address, "cards", card.hash], query);
  return (
    <div className="card-view">
      <div className="card-tools">
        {cards.length > 1 && <div className="segments" role="group" aria-label="Cards">{cards.map((one) => <Link key={one.hash} className="button small" aria-current={one === card ? "true" : undefined} href={href(nameOf(one))}>{one.title ?? nameOf(one)}</Link>)}</div>}
        <b>{cards.length === 1 && (card.title ?? nameOf(card))}</b>{card.status === "live" && <span className="busy">changes while the task runs</span>}
        <span className="spacer" /><a className="button small" href={page({})} target="_blank" rel="noreferrer">Open alone</a><a className="button small" href={page({ download: true })} download>Save</a>
      </div>
      {card.problem && <Notice>{card.problem}</Notice>}
      <Frame title={nameOf(card)} address={page({ colors: theme() })} />
    </div>
  );
}

export function theme() {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "auto";
}

/** A card in a frame without rights: it has no origin, so it can reach nothing of the dashboard. A newer one replaces it when it is loaded. */
export function Frame({ title, address }: { title: string; address: string }) {
  const [shown, setShown] = useState(address);
  const [height, setHeight] = useState(400);
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const hear = (event: MessageEvent<{ metaflowCard?: { height?: number } }>) => {
      const told = event.source === frame.current?.contentWindow ? event.data?.metaflowCard?.height : undefined;
      if (typeof told === "number" && Number.isFinite(told)) setHeight(Math.min(30_000, Math.max(80, told)));
    };
    const watch = new MutationObserver(() => frame.current?.contentWindow?.postMessage({ metaflowTheme: theme() }, "*"));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    window.addEventListener("message", hear);
    return () => { window.removeEventListener("message", hear); watch.disconnect(); };
  }, []);
  return (
    <div className="card-frame">
      <iframe ref={frame} title={title} src={shown} sandbox="allow-scripts allow-popups" referrerPolicy="no-referrer" style={{ height }}
        onLoad={() => frame.current?.contentWindow?.postMessage({ metaflowAsk: true }, "*")} />
      {shown !== address && <iframe key={address} hidden title="" tabIndex={-1} aria-hidden="true" src={address} sandbox="allow-scripts allow-popups" onLoad={() => setShown(address)} />}
    </div>
  );
}
