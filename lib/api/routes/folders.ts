import { z } from "zod";
import { FolderReport } from "../../contract/intake.ts";
import { Plugin } from "../../contract/plugin.ts";
import { detachPlugin, listFolders, rescanFolders } from "../../operations/folder/watched-folders.ts";
import { NoFields, route } from "../route.ts";

export const folderRoutes = [
  route("GET", "/api/folders", {
    permission: "plugins:read",
    summary: "The watched folders as they were last read, and the files in them that wait for a person",
    response: FolderReport,
    handle: ({ context, actor }) => listFolders(context.folders, actor),
  }),

  route("POST", "/api/plugins/rescan", {
    permission: "plugins:write",
    summary: "Read the watched folders again and wait until what was found is applied",
    body: NoFields,
    example: {},
    response: FolderReport,
    handle: ({ context, actor }) => rescanFolders(context, context.folders, actor),
  }),

  route("POST", "/api/plugins/:id/detach", {
    permission: "plugins:write",
    summary: "Take a plugin away from its manifest file: it belongs to the console from now on",
    body: NoFields,
    example: {},
    response: z.object({ plugin: Plugin }),
    handle: async ({ context, actor, id }) => ({
      plugin: await detachPlugin(context, context.folders, actor, id),
    }),
  }),
];
