import { z } from "zod";
import { exportManifest } from "../../operations/export.ts";
import { route } from "../route.ts";

export const manifestRoutes = [
  route("GET", "/api/plugins/:id/manifest", {
    permission: "plugins:read",
    summary: "The manifest as a file: plugin.yaml, or plugin.json for Loom itself",
    query: z.object({ format: z.enum(["yaml", "json"]).default("yaml") }),
    response: "file",
    async handle({ context, actor, id, query }) {
      const { text, fileName, contentType } = await exportManifest(context, actor, id, query.format);
      return new Response(text, {
        headers: {
          "content-type": contentType,
          "content-disposition": `attachment; filename="${fileName}"`,
          "cache-control": "no-store",
        },
      });
    },
  }),
];
