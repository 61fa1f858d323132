import type { Route } from "./route.ts";
import { accountRoutes } from "./routes/account.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { configurationRoutes } from "./routes/configuration.ts";
import { manifestRoutes } from "./routes/manifest.ts";
import { processRoutes } from "./routes/processes.ts";
import { folderRoutes } from "./routes/folders.ts";
import { playgroundRoutes } from "./routes/playground.ts";
import { pluginRoutes } from "./routes/plugins.ts";
import { systemRoutes } from "./routes/system.ts";
import { watchingRoutes } from "./routes/watching.ts";

const own: Route[] = [
  ...accountRoutes,
  ...folderRoutes,
  ...pluginRoutes,
  ...manifestRoutes,
  ...processRoutes,
  ...configurationRoutes,
  ...approvalRoutes,
  ...playgroundRoutes,
  ...watchingRoutes,
];

/** Every route there is. What is not in this list does not exist. */
export const ROUTES: readonly Route[] = [...systemRoutes(own), ...own];
