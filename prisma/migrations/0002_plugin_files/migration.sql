-- AlterTable
ALTER TABLE "Plugin" ADD COLUMN "file" TEXT;
ALTER TABLE "Plugin" ADD COLUMN "filePath" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "Plugin_filePath_key" ON "Plugin"("filePath");
