/** One word of ours that the field has a better one for. `words.test.ts` looks for it in every source and document. */
export interface WordRow {
  ours: string;
  fields: string;
  /** Sources of regular expressions, looked for in any text. A space stands for a line break in a comment as well. */
  phrases?: readonly string[];
  /** Words that names are made of: `power` is in `createPowerSwitch` and in `power.ts`. Two words stand side by side. */
  names?: readonly string[];
  /** Names of methods and properties that are nothing but this word. */
  members?: readonly string[];
  /** Where names count; everywhere when absent. */
  within?: RegExp;
  except?: ReadonlyArray<{ files?: RegExp; names?: RegExp; why: string }>;
  /** `[file, its text]`: the row catches each of these … */
  caught: ReadonlyArray<readonly [string, string]>;
  /** … and leaves each of these alone. */
  left?: ReadonlyArray<readonly [string, string]>;
}

const LIB = /^lib\//;
const OURS_AND_TESTS = /^(lib|test|bench|e2e|scripts)\/|^server\.ts$/;
/** Rooms of the host in which a link is no link of the file system, and a turn no turn of the event loop. */
const HOST = /^lib\/host\/((lifecycle|connection|health)\/|[^/]+$)/;

export const WORDS: readonly WordRow[] = [
  {
    ours: "power",
    fields: "lifecycle controller",
    names: ["power"],
    except: [{ files: /\.tsx$/, names: /^(Circle)?Power$/, why: "the icon" }],
    caught: [
      ["lib/host/a.ts", "export function createPowerSwitch() {}"],
      ["lib/host/power.ts", "export {};"],
      ["docs/a.md", "The host makes one `Power` per plugin."],
    ],
    left: [
      ["lib/data/a.ts", "// Survives a power cut.\nexport const powerful = 1;"],
      ["components/a.tsx", `import { Power } from "lucide-react";`],
    ],
  },
  {
    ours: "convergence",
    fields: "reconciler",
    names: ["convergence", "converge", "converger"],
    caught: [["lib/host/lifecycle/convergence.test.ts", "export {};"]],
    left: [["docs/a.md", "Percentiles converge."]],
  },
  {
    ours: "link",
    fields: "connection",
    names: ["link"],
    within: HOST,
    caught: [["lib/host/lifecycle/a.ts", "interface PluginLink {}\ncreateLink();"]],
    left: [
      ["lib/host/folder/a.ts", "entry.isSymbolicLink();"],
      ["components/ui/link.tsx", "export const Link = () => <a>{link}</a>;"],
    ],
  },
  {
    ours: "introduction",
    fields: "handshake",
    names: ["introduction", "introductions"],
    caught: [["lib/host/connection/a.ts", "type IntroductionOptions = {};"]],
  },
  {
    ours: "introduce",
    fields: "shake hands, handshake",
    names: ["introduce", "introduced"],
    within: /^(lib\/(host|operations)|test)\//,
    caught: [["lib/host/connection/a.ts", "await link.introduceOnce();"]],
    left: [["lib/data/a.ts", "introduceKeys();"]],
  },
  {
    ours: "goodbye",
    fields: "disconnect",
    phrases: ["goodbyes?"],
    names: ["goodbye"],
    except: [{ files: /^lib\/builtin\/eliza\//, why: "ELIZA says it to people" }],
    caught: [
      ["docs/a.md", "The console says goodbye to the plugin."],
      ["lib/host/lifecycle/a.ts", "const sayGoodbye = 1;"],
    ],
    left: [["lib/builtin/eliza/conversation.ts", `const FAREWELL = "Goodbye.";`]],
  },
  {
    ours: "fallback",
    fields: "last known good",
    names: ["fallback"],
    within: /^lib\/host\//,
    caught: [["lib/host/lifecycle/fallback.ts", "createFallback();"]],
    left: [
      ["components/a.tsx", "export const A = () => <Suspense fallback={null}>{fallback}</Suspense>;"],
      ["lib/contract/config.ts", "export const AddressField = { fallback: null };"],
    ],
  },
  {
    ours: "turns",
    fields: "next check",
    names: ["turns", "next turn"],
    within: HOST,
    except: [{ files: /\.test\.ts$/, names: /^turns$/, why: "tests count turns of the event loop" }],
    caught: [["lib/host/health/a.ts", "const { nextTurnAt } = createTurns();"]],
    left: [["lib/builtin/anthropic/request.ts", "const turns: Turn[] = [];"]],
  },
  {
    ours: "observer, recorder, monitor",
    fields: "health checker, sample writer, check scheduler",
    phrases: ["(?:the|a|its) (?:observer|recorder|monitor)"],
    names: ["observer", "observers", "recorder", "recorders", "monitor", "monitors"],
    within: OURS_AND_TESTS,
    except: [
      { names: /^(Performance|Mutation|Resize|Intersection)Observer(Init)?$/, why: "the browser's" },
      { names: /^monitorEventLoopDelay$/, why: "Node's" },
    ],
    caught: [
      ["lib/host/a.ts", "const monitor = createMonitor();"],
      ["lib/host/health/recorder.ts", "export const createObserver = 1;"],
      ["docs/a.md", "Plugins are watched by the monitor."],
      ["lib/host/a.ts", "/** See `Monitor`. */\nexport const a = 1;"],
    ],
    left: [
      ["components/a.ts", "const observer = new IntersectionObserver(() => {});"],
      ["bench/a.ts", `import { monitorEventLoopDelay } from "node:perf_hooks";`],
      ["docs/a.md", "See `Monitoring`: every plugin is monitored."],
    ],
  },
  {
    ours: "wish",
    fields: "desired state, the latest request",
    phrases: ["wish(?:es|ed)?", "whoever uttered"],
    names: ["wish", "wishes", "wished"],
    caught: [
      ["lib/host/a.ts", "/** An older wish never overtakes a newer one. */\nexport const a = 1;"],
      ["test/a.ts", "setWish();"],
      ["lib/host/a.ts", "/** Asked for by whoever\n * uttered it. */\nexport const a = 1;"],
    ],
  },
  {
    ours: "deed",
    fields: "audit event",
    phrases: ["deeds?"],
    names: ["deed", "deeds"],
    caught: [["lib/operations/a.ts", "interface AuditDeed {}\n// One deed, one row.\n"]],
    left: [["docs/a.md", "It is, indeed."]],
  },
  {
    ours: "in the box",
    fields: "built-in",
    phrases: ["in the box"],
    caught: [
      ["README.md", "ELIZA, the plugin in the box, is there."],
      ["README.md", "- **Brings four in the box**"],
      ["docs/a.md", "**Add plugin → In the box**"],
      ["lib/builtin/a.ts", "// Every plugin in the\n// box has a folder.\n"],
      ["components/a.tsx", `export const A = () => <Panel title="No plugin at hand? In the box" />;`],
    ],
    left: [["components/a.ts", "/** Drawn into a box; see the secret box. */\nexport const a = 1;"]],
  },
  {
    ours: "breath",
    fields: "yield",
    phrases: ["breath(?:s|es?)?"],
    names: ["breath", "breaths", "breathe"],
    caught: [
      ["lib/async/a.ts", "const BREATH_MS = 1;"],
      ["lib/a.ts", "// With a breath in between.\n"],
    ],
  },
  {
    ours: "gate, turnstile",
    fields: "semaphore, queue",
    phrases: ["turnstiles?"],
    names: ["gate", "gates", "turnstile"],
    within: LIB,
    except: [
      { files: /\.test\.ts$/, names: /gate/i, why: "a test's gate is opened once: a latch, no semaphore" },
    ],
    caught: [
      ["lib/async/a.ts", "export const createGate = 1;"],
      ["scripts/a.ts", `import "../lib/async/turnstile.ts";`],
    ],
    left: [["lib/gateway/a.ts", "createGateway();"]],
  },
  {
    ours: "relay",
    fields: "event queue",
    names: ["relay", "relays"],
    within: OURS_AND_TESTS,
    except: [{ files: /^test\/fault-proxy\.ts$/, why: "a proxy relays" }],
    caught: [["lib/operations/a.ts", "const relay = createRelay();"]],
    left: [["docs/a.md", "name: acme-relay"]],
  },
  {
    ours: "conceal, spoil, distrust, overhear",
    fields: "redact, invalidate, mark stale, wrap with redaction",
    names: [
      ...["conceal", "conceals", "concealed", "spoil", "spoils", "spoiled"],
      ...["distrust", "distrusted", "overhear", "overheard"],
    ],
    caught: [
      ["lib/core/a.ts", "concealSensitive();"],
      ["lib/transport/spoiled-connection.test.ts", "export {};"],
      ["lib/host/a.ts", "let distrusted = overhear();"],
    ],
    left: [["docs/a.md", "A spoiled connection fails one call."]],
  },
  {
    ours: "stranded, boxed, bindLoose",
    fields: "unsealed, sealed, bindUnbound",
    names: ["stranded", "boxed", "bind loose"],
    caught: [["lib/operations/a.ts", "const { boxed, isStranded } = bindLoose();"]],
    left: [["docs/a.md", "A loose end."]],
  },
  {
    ours: "takeIn, look, tell, hear",
    fields: "sync, scan, report, onMetadata",
    names: ["take in", "command look", "command looks"],
    members: ["look", "tell", "hear"],
    within: LIB,
    caught: [
      ["lib/operations/a.ts", "await takeIn();"],
      ["lib/host/a.ts", "watcher.look();"],
      ["lib/host/a.ts", "interface Trial { tell(): void }"],
      ["lib/host/a.ts", "const a = { hear() {} };"],
      ["lib/host/a.ts", "createCommandLooks();"],
    ],
    left: [
      ["lib/operations/a.ts", "readInTurn(lookup, heard, LOOK_AT_LOG);"],
      ["lib/host/a.ts", "function look(pid: number) {}"],
      ["components/a.ts", `const mark = { look: "text-ok" };`],
    ],
  },
  {
    ours: "STRANGER",
    fields: "UNAUTHENTICATED (or unknown, impostor)",
    names: ["stranger", "strangers"],
    within: /^(lib|components|app)\//,
    except: [
      { files: /\.test\.tsx?$/, why: "in a test it is a person, or a program that is not the plugin" },
    ],
    caught: [["lib/api/a.ts", "const STRANGER_BODY_MAX_BYTES = 1;"]],
  },
  {
    ours: "supervised",
    fields: "managed process",
    names: ["supervised"],
    caught: [["lib/host/process/a.ts", "createSupervised();"]],
    left: [["README.md", "Starts plugins itself: supervised, limited. See `createSupervisor`."]],
  },
  {
    ours: "meet, decide",
    fields: "mergeConflict, resolveField (say what of)",
    names: ["meet", "decide"],
    within: /^(lib|components|app)\//,
    caught: [
      ["components/config-form/a.ts", "export function meet() {}"],
      ["lib/core/a.ts", "verdict.decide();"],
    ],
    left: [["lib/core/a.ts", "decided(meeting);"]],
  },
];
