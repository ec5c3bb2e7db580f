import { useCallback, useEffect, useRef, useState } from "react";

/** Where the dashboard is mounted, with a slash at the end. */
export const base = new URL(document.baseURI).pathname;

export type Query = Record<string, string | number | boolean | undefined | readonly string[]>;

/** The address of something in the API. Parts of the path are escaped, so that no name can lead elsewhere. */
export function api(path: readonly (string | number)[], query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return `${base}api/v1/${path.map((part) => encodeURIComponent(part)).join("/")}${text && `?${text}`}`;
}

export const runPath = (flow: string, run: string) => ["flows", flow, "runs", run] as const;
export const taskPath = (flow: string, run: string, step: string, task: string) => [...runPath(flow, run), "steps", step, "tasks", task] as const;

export class ApiError extends Error {
  constructor(message: string, readonly status: number) { super(message); }
}

export async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { Accept: "application/json" } });
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new ApiError("The dashboard's server does not answer. Is 'metaflow ui' still running?", 0);
  }
  if (response.ok) return (await response.json()) as T;
  const text = await response.text();
  let message = text.trim() || response.statusText;
  try { message = (JSON.parse(text) as { error?: string }).error ?? message; } catch { /* Not JSON: the text is the message. */ }
  throw new ApiError(message, response.status);
}

const early = new Map<string, Promise<unknown>>();

/** Asks for what will probably be looked at next; whoever asks for it within a moment gets this answer. */
export function prefetch(address: string) {
  if (early.has(address)) return;
  const asked = get<unknown>(address);
  asked.catch(() => undefined);
  early.set(address, asked);
  setTimeout(() => early.delete(address), 2000);
}

/** The same as get, or what was asked for a moment ago. */
export function getSoon<T>(address: string, signal?: AbortSignal): Promise<T> {
  const asked = early.get(address);
  early.delete(address);
  return asked ? (asked as Promise<T>) : get<T>(address, signal);
}

export interface Loaded<T> { data?: T; error?: ApiError; isLoading: boolean; reload: () => void; set: (data: T) => void }

const recent = new Map<string, unknown>();

/** Loads from an address; shows at once what it gave last time, and keeps showing it while another is loaded. */
export function useApi<T>(address: string | null, keep = false): Loaded<T> {
  const [state, setState] = useState<{ address: string | null; data?: T; error?: ApiError }>({ address: null });
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (address === null) return;
    const stop = new AbortController();
    getSoon<T>(address, stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        recent.delete(address);
        recent.set(address, data);
        if (recent.size > 60) recent.delete(recent.keys().next().value!);
        setState({ address, data });
      },
      (error: ApiError) => { if (!stop.signal.aborted) setState((before) => ({ address, data: before.address === address ? before.data : undefined, error })); });
    return () => stop.abort();
  }, [address, version]);
  const reload = useCallback(() => setVersion((before) => before + 1), []);
  const set = useCallback((data: T) => setState({ address, data }), [address]);
  const isCurrent = state.address === address;
  const cached = address === null ? undefined : (recent.get(address) as T | undefined);
  return {
    data: isCurrent ? state.data ?? cached : cached ?? (keep ? state.data : undefined),
    error: isCurrent ? state.error : undefined,
    isLoading: address !== null && !isCurrent,
    reload, set,
  };
}

export type Connection = "none" | "live" | "waiting";
let connection: Connection = "none";
const listeners = new Set<(state: Connection) => void>();
function setConnection(state: Connection) { connection = state; for (const listener of listeners) listener(state); }

export function useConnection(): Connection {
  const [state, setState] = useState(connection);
  useEffect(() => { listeners.add(setState); return () => { listeners.delete(setState); }; }, []);
  return state;
}

/** Follows server-sent events while the page is visible: a browser has few connections for all of its tabs. */
export function useEvents(address: string | null, name: string, onEvent: (data: string) => void) {
  const handler = useRef(onEvent);
  handler.current = onEvent;
  useEffect(() => {
    if (address === null) return;
    let source: EventSource | undefined;
    const open = () => {
      if (document.hidden || source) return;
      source = new EventSource(address);
      source.onopen = () => setConnection("live");
      source.onerror = () => setConnection("waiting");
      source.addEventListener(name, (event) => { setConnection("live"); handler.current((event as MessageEvent<string>).data); });
    };
    const close = () => { source?.close(); source = undefined; };
    const change = () => (document.hidden ? close() : open());
    open();
    document.addEventListener("visibilitychange", change);
    return () => { document.removeEventListener("visibilitychange", change); close(); setConnection("none"); };
  }, [address, name]);
}
