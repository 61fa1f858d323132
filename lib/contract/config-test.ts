import { z } from "zod";
import { PluginConfigSaved, PluginConfigWrite } from "./config.ts";
import { ErrorInfo } from "./error.ts";

/** What a test does, in this order. `restore` and `cleanup` leave things as they were; only one of them is needed. */
export const TestStepName = z.enum([
  "address",
  "dns",
  "tcp",
  "tls",
  "metadata",
  "identity",
  "config",
  "initialize",
  "health",
  "models",
  "chat",
  "restore",
  "cleanup",
]);
export type TestStepName = z.infer<typeof TestStepName>;

/** One step of a test as it stands. */
export const TestStep = z.object({
  name: TestStepName,
  status: z.enum(["running", "ok", "failed", "skipped"]),
  /** Null while it runs and for what was skipped or not measured by itself. */
  durationMs: z.number().nonnegative().nullable(),
  /** What was learnt: "4 models", "Identity confirmed: acme 1.2.0". */
  note: z.string().optional(),
  /** Why it failed, with a hint; for `config` every field problem is in `issues` (`values.timeout`, `secrets.api_key`). */
  error: ErrorInfo.optional(),
});
export type TestStep = z.infer<typeof TestStep>;

/**
 * `POST /api/plugins/:id/test`: proves a draft that is not saved. The body of a save serves as it is; secrets that are absent are
 * the stored ones.
 */
export const ConfigTestRequest = PluginConfigWrite.extend({
  /** What the draft was made upon; only needed with `save`. */
  version: z.number().int().nonnegative().optional(),
  /** Ask for one short completion at the end. It may cost money. */
  chat: z.boolean().default(false),
  /** Save the draft when every step passed. */
  save: z.boolean().default(false),
});
export type ConfigTestRequest = z.infer<typeof ConfigTestRequest>;

/** One event of the test's stream. */
export const ConfigTestEvent = z.discriminatedUnion("type", [
  /** First. `live`: the plugin runs, so it is re-initialised with the draft, and with what is saved at the end. */
  z.object({ type: z.literal("start"), live: z.boolean(), steps: z.array(TestStepName) }),
  /** A step has begun or ended; the newest one of a name counts. */
  z.object({ type: z.literal("step"), step: TestStep }),
  /** Last. A stream that ends without it broke off. */
  z.object({
    type: z.literal("done"),
    /** Every step that ran passed. */
    ok: z.boolean(),
    /** With `save`, and when it was saved. */
    saved: PluginConfigSaved.nullable(),
    /** What ended the test besides a failed step: a newer desired state, the save (`version_conflict`), the console stopping. */
    error: ErrorInfo.nullable(),
  }),
]);
export type ConfigTestEvent = z.infer<typeof ConfigTestEvent>;
