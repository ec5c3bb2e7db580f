import { useState } from "react";
import { count } from "../format";
import type { Json } from "../types";

const shownAtOnce = 100;

export function JsonTree({ value }: { value: Json }) {
  return <div className="json" role="tree" aria-label="Value"><Node value={value} depth={0} isLast /></div>;
}

function Node({ name, value, depth, isLast }: { name?: string; value: Json; depth: number; isLast: boolean }) {
  const isList = Array.isArray(value);
  const members: [string | undefined, Json][] | null = value !== null && typeof value === "object" ? (isList ? value.map((one): [undefined, Json] => [undefined, one]) : Object.entries(value)) : null;
  const [isOpen, setOpen] = useState(depth < 2 && (members?.length ?? 0) <= 50);
  const [shown, setShown] = useState(shownAtOnce);
  const key = name !== undefined && <span className="key">{JSON.stringify(name)}: </span>;
  if (!members) return <div className="leaf" role="treeitem">{key}<Leaf value={value as null | boolean | number | string} />{!isLast && ","}</div>;
  const [begin, end] = isList ? ["[", "]"] : ["{", "}"];
  if (members.length === 0) return <div className="leaf" role="treeitem">{key}{begin}{end}{!isLast && ","}</div>;
  return (
    <div role="treeitem" aria-expanded={isOpen}>
      <button className="fold" onClick={() => setOpen(!isOpen)}>{isOpen ? "▾" : "▸"} {key}{begin}{!isOpen && <> <em>{count(members.length)} {isList ? "items" : "members"}</em> {end}{!isLast && ","}</>}</button>
      {isOpen && (
        <div role="group" className="inner">
          {members.slice(0, shown).map(([one, inner], at) => <Node key={one ?? at} name={one} value={inner} depth={depth + 1} isLast={at === members.length - 1} />)}
          {members.length > shown && <button className="link" onClick={() => setShown(shown + 500)}>{count(members.length - shown)} more…</button>}
        </div>
      )}
      {isOpen && <div className="leaf">{end}{!isLast && ","}</div>}
    </div>
  );
}

function Leaf({ value }: { value: null | boolean | number | string }) {
  const kind = value === null ? "null" : typeof value;
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string") return <span className={kind}>{String(value)}</span>;
  const long = value.length > 300 && !isWhole;
  return <span className="string">{JSON.stringify(long ? value.slice(0, 300) : value)}{long && <button className="link" onClick={() => setWhole(true)}>… {count(value.length - 300)} more</button>}</span>;
}
