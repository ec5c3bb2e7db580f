import { type KeyboardEvent, useEffect, useRef } from "react";
import { Link, navigate } from "../router";

/** Tabs that are addresses: each can be linked to. */
export function Tabs({ tabs, current, href }: { tabs: [string, string, string?][]; current: string; href: (name: string) => string }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => { list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" }); }, [current]);
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex(([name]) => name === current);
    const next = (at + step + tabs.length) % tabs.length;
    navigate(href(tabs[next]![0]), true);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="tabs" role="tablist" ref={list} onKeyDown={press}>
      {tabs.map(([name, title, note]) => (
        <Link key={name} role="tab" href={href(name)} aria-selected={name === current} tabIndex={name === current ? 0 : -1}>{title}{note !== undefined && <small>{note}</small>}</Link>
      ))}
    </div>
  );
}
