-- CreateEnum
CREATE TYPE "database_tier" AS ENUM ('STANDARD', 'ENTERPRISE');

-- CreateEnum
CREATE TYPE "tenant_instance_status" AS ENUM ('PROVISIONING', 'ACTIVE', 'FAILED', 'SUSPENDED', 'DECOMMISSIONED');

-- CreateEnum
CREATE TYPE "operation_kind" AS ENUM ('PROVISION', 'SUSPEND', 'RESUME', 'DECOMMISSION', 'MOVE_TIER', 'MIGRATE_SCHEMA');

-- CreateEnum
CREATE TYPE "operation_state" AS ENUM ('SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING', 'SUCCEEDED', 'FAILED', 'COMPENSATED');

-- CreateEnum
CREATE TYPE "step_state" AS ENUM ('PENDING', 'RUNNING', 'DONE', 'FAILED', 'SKIPPED', 'UNDONE');

-- CreateTable
CREATE TABLE "customer" (
    "id" UUID NOT NULL,
    "legal_name" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL,
    "tax_id_cipher" TEXT NOT NULL,
    "tax_id_index" TEXT NOT NULL,
    "billing_email_cipher" TEXT NOT NULL,
    "billing_email_index" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "erased_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_instance" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "product_code" TEXT NOT NULL,
    "plan_id" UUID NOT NULL,
    "plan_code" TEXT NOT NULL,
    "plan_version" INTEGER NOT NULL,
    "max_users" INTEGER NOT NULL,
    "instance_code" TEXT NOT NULL,
    "global_instance_id" TEXT NOT NULL,
    "database_tier" "database_tier" NOT NULL,
    "status" "tenant_instance_status" NOT NULL,
    "kubernetes_namespace" TEXT NOT NULL,
    "subdomain_url" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "provisioned_at" TIMESTAMPTZ(3),
    "subscription_activated_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed" (
    "id" BIGSERIAL NOT NULL,
    "instance_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "tenant_instance_status" NOT NULL,
    "status_changed" BOOLEAN NOT NULL,
    "change_no" BIGINT,
    "payload" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "feed_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_home" (
    "tenant_id" UUID NOT NULL,
    "database_id" TEXT NOT NULL,
    "database_tier" "database_tier" NOT NULL,
    "connection_cipher" TEXT,
    "epoch" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "tenant_home_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" UUID NOT NULL,
    "tenant_instance_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" "operation_kind" NOT NULL,
    "state" "operation_state" NOT NULL,
    "attempt" INTEGER NOT NULL,
    "max_attempts" INTEGER NOT NULL,
    "failure_step" TEXT,
    "failure_code" TEXT,
    "failure_message" TEXT,
    "correlation_id" UUID NOT NULL,
    "request_no" INTEGER NOT NULL DEFAULT 0,
    "last_fact" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_step" (
    "operation_id" UUID NOT NULL,
    "ord" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" "step_state" NOT NULL,
    "attempt" INTEGER NOT NULL,
    "detail" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_step_pkey" PRIMARY KEY ("operation_id","ord")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "worker" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "correlation_id" UUID NOT NULL,
    "attempts" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "replays" INTEGER NOT NULL DEFAULT 0,
    "replayed_at" TIMESTAMPTZ(3),
    "discarded_at" TIMESTAMPTZ(3),
    "discard_reason" TEXT,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_projection" (
    "plan_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "product_id" UUID NOT NULL,
    "product_code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "max_users" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_projection_pkey" PRIMARY KEY ("plan_id")
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
CREATE INDEX "customer_created_at_id_idx" ON "customer"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "customer_billing_email_index_idx" ON "customer"("billing_email_index");

-- CreateIndex
CREATE UNIQUE INDEX "customer_country_tax_id_index_key" ON "customer"("country", "tax_id_index");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_instance_global_instance_id_key" ON "tenant_instance"("global_instance_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_instance_kubernetes_namespace_key" ON "tenant_instance"("kubernetes_namespace");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_instance_subdomain_url_key" ON "tenant_instance"("subdomain_url");

-- CreateIndex
CREATE INDEX "tenant_instance_customer_id_created_at_id_idx" ON "tenant_instance"("customer_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "tenant_instance_created_at_id_idx" ON "tenant_instance"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "tenant_instance_product_code_idx" ON "tenant_instance"("product_code");

-- CreateIndex
CREATE INDEX "tenant_instance_status_idx" ON "tenant_instance"("status");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_instance_customer_id_instance_code_key" ON "tenant_instance"("customer_id", "instance_code");

-- CreateIndex
CREATE UNIQUE INDEX "feed_change_no_key" ON "feed"("change_no");

-- CreateIndex
CREATE UNIQUE INDEX "feed_instance_id_version_key" ON "feed"("instance_id", "version");

-- CreateIndex
CREATE INDEX "operation_tenant_instance_id_started_at_id_idx" ON "operation"("tenant_instance_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "operation_state_moved_at_idx" ON "operation"("state", "moved_at");

-- CreateIndex
CREATE INDEX "operation_customer_id_idx" ON "operation"("customer_id");

-- CreateIndex
CREATE INDEX "dead_letter_received_at_id_idx" ON "dead_letter"("received_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_worker_message_id_key" ON "dead_letter"("worker", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_projection_code_version_key" ON "plan_projection"("code", "version");

-- CreateIndex
CREATE UNIQUE INDEX "product_projection_code_key" ON "product_projection"("code");

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
ALTER TABLE "tenant_instance" ADD CONSTRAINT "tenant_instance_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed" ADD CONSTRAINT "feed_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "tenant_instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant_home" ADD CONSTRAINT "tenant_home_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant_instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_tenant_instance_id_fkey" FOREIGN KEY ("tenant_instance_id") REFERENCES "tenant_instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_step" ADD CONSTRAINT "operation_step_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sin enviar: lo que el repetidor busca cada vez; el índice entero crecería con los días que se guarda lo enviado.
CREATE INDEX "outbox_unsent" ON "outbox" ("id") WHERE "sent_at" IS NULL;
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_outcome" CHECK ("outcome" IN ('ACCEPTED', 'REFUSED'));

CREATE FUNCTION outbox_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_ring AFTER INSERT ON "outbox" FOR EACH STATEMENT EXECUTE FUNCTION outbox_ring();

-- Una operación viva por instancia: la segunda petición choca aquí aunque lleguen a la vez.
CREATE UNIQUE INDEX "operation_one_alive" ON "operation" ("tenant_instance_id")
  WHERE "state" IN ('SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING');
-- Lo que el repetidor aún no ha numerado.
CREATE INDEX "feed_unnumbered" ON "feed" ("id") WHERE "status_changed" AND "change_no" IS NULL;
CREATE INDEX "customer_legal_name" ON "customer" (lower("legal_name") text_pattern_ops);
