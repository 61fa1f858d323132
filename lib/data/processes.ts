import { z } from "zod";
import { ProcessCommand, ProcessLimits } from "../contract/process.ts";
import type { TransactionClient } from "./client.ts";
import type { ProcessStore } from "./data.ts";
import { parseStored } from "./stored-json.ts";

/** An approval as it is stored. The inventory is a text of its own: most reads have no use for thousands of names. */
const Approved = ProcessCommand.extend({ inventory: z.string().default("[]") });

const Entries = z.array(z.tuple([z.string(), z.string()]));

export function createProcessStore(client: TransactionClient): ProcessStore {
  return {
    async get(pluginId) {
      const row = await client.pluginProcess.findFirst({ where: { pluginId } });
      const limits = parseStored(ProcessLimits, row?.limits ?? "{}", "a plugin's process limits");
      if (!row?.approved || !row.approvedBy || !row.approvedAt) return { approval: null, limits };
      const { inventory, ...command } = parseStored(Approved, row.approved, "a plugin's approved command");
      const { approvedBy, approvedAt } = row;
      const approval = {
        ...{ command, approvedBy, approvedAt: approvedAt.toISOString() },
        inventory: () => new Map(parseStored(Entries, inventory, "the files of an approved command")),
      };
      return { approval, limits };
    },

    async approve(pluginId, { command, inventory, approvedBy, approvedAt }) {
      const content = {
        approved: JSON.stringify({ ...command, inventory: JSON.stringify([...inventory]) }),
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
