export interface Span { text: string; css: string }

// Colours of terminals; other control sequences are left out.
const sequence = /\x1b(?:\[([0-9;:?]*)([A-Za-z])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;
const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** Cuts a line at its control sequences. */
export function spans(line: string): Span[] {
  if (!line.includes("\x1b")) return [{ text: line, css: "" }];
  const found: Span[] = [];
  let [from, colour, isBold, isDim] = [0, "", false, false];
  const push = (until: number) => { if (until > from) found.push({ text: line.slice(from, until), css: [colour, isBold && "bold", isDim && "dim"].filter(Boolean).join(" ") }); };
  for (const match of line.matchAll(sequence)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] !== "m") continue;
    const codes = (match[1] || "0").split(/[;:]/).map(Number);
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at]!;
      if (code === 0) [colour, isBold, isDim] = ["", false, false];
      else if (code === 1) isBold = true;
      else if (code === 2) isDim = true;
      else if (code === 22) [isBold, isDim] = [false, false];
      else if (code === 39) colour = "";
      else if (code >= 30 && code <= 37) colour = `ansi-${names[code - 30]}`;
      else if (code >= 90 && code <= 97) colour = `ansi-${names[code - 90]}`;
      else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
    }
  }
  push(line.length);
  return found;
}
