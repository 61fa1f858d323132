import { ProcessCommand, ProcessLimits } from "../contract/process.ts";
import type { TransactionClient } from "./client.ts";
import type { ProcessStore } from "./data.ts";
import { parseStored } from "./stored-json.ts";

export function createProcessStore(client: TransactionClient): ProcessStore {
  return {
    async get(pluginId) {
      const row = await client.pluginProcess.findFirst({ where: { pluginId } });
      const limits = parseStored(ProcessLimits, row?.limits ?? "{}", "a plugin's process limits");
      if (!row?.approved || !row.approvedBy || !row.approvedAt) return { approval: null, limits };
      const command = parseStored(ProcessCommand, row.approved, "a plugin's approved command");
      const { approvedBy, approvedAt } = row;
      return { approval: { command, approvedBy, approvedAt: approvedAt.toISOString() }, limits };
    },

    async approve(pluginId, { command, approvedBy, approvedAt }) {
      const content = {
        approved: JSON.stringify(command),
        approvedBy,
        approvedAt: new Date(approvedAt),
      };
      await client.pluginProcess.upsert({
        where: { pluginId },
        create: { pluginId, ...content },
        update: content,
      });
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
