/** A part of a line of code. */
export interface Piece { text: string; kind?: "word" | "text" | "number" | "comment" | "plus" | "minus" | "place" }

const words = new Set(("abstract as async await base bool break byte case catch char class const continue decimal default delegate do double else enum event explicit extern "
  + "false finally fixed float for foreach get goto if implicit in init int interface internal is lock long namespace new not null object operator or and out override params partial private "
  + "protected public readonly record ref required return sbyte sealed set short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unsafe ushort using var "
  + "virtual void volatile when where while with yield file global scoped nint nuint").split(" "));

const csharp = /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("{3,}[\s\S]*?(?:"{3,}|$)|\$?@\$?"(?:[^"]|"")*(?:"|$)|\$?"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$))|(\b\d[\w.]*)|([A-Za-z_]\w*)|(#[a-z!][^\n]*)/g;
const kindsOf = ["comment", "text", "number", "word", "comment"] as const;

/** More is shown without colours: what is looked at must be there at once. */
const mostColoured = 400_000;

/** Code as lines of coloured parts. */
export function linesOf(text: string, path: string): Piece[][] {
  const plain = () => text.split(/\r?\n/).map((line): Piece[] => (line ? [{ text: line }] : []));
  if (path.endsWith(".diff") || path.endsWith(".patch")) {
    return text.split(/\r?\n/).map((line): Piece[] => (line ? [{ text: line, kind: line.startsWith("@@") ? "place" : line.startsWith("diff ") ? "word" : line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : undefined }] : []));
  }

  if (!path.endsWith(".cs") || text.length > mostColoured) return plain();
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(csharp)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    const group = match.slice(1).findIndex((one) => one !== undefined);
    const kind = kindsOf[group];
    pieces.push({ text: match[0], kind: kind === "word" && !words.has(match[0]) ? undefined : kind });
    at = match.index + match[0].length;
  }

  pieces.push({ text: text.slice(at) });
  return inLines(pieces);
}

function inLines(pieces: Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of pieces) {
    piece.text.split(/\r?\n/).forEach((part, at) => {
      if (at > 0) lines.push([]);
      if (part) lines[lines.length - 1]!.push({ text: part, kind: piece.kind });
    });
  }

  return lines;
}
