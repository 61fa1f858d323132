import type { TransactionClient } from "./client.ts";
import type { ApprovalStore } from "./data.ts";

export function createApprovalStore(client: TransactionClient): ApprovalStore {
  return {
    async list() {
      const rows = await client.approval.findMany({ orderBy: [{ host: "asc" }, { port: "asc" }] });
      return rows.map((row) => ({ ...row, approvedAt: row.approvedAt.toISOString() }));
    },

    async add({ host, port, approvedBy, approvedAt }) {
      await client.approval.upsert({
        where: { host_port: { host, port } },
        create: { host, port, approvedBy, approvedAt: new Date(approvedAt) },
        update: {},
      });
    },

    async remove(host, port) {
      const { count } = await client.approval.deleteMany({ where: { host, port } });
      return count > 0;
    },
  };
}
