-- Lo que se va a hacer en la base de un inquilino, escrito antes de que allí se haga: con el número de la transacción
-- se le puede preguntar después a su servidor cómo acabó.
CREATE TABLE "tenant_write" (
    "id" UUID NOT NULL,
    "tenant_instance_id" UUID NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "correlation_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_write_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "tenant_write_tenant_instance_id_idx" ON "tenant_write"("tenant_instance_id");
CREATE INDEX "tenant_write_at_idx" ON "tenant_write"("at");

ALTER TABLE "tenant_write" ADD CONSTRAINT "tenant_write_tenant_instance_id_fkey"
  FOREIGN KEY ("tenant_instance_id") REFERENCES "tenant_instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
