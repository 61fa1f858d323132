"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { usePluginScreen } from "@/components/plugins/plugin-screen-context.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { LogLines } from "./log-lines.tsx";
import { LogToolbar, type LogFilter } from "./log-toolbar.tsx";
import { useLogTail } from "./use-log-tail.ts";
import { useProcess } from "./use-process.ts";

const EVERYTHING: LogFilter = { stream: null, text: "" };

/** What a plugin's process writes: live, filtered, searched, copied, downloaded. */
export function PluginLogs() {
  const { plugin } = usePluginScreen();
  const [paused, setPaused] = useState(false);
  const [wrap, setWrap] = useState(true);
  const [filter, setFilter] = useState(EVERYTHING);
  const { lines, waiting, error, release } = useLogTail(plugin.id, paused);
  const search = useDeferredValue(filter);
  const isSearch = search.stream !== null || search.text !== "";
  const found = useQuery({
    queryKey: ["plugin", plugin.id, "logs", search, lines.at(-1)?.seq ?? 0],
    queryFn: ({ signal }) =>
      api.listLog(
        plugin.id,
        { limit: 2_000, stream: search.stream ?? undefined, q: search.text || undefined },
        signal,
      ),
    enabled: isSearch,
    placeholderData: keepPreviousData,
  });
  const shown = isSearch ? (found.data ?? []) : lines;

  return (
    <section aria-label="Log" className="min-w-0 rounded-lg border border-line bg-surface">
      <LogToolbar
        pluginId={plugin.id}
        filter={filter}
        onFilter={setFilter}
        paused={paused}
        waiting={waiting}
        onPause={(next) => {
          setPaused(next);
          if (!next) release();
        }}
        wrap={wrap}
        onWrap={setWrap}
        lines={shown}
      />
      {error ? (
        <div className="border-b border-line p-3">
          <ErrorNotice title="The live view was interrupted" error={error} />
        </div>
      ) : null}
      {shown.length > 0 ? (
        <LogLines lines={shown} wrap={wrap} follow={!paused && !isSearch} />
      ) : (
        <NoLines isSearch={isSearch} />
      )}
    </section>
  );
}

/** Why there is nothing to read, and when there will be. */
function NoLines({ isSearch }: { isSearch: boolean }) {
  const { plugin } = usePluginScreen();
  const { data: process } = useProcess(plugin);
  if (isSearch) {
    return (
      <EmptyState icon={<ScrollText />} title="No line matches">
        The search looks at everything kept, the newest 10 MB. Try fewer words.
      </EmptyState>
    );
  }
  if (process?.allowed === false) {
    return (
      <EmptyState icon={<ScrollText />} title="This console does not start it">
        What it writes is where somebody else started it. The console starts plugins, and keeps what they
        write, once the operator sets <code>LOOM_ALLOW_PROCESSES=true</code>.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<ScrollText />} title="Nothing written yet">
      Everything the plugin&rsquo;s process writes to stdout and stderr appears here as it comes.
    </EmptyState>
  );
}
