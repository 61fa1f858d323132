import { z } from "zod";
import { Finding } from "./manifest.ts";
import { PluginReference } from "./registration.ts";

/** Consent of an admin to talk to one loopback or private host:port, and which plugins live on it. */
export const Approval = z.object({
  /** `host:port`, IPv6 in brackets: what `DELETE /api/approvals/:id` takes. */
  id: z.string(),
  host: z.string(),
  port: z.number().int(),
  approvedBy: z.string(),
  approvedAt: z.iso.datetime(),
  plugins: z.array(PluginReference),
});
export type Approval = z.infer<typeof Approval>;

/** `GET /api/approvals`, newest first. */
export const ApprovalList = z.object({ approvals: z.array(Approval) });
export type ApprovalList = z.infer<typeof ApprovalList>;

/** One manifest file of a watched folder that is not in use as it stands. */
export const FolderProblem = z.object({
  /** Absolute path of a file or of a directory that could not be read. */
  path: z.string(),
  findings: z.array(Finding),
  /** The plugin that goes on with its last good reading; null when the file never registered. */
  plugin: PluginReference.nullable(),
});
export type FolderProblem = z.infer<typeof FolderProblem>;

/** `GET /api/folders` and `POST /api/plugins/rescan`: the watched folders as they were last read. */
export const FolderReport = z.object({
  folders: z.array(
    z.object({
      path: z.string(),
      exists: z.boolean(),
      /** Manifest files found in it. */
      manifests: z.number().int().nonnegative(),
    }),
  ),
  /** When the last reading ended; null before the first. */
  scannedAt: z.iso.datetime().nullable(),
  /** What the reading asked for changed, by name. `GET` answers those of the last reading that changed anything. */
  registered: z.array(z.string()),
  reloaded: z.array(z.string()),
  gone: z.array(z.string()),
  /** Files that wait for a person: broken, symlinks out of the folder, unreadable, an address that needs approval, a taken endpoint. */
  problems: z.array(FolderProblem),
});
export type FolderReport = z.infer<typeof FolderReport>;
