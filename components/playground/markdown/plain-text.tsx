/** A line of many megabytes is cut into parts of this length, UTF-16 units: a browser lays each out by itself, and only when it is seen. */
const PART = 4_000;

/** Text as it is, of any length. */
export function PlainText({ text }: { text: string }) {
  return (
    <div className="wrap-anywhere whitespace-pre-wrap">
      {toParts(text).map((part, index) => (
        <div key={index} className="[contain-intrinsic-size:auto_20rem] [content-visibility:auto]">
          {part}
        </div>
      ))}
    </div>
  );
}

/** Cut at the end of a line where there is one. */
function toParts(text: string): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const part = text.slice(from, from + PART);
    const line = from + PART < text.length ? part.lastIndexOf("\n") : -1;
    parts.push(line > 0 ? part.slice(0, line) : part);
    // The block itself is the end of the line.
    from += line > 0 ? line + 1 : part.length;
  }
  return parts;
}
