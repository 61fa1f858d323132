"use client";

import { useEffect, useReducer, useRef } from "react";
import { streamConfigTest } from "@/lib/client/test-stream.ts";
import type { PluginConfigWrite } from "@/lib/contract/config.ts";
import { toErrorInfo } from "../ui/error-info.ts";
import { READY, reduceTest } from "./test-progress.ts";

/** Runs tests of a draft, one at a time. Leaving the page or stopping ends the test; the console then puts back what is saved. */
export function useConfigTest(pluginId: string) {
  const [progress, dispatch] = useReducer(reduceTest, READY);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start(request: PluginConfigWrite, chat: boolean) {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    dispatch({ type: "begin" });
    try {
      for await (const event of streamConfigTest(pluginId, { ...request, chat }, abort.signal)) {
        if (running.current === abort) dispatch(event);
      }
    } catch (error) {
      if (!abort.signal.aborted) dispatch({ type: "fail", error: toErrorInfo(error) });
    }
  }
  function stop() {
    running.current?.abort();
    dispatch({ type: "stop" });
  }
  return { progress, start, stop };
}
