const words: Record<string, string> = {
  running: "Running", succeeded: "Succeeded", failed: "Failed", interrupted: "Interrupted", lost: "Lost",
  caught: "Caught", retrying: "Retried", pending: "Pending", stopped: "Stopped",
};

const hints: Record<string, string> = {
  lost: "Its process was killed before the run ended. Resume it to go on.",
  interrupted: "It was stopped. Resume it to go on.",
  stopped: "The run ended before all of its tasks did.",
  caught: "It failed, and the flow went on.",
  retrying: "This attempt failed and another followed.",
};

/** The sign of a state: its form differs too, not only its colour. */
export function StatusIcon({ status, size = 14 }: { status: string; size?: number }) {
  return (
    <svg className={`sign ${status}`} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      {status === "succeeded" && <path d="M4.8 8.3l2.2 2.2 4.2-4.6" />}
      {status === "failed" && <path d="M5.5 5.5l5 5m0-5l-5 5" />}
      {status === "running" && <path className="spin" d="M8 3.6a4.4 4.4 0 1 1-4.4 4.4" />}
      {(status === "caught" || status === "retrying") && <path d="M8 4.4v4.4m0 2.5v.3" />}
      {(status === "interrupted" || status === "lost" || status === "stopped") && <path d="M6.3 5.4v5.2m3.4-5.2v5.2" />}
      {status === "pending" && <path d="M5 8h.1M8 8h.1M11 8h.1" />}
    </svg>
  );
}

export function Status({ status, large = false }: { status: string; large?: boolean }) {
  return <span className={`status ${status}${large ? " large" : ""}`} title={hints[status]}><StatusIcon status={status} size={large ? 16 : 14} />{words[status] ?? status}</span>;
}
