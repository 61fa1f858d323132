-- CreateTable
CREATE TABLE "ConfigRevision" (
    "pluginId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "savedAt" DATETIME NOT NULL,
    "savedBy" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "restoredFrom" INTEGER,
    "note" TEXT,
    "changes" TEXT NOT NULL,
    "values" TEXT NOT NULL,
    "secrets" TEXT NOT NULL,

    PRIMARY KEY ("pluginId", "revision"),
    CONSTRAINT "ConfigRevision_pluginId_fkey" FOREIGN KEY ("pluginId") REFERENCES "Plugin" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Secret" (
    "pluginId" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "sealed" TEXT,
    "reference" TEXT,
    "origin" TEXT,
    "since" INTEGER NOT NULL,
    "changedAt" DATETIME NOT NULL,
    "changedBy" TEXT NOT NULL,

    PRIMARY KEY ("pluginId", "field"),
    CONSTRAINT "Secret_pluginId_fkey" FOREIGN KEY ("pluginId") REFERENCES "Plugin" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- Until now a move to another origin forgot every secret: what is stored belongs to the present endpoint, whose path begins at the
-- third slash. Which save entered a secret is not known; the newest one stands for it.
INSERT INTO "new_Secret" ("changedAt", "changedBy", "field", "pluginId", "sealed", "origin", "since")
SELECT s."changedAt", s."changedBy", s."field", s."pluginId", s."sealed",
    CASE
        WHEN p."endpoint" IS NULL THEN NULL
        WHEN instr(substr(p."endpoint", instr(p."endpoint", '://') + 3), '/') = 0 THEN p."endpoint"
        ELSE substr(p."endpoint", 1, instr(p."endpoint", '://') + 1 + instr(substr(p."endpoint", instr(p."endpoint", '://') + 3), '/'))
    END,
    max(1, coalesce(c."version", 1))
FROM "Secret" s
JOIN "Plugin" p ON p."id" = s."pluginId"
LEFT JOIN "PluginConfig" c ON c."pluginId" = s."pluginId";
DROP TABLE "Secret";
ALTER TABLE "new_Secret" RENAME TO "Secret";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- Configurations that were saved before revisions existed begin with one.
INSERT INTO "ConfigRevision" ("pluginId", "revision", "savedAt", "savedBy", "kind", "restoredFrom", "note", "changes", "values", "secrets")
SELECT c."pluginId", c."version", strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'), 'system', 'saved', NULL,
    'As it was before revisions were kept', '[]', c."values",
    (SELECT json_group_object(s."field", json_object('since', s."since", 'reference', NULL)) FROM "Secret" s WHERE s."pluginId" = c."pluginId")
FROM "PluginConfig" c
WHERE c."version" > 0;
