import { useEffect, useRef, useState, type RefObject } from "react";

/**
 * How many rows of a long list are drawn: `step` at first, and `step` more each time `sentinel`, an element after the last
 * row, comes near the window. A list of any length starts at the cost of one screen.
 */
export function useGrowingWindow<E extends Element>(
  total: number,
  step: number,
): { shown: number; sentinel: RefObject<E | null> } {
  const [limit, setLimit] = useState(step);
  const sentinel = useRef<E>(null);
  const more = limit < total;

  useEffect(() => {
    const element = sentinel.current;
    if (!more || !element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setLimit((before) => before + step);
      },
      { rootMargin: "800px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
    // A new observer after each step: one that stays in view reports only once.
  }, [more, limit, step]);

  return { shown: Math.min(limit, total), sentinel };
}
