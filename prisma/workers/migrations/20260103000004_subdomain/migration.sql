-- DropIndex
DROP INDEX "published_subdomain_instance_id_key";

-- AlterTable
ALTER TABLE "published_subdomain" DROP CONSTRAINT "published_subdomain_pkey",
ADD COLUMN     "released_at" TIMESTAMPTZ(3),
ADD COLUMN     "withdrawn_at" TIMESTAMPTZ(3),
ADD COLUMN     "withdrawn_by" UUID,
ADD CONSTRAINT "published_subdomain_pkey" PRIMARY KEY ("instance_id");

-- Una instancia suspendida conserva su nombre; el de una dada de baja queda libre para otra.
CREATE UNIQUE INDEX "published_subdomain_host" ON "published_subdomain" ("host") WHERE "released_at" IS NULL;
