import { type ComponentType, useEffect, useState } from "react";
import { Loading } from "./Feedback";

/**
 * A part whose code is loaded when it is first shown, or before. Shown as soon as it is there: React would hold it back for
 * a while behind a fallback of its own.
 */
export function onDemand<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  let loading: Promise<void> | undefined;
  let Found: ComponentType<P> | undefined;
  const preload = () => (loading ??= load().then((module) => { Found = module.default; }, () => { loading = undefined; }));
  function OnDemand(props: P) {
    const [isThere, setThere] = useState(Found !== undefined);
    useEffect(() => { if (!isThere) void preload().then(() => setThere(Found !== undefined)); }, [isThere]);
    return Found ? <Found {...props} /> : <Loading />;
  }
  return Object.assign(OnDemand, { preload });
}
