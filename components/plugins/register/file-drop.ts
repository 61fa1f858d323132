import { useEffectEvent, useLayoutEffect, useState } from "react";

/** Makes the whole page a drop target while mounted. Answers whether a file hovers over it. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const take = useEffectEvent(onFiles);

  // Before the page can be touched: a file dropped on a page that does not listen yet would open in its place.
  useLayoutEffect(() => {
    // Entering a child fires before leaving its parent: only the balance tells whether the file is still over the page.
    let depth = 0;
    const move = (step: number) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      depth = Math.max(0, depth + step);
      setHovering(depth > 0);
    };
    const enter = move(1);
    const over = move(0);
    const leave = move(-1);
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      depth = 0;
      setHovering(false);
      take(files);
    };
    document.addEventListener("dragenter", enter);
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragenter", enter);
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, []);
  return hovering;
}
