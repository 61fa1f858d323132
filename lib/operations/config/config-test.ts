import type { PluginConfigSaved } from "../../contract/config.ts";
import type { ConfigTestEvent, ConfigTestRequest, TestStepName } from "../../contract/config-test.ts";
import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { Trial, TrialOutcome } from "../../host/connection/config-trial.ts";
import { TRIAL_STEPS } from "../../host/connection/config-trial-steps.ts";
import { requirePermission, type Actor } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import { checkWrite, listWarnings, requireValid } from "./config-validation.ts";
import { requireBound } from "./secret-binding.ts";
import { readConfig, storeConfig } from "./config.ts";
import { requireUnmoved } from "./config-conflict.ts";
import type { Context } from "../context.ts";
import { toErrorInfo } from "../failure.ts";
import { getRecord } from "../plugins.ts";
import { createRelay } from "../../async/event-queue.ts";
import { readStored, type StoredConfig } from "./stored-config.ts";

/** A test that may begin. `events` ends after `done`; when `signal` aborts, the test ends and what is saved is put back. */
export interface ConfigTest {
  events(signal: AbortSignal): AsyncGenerator<ConfigTestEvent, void, undefined>;
}

/**
 * Proves a draft on the plugin itself. Nothing is stored but the audit row, unless `save` is asked for and every step passed.
 * Throws `not_found`, `forbidden`, `validation_failed` when `save` comes without a version, and `version_conflict` when the plugin
 * moved since the version that a secret was entered upon. Everything else is an event.
 */
export async function startConfigTest(
  context: Context,
  actor: Actor,
  idOrName: string,
  request: ConfigTestRequest,
): Promise<ConfigTest> {
  requirePermission(actor, "config:write");
  const record = await getRecord(context.data, idOrName);
  if (request.save && request.version === undefined) {
    throw new AppError("validation_failed", "Saving needs the version the draft was made upon.", {
      field: "version",
    });
  }
  if (request.version !== undefined && Object.values(request.secrets).some((write) => !("clear" in write)))
    await requireUnmoved(context, context.data, record, request.version);
  const stored = await readStored(context, context.data, record);
  const check = await prepareCheck(context, record, request, stored);
  const draft = toDraft(request, stored);
  const origin = context.host.destinations.originOf(record, request.values);
  return { events: (signal) => runTest(context, actor, record, request, { draft, origin, check }, signal) };
}

/** What the schema says about the draft, looked up now and told at its step. */
async function prepareCheck(
  context: Context,
  record: PluginRecord,
  request: ConfigTestRequest,
  stored: StoredConfig,
): Promise<() => void> {
  const schema = record.manifest.metadata.config_schema;
  const address = context.host.destinations.addressField(record);
  const issues = await checkWrite(context.data, { schema, address, stored: stored.secrets }, request);
  return () => {
    requireValid(issues);
    requireBound(context, record, stored, request.values, request.secrets);
  };
}

async function* runTest(
  context: Context,
  actor: Actor,
  record: PluginRecord,
  request: ConfigTestRequest,
  prepared: Pick<Trial, "draft" | "origin" | "check">,
  signal: AbortSignal,
): AsyncGenerator<ConfigTestEvent, void, undefined> {
  const live = record.desired === "enabled";
  const last: TestStepName = live ? "restore" : "cleanup";
  const relay = createRelay<ConfigTestEvent>();
  relay.push({ type: "start", live, steps: [...TRIAL_STEPS, last] });
  const failed = new Set<TestStepName>();
  const trial: Trial = {
    ...prepared,
    chat: request.chat,
    save: request.save ? () => save(context, actor, record, request) : null,
    report(step) {
      if (step.status === "failed") failed.add(step.name);
      relay.push({ type: "step", step });
    },
  };
  // The test outlives a reader who leaves: what is saved is put back all the same.
  const testing = context.host
    .tryConfig(record.id, trial, signal)
    .then(
      async (outcome) => finish(context, actor, record, request, outcome, failed),
      (error: unknown): ConfigTestEvent => toDone(toErrorInfo(error, context.log, actor.requestId)),
    )
    .catch((error: unknown) => toDone(toErrorInfo(error, context.log, actor.requestId)))
    .then((done) => relay.end(done));
  yield* relay.events();
  await testing;
}

/** The draft with the values that have become secrets since they were saved: they are not in what people see and send. */
function toDraft({ values, secrets }: ConfigTestRequest, { stranded }: StoredConfig) {
  const kept = Object.entries(stranded).flatMap(([name, set]) =>
    set === "" ? [] : [[name, { set }] as const],
  );
  return { values, secrets: { ...Object.fromEntries(kept), ...secrets } };
}

async function save(
  context: Context,
  actor: Actor,
  record: PluginRecord,
  { version = 0, values, secrets, note }: ConfigTestRequest,
): Promise<void> {
  const write = { version, values, secrets, ...(note === undefined ? {} : { note }) };
  await context.data.transaction(async (repositories) => {
    const now = await getRecord(repositories, record.id);
    await storeConfig(context, repositories, actor, now, write, { kind: "saved", restoredFrom: null });
  });
}

async function finish(
  context: Context,
  actor: Actor,
  record: PluginRecord,
  request: ConfigTestRequest,
  outcome: TrialOutcome,
  failed: ReadonlySet<TestStepName>,
): Promise<ConfigTestEvent> {
  const [step] = failed;
  await context.data.audit.append(
    toAuditEntry(context, actor, {
      action: "plugin.tested",
      target: { id: record.id, name: record.name },
      changes: [{ field: "result", after: outcome.ok ? "passed" : `failed at ${step ?? "the end"}` }],
    }),
  );
  const isSaved = request.save && outcome.ok && outcome.error === null;
  return {
    type: "done",
    ok: outcome.ok,
    saved: isSaved ? await toSaved(context, record, request, failed) : null,
    error: outcome.error,
  };
}

async function toSaved(
  context: Context,
  record: PluginRecord,
  { secrets }: ConfigTestRequest,
  failed: ReadonlySet<TestStepName>,
): Promise<PluginConfigSaved> {
  return {
    config: await readConfig(context, record),
    applied: record.desired === "enabled" ? !failed.has("restore") : null,
    warnings: await listWarnings(context.data, record.manifest.metadata.config_schema, secrets),
  };
}

function toDone(error: ErrorInfo): ConfigTestEvent {
  return { type: "done", ok: false, saved: null, error };
}
