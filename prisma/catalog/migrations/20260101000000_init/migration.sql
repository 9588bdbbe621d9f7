-- CreateEnum
CREATE TYPE "plan_type" AS ENUM ('STANDARD', 'PROFESSIONAL', 'ENTERPRISE');

-- CreateEnum
CREATE TYPE "billing_interval" AS ENUM ('MONTH', 'YEAR');

-- CreateTable
CREATE TABLE "product" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "module" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "module_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feature" (
    "id" UUID NOT NULL,
    "module_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "is_premium" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "feature_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" "plan_type" NOT NULL,
    "price" DECIMAL(19,4) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "interval" "billing_interval" NOT NULL,
    "max_users" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_feature" (
    "plan_id" UUID NOT NULL,
    "feature_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,

    CONSTRAINT "plan_feature_pkey" PRIMARY KEY ("plan_id","feature_id")
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
CREATE UNIQUE INDEX "product_code_key" ON "product"("code");

-- CreateIndex
CREATE INDEX "product_created_at_id_idx" ON "product"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "module_product_id_code_key" ON "module"("product_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "module_id_product_id_key" ON "module"("id", "product_id");

-- CreateIndex
CREATE INDEX "feature_module_id_idx" ON "feature"("module_id");

-- CreateIndex
CREATE UNIQUE INDEX "feature_product_id_code_key" ON "feature"("product_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "feature_id_product_id_key" ON "feature"("id", "product_id");

-- CreateIndex
CREATE INDEX "plan_product_id_idx" ON "plan"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_code_version_key" ON "plan"("code", "version");

-- CreateIndex
CREATE UNIQUE INDEX "plan_id_product_id_key" ON "plan"("id", "product_id");

-- CreateIndex
CREATE INDEX "plan_feature_feature_id_idx" ON "plan_feature"("feature_id");

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
ALTER TABLE "module" ADD CONSTRAINT "module_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature" ADD CONSTRAINT "feature_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature" ADD CONSTRAINT "feature_module_id_product_id_fkey" FOREIGN KEY ("module_id", "product_id") REFERENCES "module"("id", "product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_feature" ADD CONSTRAINT "plan_feature_plan_id_product_id_fkey" FOREIGN KEY ("plan_id", "product_id") REFERENCES "plan"("id", "product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_feature" ADD CONSTRAINT "plan_feature_feature_id_product_id_fkey" FOREIGN KEY ("feature_id", "product_id") REFERENCES "feature"("id", "product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sin enviar: lo que el repetidor busca cada vez; el índice entero crecería con los días que se guarda lo enviado.
CREATE INDEX "outbox_unsent" ON "outbox" ("id") WHERE "sent_at" IS NULL;
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_outcome" CHECK ("outcome" IN ('ACCEPTED', 'REFUSED'));

CREATE FUNCTION outbox_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_ring AFTER INSERT ON "outbox" FOR EACH STATEMENT EXECUTE FUNCTION outbox_ring();

ALTER TABLE "plan" ADD CONSTRAINT "plan_price_not_negative" CHECK ("price" >= 0);
ALTER TABLE "plan" ADD CONSTRAINT "plan_max_users_positive" CHECK ("max_users" > 0);

-- Una versión publicada es lo que alguien compró: solo se puede retirar, y una sola vez.
CREATE FUNCTION plan_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD."retired_at" IS NOT NULL
     OR to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at' THEN
    RAISE EXCEPTION 'a published plan version never changes' USING ERRCODE = 'FT002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_is_immutable BEFORE UPDATE OR DELETE ON "plan" FOR EACH ROW EXECUTE FUNCTION plan_is_immutable();

CREATE FUNCTION plan_feature_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published plan version never changes' USING ERRCODE = 'FT002';
END $$;
CREATE TRIGGER plan_feature_is_immutable BEFORE UPDATE OR DELETE ON "plan_feature"
  FOR EACH ROW EXECUTE FUNCTION plan_feature_is_immutable();
