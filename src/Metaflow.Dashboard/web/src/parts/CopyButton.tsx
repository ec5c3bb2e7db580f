import { useState } from "react";

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => { setDone(true); setTimeout(() => setDone(false), 1200); });
  return <button className="copy" onClick={copy} title={label} aria-label={label}>{isDone ? "✓" : <svg viewBox="0 0 16 16" aria-hidden="true"><rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 3.500v-.5A1.5 1.5 0 0 0 9 1.500H4A1.5 1.5 0 0 0 2.5 3v5A1.5 1.5 0 0 0 4 9.500h.5" /></svg>}</button>;
}
