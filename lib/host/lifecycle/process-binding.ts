import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { Supervised } from "../process/managed-process.ts";
import { hasProcess, type Supervisor } from "../process/supervisor.ts";

/** The process of one runner's plugin, and when to tell the runner that it ended. */
export interface ProcessKeeper {
  /** Null when somebody else starts the plugin. */
  get(): Promise<Supervised | null>;
  /** What was ever kept, without a reason to begin. */
  peek(): Promise<Supervised | null>;
  /** See `Supervised.requireOwner`, at the endpoint of the record that is used; nothing for a plugin that somebody else starts. */
  requireOwner(used: PluginRecord): Promise<void>;
  /** Something is being done with the plugin, whose own steps notice an end. */
  begin(): void;
  /** It is done: an end that came meanwhile is told now, unless another process took its place. */
  finish(): void;
}

export interface ProcessKeeperOptions {
  supervisor: Supervisor | undefined;
  record: () => PluginRecord;
  /** It ended by itself; called while nothing else is being done. */
  onLost: (reason: ErrorInfo) => void;
}

export function createProcessKeeper({ supervisor, record, onLost }: ProcessKeeperOptions): ProcessKeeper {
  let supervising: Promise<Supervised> | null = null;
  let kept: Supervised | null = null;
  let busy = false;
  let ended: ErrorInfo | null = null;

  function onEnd(reason: ErrorInfo): void {
    if (busy) ended = reason;
    else onLost(reason);
  }

  async function get(): Promise<Supervised | null> {
    if (supervisor?.allowed !== true || !hasProcess(record())) return null;
    supervising ??= supervisor.supervise(record, onEnd);
    return (kept = await supervising);
  }

  return {
    get,
    peek: () => supervising ?? Promise.resolve(null),
    async requireOwner({ manifest, name, endpoint }) {
      await (await get())?.requireOwner(manifest.command ?? name, endpoint ?? "");
    },
    begin() {
      busy = true;
      ended = null;
    },
    finish() {
      busy = false;
      if (ended !== null && !kept?.running()) onLost(ended);
    },
  };
}
