import type { ApprovalStore } from "../../data/data.ts";

/** Which loopback and private host:port pairs an admin agreed to, in memory: transport and guard ask on every connection. */
export interface Approvals {
  /** `host` as `parseEndpoint` spells it. */
  isApproved(host: string, port: number): boolean;
  /** Takes effect at once. Call it after the consent is stored, never before. */
  remember(host: string, port: number): void;
  /** Takes effect at once, on open connections too: each call to a plugin is a connection of its own. */
  forget(host: string, port: number): void;
}

/** Reads the stored consents. */
export async function loadApprovals(store: ApprovalStore): Promise<Approvals> {
  const toKey = (host: string, port: number) => `${host.toLowerCase()} ${port}`;
  const approved = new Set((await store.list()).map(({ host, port }) => toKey(host, port)));
  return {
    isApproved: (host, port) => approved.has(toKey(host, port)),
    remember: (host, port) => void approved.add(toKey(host, port)),
    forget: (host, port) => void approved.delete(toKey(host, port)),
  };
}
