-- CreateEnum
CREATE TYPE "scheduled_change_kind" AS ENUM ('PLAN', 'CANCELLATION', 'EXPIRY', 'START');

-- CreateEnum
CREATE TYPE "scheduled_change_end" AS ENUM ('DONE', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "plan_subscription" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "subscription_state" ADD COLUMN     "changed_by" TEXT,
ADD COLUMN     "reason" TEXT;

-- AlterTable
ALTER TABLE "feature_projection" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "scheduled_change" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "kind" "scheduled_change_kind" NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "plan_id" UUID,
    "reason" TEXT,
    "requested_by" TEXT NOT NULL,
    "by_customer" BOOLEAN NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "ended" "scheduled_change_end",
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "scheduled_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "scheduled_change_subscription_id_idx" ON "scheduled_change"("subscription_id");

-- AddForeignKey
ALTER TABLE "scheduled_change" ADD CONSTRAINT "scheduled_change_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "plan_subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "scheduled_change" ADD CONSTRAINT "scheduled_change_plan" CHECK (("kind" = 'PLAN') = ("plan_id" IS NOT NULL));
ALTER TABLE "scheduled_change" ADD CONSTRAINT "scheduled_change_ended" CHECK (("ended" IS NULL) = ("ended_at" IS NULL));
-- Lo que falta por pasar: lo que cada réplica mira cada segundo, y lo que se enseña de cada suscripción.
CREATE INDEX "scheduled_change_waiting" ON "scheduled_change" ("effective_at", "id") WHERE "ended" IS NULL;
-- Una suscripción no empieza, vence ni se cancela dos veces.
CREATE UNIQUE INDEX "scheduled_change_one_of_its_kind" ON "scheduled_change" ("subscription_id", "kind") WHERE "ended" IS NULL;
-- Por lo que se filtra una lista, solo sobre lo que hoy se cree.
CREATE INDEX "subscription_state_believed_status" ON "subscription_state" ("status") WHERE "known_to" IS NULL;
CREATE INDEX "subscription_state_believed_plan" ON "subscription_state" ("plan_id") WHERE "known_to" IS NULL;
CREATE INDEX "subscription_state_believed_expiry" ON "subscription_state" ("expires_at") WHERE "known_to" IS NULL;

-- Lo ya vendido: de lo activo se contó una cosa más que de lo pendiente, y sus fechas pasan a ser filas.
UPDATE "plan_subscription" SET "revision" = 2 WHERE "status" <> 'PENDING';
INSERT INTO "scheduled_change" ("id", "subscription_id", "kind", "effective_at", "requested_by", "by_customer", "requested_at")
SELECT gen_random_uuid(), "id", 'START'::scheduled_change_kind, "starts_at", 'contract', false, "created_at"
FROM "plan_subscription" WHERE "starts_at" > now()
UNION ALL
SELECT gen_random_uuid(), "id", 'EXPIRY'::scheduled_change_kind, "expires_at", 'contract', false, "created_at"
FROM "plan_subscription" WHERE "expires_at" IS NOT NULL;
