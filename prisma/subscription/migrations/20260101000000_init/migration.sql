-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('PENDING', 'ACTIVE', 'SUSPENDED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "override_type" AS ENUM ('ENABLE', 'DISABLE');

-- CreateTable
CREATE TABLE "plan_subscription" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "tenant_instance_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "status" "subscription_status" NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription_state" (
    "id" BIGSERIAL NOT NULL,
    "subscription_id" UUID NOT NULL,
    "status" "subscription_status" NOT NULL,
    "plan_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "known_from" TIMESTAMPTZ(3) NOT NULL,
    "known_to" TIMESTAMPTZ(3),

    CONSTRAINT "subscription_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feature_override" (
    "row_id" BIGSERIAL NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "feature_code" TEXT NOT NULL,
    "override_type" "override_type" NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "known_from" TIMESTAMPTZ(3) NOT NULL,
    "known_to" TIMESTAMPTZ(3),

    CONSTRAINT "feature_override_pkey" PRIMARY KEY ("row_id")
);

-- CreateTable
CREATE TABLE "product_projection" (
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "product_projection_pkey" PRIMARY KEY ("product_id")
);

-- CreateTable
CREATE TABLE "feature_projection" (
    "feature_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "feature_projection_pkey" PRIMARY KEY ("feature_id")
);

-- CreateTable
CREATE TABLE "plan_projection" (
    "plan_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "price" DECIMAL(19,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "interval" TEXT NOT NULL,
    "included_features" TEXT[],
    "max_users" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_projection_pkey" PRIMARY KEY ("plan_id")
);

-- CreateTable
CREATE TABLE "plan_retirement_fact" (
    "code" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_retirement_fact_pkey" PRIMARY KEY ("code","retired_at")
);

-- CreateTable
CREATE TABLE "customer_projection" (
    "customer_id" UUID NOT NULL,
    "country" CHAR(2) NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "customer_projection_pkey" PRIMARY KEY ("customer_id")
);

-- CreateTable
CREATE TABLE "instance_projection" (
    "instance_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "product_id" UUID,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "provisioned_at" TIMESTAMPTZ(3),

    CONSTRAINT "instance_projection_pkey" PRIMARY KEY ("instance_id")
);

-- CreateTable
CREATE TABLE "instance_status_fact" (
    "instance_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "known_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "instance_status_fact_pkey" PRIMARY KEY ("instance_id","version")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "message_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "correlation_id" UUID NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processed_message" (
    "consumer" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "processed_message_pkey" PRIMARY KEY ("consumer","message_id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "correlation_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "detail" JSONB NOT NULL,
    "chain_no" BIGINT,
    "previous_hash" TEXT,
    "hash" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "viewer" TEXT NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "result_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("viewer","mutation","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "plan_subscription_tenant_instance_id_key" ON "plan_subscription"("tenant_instance_id");

-- CreateIndex
CREATE INDEX "plan_subscription_customer_id_idx" ON "plan_subscription"("customer_id");

-- CreateIndex
CREATE INDEX "plan_subscription_created_at_id_idx" ON "plan_subscription"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "subscription_state_subscription_id_known_to_idx" ON "subscription_state"("subscription_id", "known_to");

-- CreateIndex
CREATE INDEX "feature_override_subscription_id_known_to_idx" ON "feature_override"("subscription_id", "known_to");

-- CreateIndex
CREATE INDEX "feature_override_id_idx" ON "feature_override"("id");

-- CreateIndex
CREATE UNIQUE INDEX "product_projection_code_key" ON "product_projection"("code");

-- CreateIndex
CREATE UNIQUE INDEX "feature_projection_product_id_code_key" ON "feature_projection"("product_id", "code");

-- CreateIndex
CREATE INDEX "plan_projection_product_id_idx" ON "plan_projection"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_projection_code_version_key" ON "plan_projection"("code", "version");

-- CreateIndex
CREATE INDEX "instance_projection_customer_id_idx" ON "instance_projection"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_id_key" ON "outbox"("message_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_seq_key" ON "audit_entry"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_chain_no_key" ON "audit_entry"("chain_no");

-- CreateIndex
CREATE INDEX "audit_entry_entity_id_seq_idx" ON "audit_entry"("entity_id", "seq");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- AddForeignKey
ALTER TABLE "subscription_state" ADD CONSTRAINT "subscription_state_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "plan_subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_override" ADD CONSTRAINT "feature_override_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "plan_subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sin enviar: lo que el repetidor busca cada vez; el índice entero crecería con los días que se guarda lo enviado.
CREATE INDEX "outbox_unsent" ON "outbox" ("id") WHERE "sent_at" IS NULL;
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_outcome" CHECK ("outcome" IN ('ACCEPTED', 'REFUSED'));

CREATE FUNCTION outbox_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_ring AFTER INSERT ON "outbox" FOR EACH STATEMENT EXECUTE FUNCTION outbox_ring();

ALTER TABLE "plan_subscription" ADD CONSTRAINT "plan_subscription_dates"
  CHECK ("expires_at" IS NULL OR "expires_at" > "starts_at");
-- Lo que hoy se cree de cada suscripción: la lectura caliente solo mira estas filas.
CREATE INDEX "subscription_state_believed" ON "subscription_state" ("subscription_id", "valid_from") WHERE "known_to" IS NULL;
CREATE INDEX "feature_override_believed" ON "feature_override" ("subscription_id", "feature_code") WHERE "known_to" IS NULL;
