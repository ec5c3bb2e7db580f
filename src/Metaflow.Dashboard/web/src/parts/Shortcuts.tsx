const keys: [string, string][] = [
  ["Ctrl K", "Go to a flow, run or task"],
  ["/", "Search on this page"],
  ["↑ ↓  j k", "Move in a list"],
  ["Enter", "Open what is chosen"],
  ["Space", "Choose a run to compare"],
  ["+  −  0", "Zoom a graph or timeline, fit it"],
  ["← → ↑ ↓", "Move a graph or timeline"],
  ["?", "This list"],
  ["Esc", "Close"],
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <div className="veil" onMouseDown={onClose}>
      <div className="palette shortcuts" role="dialog" aria-modal="true" aria-label="Keys">
        <h2>Keys</h2>
        <dl>{keys.map(([key, what]) => <div key={key}><dt>{key.split(" ").filter(Boolean).map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
      </div>
    </div>
  );
}
