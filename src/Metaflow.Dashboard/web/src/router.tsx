import { type AnchorHTMLAttributes, createContext, type MouseEvent, type ReactNode, useContext, useEffect, useMemo, useState, useTransition } from "react";
import { base } from "./api";

interface Place { path: string[]; query: URLSearchParams; text: string }

function read(): Place {
  const { pathname, search } = window.location;
  const rest = pathname.startsWith(base) ? pathname.slice(base.length) : pathname.slice(1);
  const path = rest.split("/").filter(Boolean).map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { path, query: new URLSearchParams(search), text: pathname + search };
}

const Context = createContext<Place>(read());

/** An address of the pages from its parts, which are escaped. */
export const to = (...path: readonly (string | number)[]) => base + path.map((part) => encodeURIComponent(part)).join("/");

export function navigate(address: string, replace = false) {
  if (replace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** Sets query parameters and keeps the others; undefined removes one. */
export function setQuery(values: Record<string, string | readonly string[] | undefined>, replace = true) {
  const query = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(values)) {
    query.delete(name);
    for (const one of value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value as string]) query.append(name, one);
  }
  const text = query.toString();
  navigate(window.location.pathname + (text && `?${text}`), replace);
}

export function Router({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(read);
  const [, start] = useTransition();
  useEffect(() => {
    const change = () => start(() => setPlace(read()));
    window.addEventListener("popstate", change);
    return () => window.removeEventListener("popstate", change);
  }, []);
  return <Context.Provider value={place}>{children}</Context.Provider>;
}

export const usePlace = () => useContext(Context);

export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={click} {...rest} />;
}

export function useTitle(...parts: (string | undefined)[]) {
  const title = useMemo(() => [...parts.filter(Boolean), "Metaflow"].join(" · "), [parts.join("|")]);
  useEffect(() => { document.title = title; }, [title]);
}
