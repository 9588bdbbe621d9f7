-- AlterTable
ALTER TABLE "job" ADD COLUMN     "confirmed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "tenant_database" DROP CONSTRAINT "tenant_database_pkey",
ADD COLUMN     "drop_after" TIMESTAMPTZ(3),
ADD CONSTRAINT "tenant_database_pkey" PRIMARY KEY ("instance_id", "tier");

-- Lo que espera su plazo para borrarse: pocas filas entre todas.
CREATE INDEX "tenant_database_drop_after" ON "tenant_database" ("drop_after") WHERE "drop_after" IS NOT NULL;
