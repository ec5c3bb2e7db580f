// What the HTTP API answers; see docs/http-api.md. Times are milliseconds since 1970.

export type RunStatus = "running" | "succeeded" | "failed" | "interrupted" | "lost";
export type Outcome = "succeeded" | "failed" | "retrying" | "caught" | "running";
export type StepState = "pending" | "running" | "succeeded" | "caught" | "failed" | "stopped";

export interface StoreInfo { root: string; version: string; namespace?: string; unreadable: string[]; now: number }

export interface RunItem {
  flow: string; id: string; status: RunStatus; user: string; started: number; finished?: number;
  tags: string[]; systemTags: string[]; project?: string; branch?: string; originRunId?: string; tasks: number; failedTasks: number;
  parameters?: Record<string, string>;
}

export interface FlowItem { name: string; latest: RunItem[] }
export interface RunPageReply { items: RunItem[]; next?: string; isPartial?: boolean }
export interface Choices { flows: string[]; users: string[]; tags: string[] }

export interface StepProgress {
  name: string; state: StepState; tasks: number; succeeded: number; failed: number; caught: number; retried: number;
  running: number; expected?: number; firstStarted?: number; lastFinished?: number;
}

export interface RunningTask { step: string; id: string; attempt: number; started: number; label?: string }
export interface RunProgress { status: RunStatus; finished?: number; tags: string[]; steps: StepProgress[]; running: RunningTask[] }

export interface GraphNode {
  name: string; kind: string; doc?: string; decorators: string[]; splitParents: string[]; file?: string; line?: number;
}
export interface GraphEdge { from: string; to: string; kind: "linear" | "split" | "foreach" | "parallel" | "choice"; itemType?: string }
export interface GraphData { doc?: string; nodes: GraphNode[]; edges: GraphEdge[] }

export interface ArtifactItem { name: string; encoding: string; size: number; sha256: string; summary: string }

export interface RunDetail {
  run: RunItem; failure?: string; commandLine: string[]; with: string[]; namespace: string; parameters: ArtifactItem[];
  graph: GraphData; progress: RunProgress; facts: Record<string, string>;
}

export interface TaskItem {
  id: string; step: string; attempt: number; outcome: Outcome; started: number; finished?: number;
  index?: number; label?: string; error?: string;
}
export interface TaskPageReply { items: TaskItem[]; total: number; isPending?: boolean }

export interface TimelineBar { id: string; label?: string; attempt: number; outcome: Outcome; started: number; finished: number }
export interface TimelineStep {
  name: string; attempts: number; firstStarted: number; lastFinished: number;
  bars?: TimelineBar[]; density?: number[]; failures?: number[];
}
export interface TimelineReply { from: number; to: number; steps: TimelineStep[]; isPending?: boolean }

export interface ErrorView { type: string; message: string; stackTrace?: string }
export interface AttemptItem { number: number; outcome: Outcome; started: number; finished?: number; processId?: number; error?: ErrorView }
export interface TaskDetail {
  task: TaskItem; attempts: AttemptItem[]; forEach: { step: string; index: number; count: number; label: string }[];
  parents: TaskItem[]; children: TaskItem[]; hasMore?: boolean; doc?: string; decorators: string[];
  file?: string; line?: number; adoptedFrom?: string; previous?: string; following?: string;
}

export interface LogLine { time: number; isError: boolean; text: string }
export interface LogPage { from: number; total: number; isComplete: boolean; lines: LogLine[] }
export interface LogMatches { lines: number[]; hasMore?: boolean }

export interface RunCard { step: string; taskId: string; attempt: number; label?: string; card: CardItem }
export interface RunCardList { items: RunCard[]; cutSteps: string[] }
export interface CodeFileItem { path: string; size: number; sha256: string }
export interface CodeData {
  isKnown: boolean; kind: "file" | "project" | "none"; entry?: string; root?: string; taken?: number; files: CodeFileItem[]; remarks: string[];
  outsideProjects: string[]; git?: { commit?: string; branch?: string; changed: string[]; differenceSize: number };
}
export interface CodeFile { path: string; text?: string; notice?: string }
export interface EnvironmentData {
  isKnown: boolean; facts: Record<string, string>; variables: Record<string, string>; packages: { name: string; version: string; kind: string; sha512?: string }[];
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export interface ArrayPreview {
  type: string; shape: number[]; count: number; first: string[]; minimum?: number; maximum?: number; mean?: number;
  deviation?: number; naNs?: number; curve?: (number | null)[]; histogram?: number[]; corner?: (number | null)[][];
}
export interface ArtifactPreview {
  artifact: ArtifactItem; kind: "json" | "table" | "array" | "text" | "image" | "bytes"; notice?: string;
  json?: Json; text?: string; table?: { columns: string[]; rows: Json[][]; total: number }; array?: ArrayPreview;
  hex?: string; mediaType?: string;
}

export interface ArtifactHit {
  flow: string; runId: string; runStatus: RunStatus; runStarted: number; step?: string; taskId?: string; artifact: ArtifactItem;
}
export interface ArtifactHits { items: ArtifactHit[]; searched: number; next?: string }

export interface Difference {
  kind: string; change: "changed" | "added" | "removed"; subject: string; a?: string; b?: string; details: string[];
  tasks?: number; ofTasks?: number; exampleA?: string; exampleB?: string;
}
export interface Comparison { a: RunItem; b: RunItem; isSameResult: boolean; remarks: string[]; differences: Difference[] }

export interface CardItem { type: string; id?: string; title?: string; hash: string; status: "complete" | "incomplete" | "broken" | "live"; problem?: string; refreshSeconds?: number }
