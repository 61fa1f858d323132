-- CreateTable
CREATE TABLE "PluginProcess" (
    "pluginId" TEXT NOT NULL PRIMARY KEY,
    "approved" TEXT,
    "approvedBy" TEXT,
    "approvedAt" DATETIME,
    "limits" TEXT NOT NULL DEFAULT '{}',
    CONSTRAINT "PluginProcess_pluginId_fkey" FOREIGN KEY ("pluginId") REFERENCES "Plugin" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProcessRun" (
    "runId" TEXT NOT NULL PRIMARY KEY,
    "pid" INTEGER NOT NULL,
    "startTicks" BIGINT NOT NULL
);
