import { expect, it } from "vitest";
import { getPlugin } from "../operations/plugins.ts";
import { approveProcess } from "../operations/processes.ts";
import { removePlugin } from "../operations/registration/registration.ts";
import { route } from "./route.ts";

const summary = "A route that must not compile";

it("whose permission does not cover its operation is refused by the compiler", () => {
  const routes = [
    route("DELETE", "/api/plugins/:id", {
      permission: "plugins:read",
      summary,
      response: "nothing",
      // @ts-expect-error Removing needs `plugins:write`.
      handle: ({ context, actor, id }) => removePlugin(context, actor, id),
    }),
    route("GET", "/api/plugins/:id", {
      permission: "session",
      summary,
      response: "nothing",
      // @ts-expect-error Being signed in is not enough to read plugins.
      handle: async ({ context, actor, id }) => void (await getPlugin(context, actor, id)),
    }),
    route("GET", "/api/plugins/:id", {
      permission: "public",
      summary,
      response: "nothing",
      // @ts-expect-error Nobody was looked up, so there is nobody to read as.
      handle: async ({ context, actor, id }) => void (await getPlugin(context, actor, id)),
    }),
    route("POST", "/api/plugins/:id", {
      permission: "plugins:write",
      summary,
      response: "nothing",
      handle: async ({ context, actor, id }) => {
        const command = { executable: "/bin/sh", command: "sh", args: [], env: {}, workingDirectory: "/" };
        // @ts-expect-error Approving a command is for those who may write settings.
        await approveProcess(context, actor, id, { ...command, digest: "" });
      },
    }),
  ];
  expect(routes).toHaveLength(4);
});
