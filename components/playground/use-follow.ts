"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** So near to the end, px, a reader is at the end: a line or two, and the fractions that zooming brings. */
const NEAR = 40;

/**
 * Keeps a scrolling box at its end while its content grows, unless the reader has scrolled away from the end.
 * Give `box` to the scrolling element and `content` to its only child. Nothing is followed while not `active`.
 */
export function useFollow(active: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    following.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
    setAtEnd(true);
  }, []);

  useEffect(() => {
    const element = box.current;
    const inner = content.current;
    if (!active || !element || !inner) return;
    function onScroll() {
      if (!element) return;
      following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
      setAtEnd(following.current);
    }
    const observer = new ResizeObserver(() => {
      if (following.current) toEnd();
      else onScroll();
    });
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [active, toEnd]);

  return { box, content, atEnd: atEnd || !active, toEnd };
}
