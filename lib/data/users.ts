import { randomUUID } from "node:crypto";
import { AppError } from "../contract/error.ts";
import type { TransactionClient } from "./client.ts";
import type { UserStore } from "./data.ts";
import { takenFields } from "./violation.ts";

export function createUserStore(client: TransactionClient): UserStore {
  return {
    count() {
      return client.user.count();
    },

    async create({ name, email, role, passwordHash, at }) {
      const stamps = { createdAt: new Date(at), updatedAt: new Date(at) };
      const id = randomUUID();
      const account = {
        id: randomUUID(),
        accountId: id,
        providerId: "credential",
        password: passwordHash,
        ...stamps,
      };
      try {
        await client.user.create({
          data: { id, name, email: email.toLowerCase(), role, ...stamps, accounts: { create: account } },
        });
        return { id };
      } catch (error) {
        if (!takenFields(error).includes("email")) throw error;
        throw new AppError("conflict", `There is already an account for ${email}.`, {
          field: "email",
          hint: "Sign in with it, or use another address.",
        });
      }
    },

    async setRole(id, role) {
      const { count } = await client.user.updateMany({ where: { id }, data: { role } });
      if (count === 0) throw new AppError("not_found", `There is no person with the id ${id}.`);
    },
  };
}
