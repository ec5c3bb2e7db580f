import { useEffect, useState } from "react";
import { ago, duration, fullTime } from "../format";

/** The time now; it goes on by itself. */
export function useNow(interval = 1000, isOn = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval, isOn]);
  return now;
}

export function Ago({ time }: { time: number }) {
  const now = useNow(10_000);
  return <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>{ago(time, now)}</time>;
}

/** How long something took, or has taken until now. */
export function Took({ from, to, isRunning }: { from: number; to?: number; isRunning?: boolean }) {
  const now = useNow(1000, isRunning && to === undefined);
  return <span className="number">{to === undefined && !isRunning ? "–" : duration((to ?? Math.max(from, now)) - from)}</span>;
}
