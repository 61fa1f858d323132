import { AppError, isAppError, type FieldIssue } from "../contract/error.ts";
import type { RunEvent, RunPane, RunRequest } from "../contract/playground.ts";
import type { ChatMessage, Model } from "../contract/protocol.ts";
import type { Authorized } from "./actor.ts";
import { nowIso, type Context } from "./context.ts";
import { toErrorInfo } from "./failure.ts";
import { PaneAnswer } from "./pane-answer.ts";
import { inSequence, merge } from "../async/merge-streams.ts";

type RunEvents = AsyncGenerator<RunEvent, void, undefined>;

/** A checked run. `events` ends once every pane has sent exactly one `done` or `error`, or when `signal` aborts. */
export interface Run {
  /**
   * Abort `signal` without a reason of ours when the reader left: everything upstream is aborted and nothing more is said.
   * Abort it with an `AppError` to end every open pane with that error.
   */
  events(signal: AbortSignal): RunEvents;
}

interface Pane {
  index: number;
  pluginId: string;
  request: RunPane;
  model: Model | null;
}

/**
 * Checks every pane before anything is asked. Throws `not_found`, `plugin_disabled`, all problems in `issues` under `panes[0].model` and the like.
 */
export async function startRun(
  context: Context,
  actor: Authorized<"playground:run">,
  request: RunRequest,
): Promise<Run> {
  const checked = await Promise.all(request.panes.map((pane, index) => checkPane(context, pane, index)));
  const panes = checked.flatMap((result) => (result instanceof AppError ? [] : [result]));
  const problems = checked.flatMap((result) => (result instanceof AppError ? [result] : []));
  const [first] = problems;
  if (first) throw withAllIssues(first, problems);
  return {
    events: (signal) =>
      combine(
        request.mode,
        panes.map((pane) => () => runPane(context, pane, request.messages, actor.requestId, signal)),
      ),
  };
}

/** A single pane needs nothing between itself and the reader. */
function combine(mode: RunRequest["mode"], panes: Array<() => RunEvents>): RunEvents {
  const [only] = panes;
  if (only && panes.length === 1) return only();
  return mode === "parallel" ? merge(panes) : inSequence(panes);
}

async function checkPane(context: Context, pane: RunPane, index: number): Promise<Pane | AppError> {
  const record = await context.data.plugins.find(pane.pluginId);
  if (!record) {
    return paneError(
      "not_found",
      index,
      "pluginId",
      "This plugin does not exist.",
      "It may have been removed.",
    );
  }
  if (record.desired === "disabled") {
    return paneError(
      "plugin_disabled",
      index,
      "pluginId",
      `${record.name} is switched off.`,
      "Switch it on first.",
    );
  }
  // The list helps to choose and is not law: a model that nobody listed is asked for all the same, and the plugin decides.
  const { models } = context.host.status(record.id).models;
  const model = models.find(({ id }) => id === pane.model) ?? null;
  return { index, pluginId: record.id, request: pane, model };
}

function paneError(
  code: "not_found" | "plugin_disabled",
  index: number,
  name: keyof RunPane,
  message: string,
  hint: string,
): AppError {
  return new AppError(code, message, { field: `panes[${index}].${name}`, hint });
}

function withAllIssues(first: AppError, problems: AppError[]): AppError {
  const issues = problems.map(({ extras, message }): FieldIssue => ({ path: extras.field ?? "", message }));
  return new AppError(first.code, first.message, { ...first.extras, issues });
}

async function* runPane(
  context: Context,
  { index: pane, pluginId, request, model }: Pane,
  messages: ChatMessage[],
  requestId: string | null,
  signal: AbortSignal,
): RunEvents {
  const answer = new PaneAnswer(context.clock, model);
  yield { type: "start", pane, startedAt: nowIso(context.clock) };
  try {
    const chat = { model: request.model, messages, ...request.parameters };
    for await (const chunk of context.host.chat(pluginId, chat, signal)) {
      for (const words of answer.add(chunk)) yield { pane, ...words };
    }
    yield { type: "done", pane, ...answer.end(), stats: answer.stats() };
  } catch (error) {
    // Nobody reads any more, unless we ended it ourselves.
    if (signal.aborted && !isAppError(signal.reason)) return;
    const reason: unknown = signal.aborted ? signal.reason : error;
    yield { type: "error", pane, error: toErrorInfo(reason, context.log, requestId), stats: answer.stats() };
  }
}
