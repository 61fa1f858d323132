import { z } from "zod";
import { ProcessCommand, ProcessLimits } from "../contract/process.ts";
import type { TransactionClient } from "./client.ts";
import type { ProcessStore } from "./data.ts";
import { parseStored } from "./stored-json.ts";

/**
 * Between an approved command and the files that were approved with it, in one column: JSON has no line breaks of its own. Most reads
 * have no use for thousands of names, and leave them as they are.
 */
const FILES_FOLLOW = "\n";

const Entries = z.array(z.tuple([z.string(), z.string()]));

export function createProcessStore(client: TransactionClient): ProcessStore {
  return {
    async get(pluginId) {
      const row = await client.pluginProcess.findFirst({ where: { pluginId } });
      const limits = parseStored(ProcessLimits, row?.limits ?? "{}", "a plugin's process limits");
      if (!row?.approved || !row.approvedBy || !row.approvedAt) return { approval: null, limits };
      const { approved } = row;
      const end = approved.indexOf(FILES_FOLLOW);
      const stored = end === -1 ? approved : approved.slice(0, end);
      const command = parseStored(ProcessCommand, stored, "a plugin's approved command");
      const files = end === -1 ? "[]" : approved.slice(end + FILES_FOLLOW.length);
      const { approvedBy, approvedAt } = row;
      const approval = {
        command,
        approvedBy,
        approvedAt: approvedAt.toISOString(),
        inventory: () => new Map(parseStored(Entries, files, "the files of an approved command")),
      };
      return { approval, limits };
    },

    async approve(pluginId, { command, inventory, approvedBy, approvedAt }) {
      const content = {
        approved: JSON.stringify(command) + FILES_FOLLOW + JSON.stringify([...inventory]),
        approvedBy,
        approvedAt: new Date(approvedAt),
      };
      await client.pluginProcess.upsert({
        where: { pluginId },
        create: { pluginId, ...content },
        update: content,
      });
    },

    async revoke(pluginId) {
      const { count } = await client.pluginProcess.updateMany({
        where: { pluginId, approved: { not: null } },
        data: { approved: null, approvedBy: null, approvedAt: null },
      });
      return count > 0;
    },

    async setLimits(pluginId, limits) {
      const content = { limits: JSON.stringify(limits) };
      await client.pluginProcess.upsert({
        where: { pluginId },
        create: { pluginId, ...content },
        update: content,
      });
    },

    async rememberRun({ runId, pid, startTicks }) {
      const content = { pid, startTicks: BigInt(startTicks) };
      await client.processRun.upsert({ where: { runId }, create: { runId, ...content }, update: content });
    },

    async forgetRun(runId) {
      await client.processRun.deleteMany({ where: { runId } });
    },

    async listRuns() {
      const rows = await client.processRun.findMany();
      return rows.map(({ runId, pid, startTicks }) => ({ runId, pid, startTicks: Number(startTicks) }));
    },
  };
}
