"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { followLog } from "@/lib/client/log-stream.ts";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { LogLine } from "@/lib/contract/process.ts";

/** Lines kept in the page; older ones are a search or a download away. */
const KEPT = 2_000;
/** After a tail broke off, ms. */
const RETRY_MS = 2_000;

/** The live tail of one plugin's output. While paused, lines are counted and wait. */
export function useLogTail(pluginId: string, paused: boolean) {
  const [lines, setLines] = useState<LogLine[]>([]);
  const [waiting, setWaiting] = useState<LogLine[]>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);

  const take = useEffectEvent((batch: LogLine[]) => {
    setError(null);
    if (paused) setWaiting((before) => [...before, ...batch].slice(-KEPT));
    else setLines((before) => [...before, ...waiting, ...batch].slice(-KEPT));
    if (!paused && waiting.length > 0) setWaiting([]);
  });

  useEffect(() => {
    const leaving = new AbortController();
    let after = -1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function follow() {
      try {
        for await (const batch of followLog(pluginId, after, leaving.signal)) {
          after = batch.at(-1)?.seq ?? after;
          take(batch);
        }
      } catch (failure) {
        if (!leaving.signal.aborted) setError(toErrorInfo(failure));
      }
      if (!leaving.signal.aborted) timer = setTimeout(() => void follow(), RETRY_MS);
    }
    void follow();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [pluginId]);

  return {
    lines,
    /** Lines that came while paused. */
    waiting: waiting.length,
    error,
    /** Shows what came meanwhile. */
    release() {
      setLines((before) => [...before, ...waiting].slice(-KEPT));
      setWaiting([]);
    },
  };
}
