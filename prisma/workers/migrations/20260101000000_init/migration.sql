-- CreateEnum
CREATE TYPE "job_state" AS ENUM ('RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING', 'SUCCEEDED', 'COMPENSATED', 'FAILED');

-- CreateTable
CREATE TABLE "job" (
    "operation_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "state" "job_state" NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "claims" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "fact_no" INTEGER NOT NULL DEFAULT 0,
    "request_no" INTEGER NOT NULL DEFAULT 0,
    "failure" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("operation_id")
);

-- CreateTable
CREATE TABLE "job_step" (
    "operation_id" UUID NOT NULL,
    "ord" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "epoch" INTEGER,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "detail" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_step_pkey" PRIMARY KEY ("operation_id","ord")
);

-- CreateTable
CREATE TABLE "tenant_database" (
    "instance_id" UUID NOT NULL,
    "database_name" TEXT NOT NULL,
    "role_name" TEXT,
    "tier" TEXT NOT NULL,
    "connection_cipher" TEXT,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "tenant_database_pkey" PRIMARY KEY ("instance_id")
);

-- CreateTable
CREATE TABLE "published_subdomain" (
    "host" TEXT NOT NULL,
    "instance_id" UUID NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "published_subdomain_pkey" PRIMARY KEY ("host")
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
CREATE INDEX "job_instance_id_idx" ON "job"("instance_id");

-- CreateIndex
CREATE INDEX "job_state_lease_until_idx" ON "job"("state", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "published_subdomain_instance_id_key" ON "published_subdomain"("instance_id");

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
ALTER TABLE "job_step" ADD CONSTRAINT "job_step_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "job"("operation_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sin enviar: lo que el repetidor busca cada vez; el índice entero crecería con los días que se guarda lo enviado.
CREATE INDEX "outbox_unsent" ON "outbox" ("id") WHERE "sent_at" IS NULL;
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_outcome" CHECK ("outcome" IN ('ACCEPTED', 'REFUSED'));

CREATE FUNCTION outbox_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_ring AFTER INSERT ON "outbox" FOR EACH STATEMENT EXECUTE FUNCTION outbox_ring();
