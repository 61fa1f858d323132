/**
 * Where a floating box goes: at `side` of its anchor, or on the other side where there is no room, and inside the window.
 * All in CSS pixels of the viewport.
 */
export function place(
  anchor: { left: number; top: number; right: number; bottom: number },
  box: { width: number; height: number },
  view: { width: number; height: number },
  { side, align, gap }: { side: "top" | "bottom"; align: "start" | "center" | "end"; gap: number },
): { left: number; top: number } {
  const above = anchor.top - box.height - gap;
  const below = anchor.bottom + gap;
  const fitsAbove = above >= gap;
  const fitsBelow = below + box.height <= view.height - gap;
  const top =
    side === "top" ? (fitsAbove || !fitsBelow ? above : below) : fitsBelow || !fitsAbove ? below : above;
  const left = {
    start: anchor.left,
    center: (anchor.left + anchor.right - box.width) / 2,
    end: anchor.right - box.width,
  }[align];
  return {
    left: Math.max(gap, Math.min(left, view.width - box.width - gap)),
    top: Math.max(gap, Math.min(top, view.height - box.height - gap)),
  };
}
