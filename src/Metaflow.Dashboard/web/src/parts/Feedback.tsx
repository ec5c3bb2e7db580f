import type { ReactNode } from "react";
import type { ApiError } from "../api";

export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div className="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => <div key={row} className="skeleton" />)}
    </div>
  );
}

export function Empty({ title, detail, children }: { title: string; detail?: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="10" cy="24" r="5" /><circle cx="38" cy="12" r="5" /><circle cx="38" cy="36" r="5" /><path d="M15 24h5c7 0 6-12 13-12M20 24c7 0 6 12 13 12" /></svg>
      <h2>{title}</h2>
      {detail && <p>{detail}</p>}
      {children}
    </div>
  );
}

export function Fault({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <div className="fault" role="alert">
      <h2>{error.status === 404 ? "Not found" : error.status === 401 ? "The token is missing" : error.status === 0 ? "No connection" : "This cannot be shown"}</h2>
      <p>{error.message}</p>
      {onRetry && error.status !== 404 && <button className="button" onClick={onRetry}>Try again</button>}
    </div>
  );
}

export function Notice({ children }: { children: ReactNode }) {
  return <p className="notice">{children}</p>;
}
