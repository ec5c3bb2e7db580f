import { duration } from "../format";

export interface Mark { at: number; text: string }

/** Round times between two, told from a beginning. */
export function ticks(from: number, to: number, origin: number, most = 8): Mark[] {
  const width = to - from;
  const steps = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 7.2e6, 2.16e7, 4.32e7, 8.64e7, 6.048e8];
  const step = steps.find((one) => width / one <= most) ?? steps[steps.length - 1]!;
  const marks: Mark[] = [];
  for (let time = Math.ceil((from - origin) / step) * step; time <= to - origin + step / 1000 && marks.length < 30; time += step) {
    marks.push({ at: (100 * (time + origin - from)) / width, text: time === 0 ? "0" : short(time) });
  }
  return marks;
}

function short(time: number): string {
  if (time >= 60_000 || time < 1) return duration(time);
  return time < 1000 ? `${Number(time.toPrecision(4))} ms` : `${Number((time / 1000).toPrecision(4))} s`;
}

export function Axis({ marks }: { marks: Mark[] }) {
  return <div className="axis"><span className="label" /><div className="lane">{marks.map((mark) => <span key={mark.at} style={{ left: `${mark.at}%` }} className={mark.at > 93 ? "last" : undefined}>{mark.text}</span>)}</div></div>;
}

/** How many attempts went on, over time; where some failed is marked. */
export function Area({ density, failures }: { density: number[]; failures: number[] }) {
  const most = Math.max(...density, 0.001);
  const wide = density.length;
  const points = density.map((value, at) => `L${at} ${32 - (28 * value) / most}L${at + 1} ${32 - (28 * value) / most}`).join("");
  return (
    <svg className="density" viewBox={`0 0 ${wide} 32`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 32${points}L${wide} 32Z`} />
      {failures.map((value, at) => value > 0 && <rect key={at} x={at - 0.5} y="0" width="2" height="32" className="failed" />)}
    </svg>
  );
}
