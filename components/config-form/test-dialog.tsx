"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleStop, CircleX, Play, RotateCw } from "lucide-react";
import { useState } from "react";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginConfigWrite } from "@/lib/contract/config.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { placeIssues } from "./config-resolver.ts";
import { focusFirst } from "./fields/field-link.ts";
import { Notice } from "./notice.tsx";
import { announceTest, STEP_TITLES, toRows, type TestProgress } from "./test-progress.ts";
import { TestSteps } from "./test-steps.tsx";
import { useConfigTest } from "./use-config-test.ts";

/** Proves a draft against the plugin, step by step, before it is saved. */
export function TestDialog({
  pluginId,
  request,
  schema,
  onClose,
  onSave,
}: {
  pluginId: string;
  /** The draft as it was when the dialog opened: what is tested is what is saved. */
  request: PluginConfigWrite;
  schema: readonly ConfigField[];
  onClose: () => void;
  onSave: () => void;
}) {
  const { data: plugin } = useQuery(queries(api).plugin(pluginId));
  const { progress, start, stop } = useConfigTest(pluginId);
  const [chat, setChat] = useState(false);
  const { phase } = progress;
  const isRunning = phase === "running";
  const isProven = phase === "done" && progress.ok;
  const begin = () => void start(request, chat);

  function close() {
    stop();
    onClose();
  }
  function goTo(path: string) {
    close();
    const names = placeIssues(schema, [{ path, message: "" }]).map(({ name }) => name);
    // After the dialog gave the focus back.
    setTimeout(() => focusFirst(names), 50);
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      size="md"
      title="Test before saving"
      description="Tries the draft against the plugin. Nothing is saved by the test."
      footer={
        <>
          <Button onClick={close}>{isProven ? "Not yet" : "Close"}</Button>
          {isRunning ? (
            <Button icon={<CircleStop aria-hidden />} onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button
              variant={isProven ? "secondary" : "primary"}
              icon={phase === "ready" ? <Play aria-hidden /> : <RotateCw aria-hidden />}
              onClick={begin}
            >
              {phase === "ready" ? "Start the test" : "Test again"}
            </Button>
          )}
          {isProven ? (
            <Button variant="primary" onClick={onSave}>
              Save as tested
            </Button>
          ) : null}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {phase === "ready" && plugin?.desired === "enabled" ? <LiveWarning /> : null}
        {isRunning ? null : (
          <label className="flex min-h-6 items-start gap-2">
            <input
              type="checkbox"
              checked={chat}
              onChange={(event) => setChat(event.target.checked)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              Also one short chat{" "}
              <span className="text-muted">— asks the first model for a few words; that may cost money</span>
            </span>
          </label>
        )}
        <Verdict progress={progress} />
        {progress.error && !isRunning ? (
          <ErrorNotice title="The test ended early" error={progress.error} />
        ) : null}
        {progress.steps.length > 0 ? (
          <TestSteps steps={toRows(progress.steps)} ended={!isRunning} onField={goTo} />
        ) : null}
        <p role="status" className="sr-only">
          {announceTest(progress)}
        </p>
      </div>
    </Dialog>
  );
}

function LiveWarning() {
  return (
    <Notice tone="warn" live={false}>
      <p>
        The plugin is running: the test initialises it again with this draft, and with the saved configuration
        at the end, also when a step fails or you stop. Chats that arrive meanwhile may use the draft.
      </p>
    </Notice>
  );
}

/** The result in a line. Its words are announced once, by the status beside it. */
function Verdict({ progress: { phase, ok, live, steps } }: { progress: TestProgress }) {
  if (phase === "stopped")
    return (
      <p className="flex items-center gap-2 font-medium">
        <CircleStop aria-hidden className="size-4 shrink-0 text-muted" />
        Stopped.{live ? " The console puts the saved configuration back." : ""}
      </p>
    );
  if (phase !== "done") return null;
  const failed = steps.filter(({ step }) => step?.status === "failed");
  return ok ? (
    <p className="flex items-center gap-2 font-medium text-ok">
      <CircleCheck aria-hidden className="size-4 shrink-0" />
      Every step passed.
    </p>
  ) : (
    <p className="flex items-center gap-2 font-medium text-bad">
      <CircleX aria-hidden className="size-4 shrink-0" />
      Failed at: {failed.map(({ name }) => STEP_TITLES[name]).join(", ")}
    </p>
  );
}
