-- La otra casa de un inquilino que se traslada: a dónde lleva el traslado y, tras el cambio, de dónde viene. Quien su
-- puerta manda allí conoce así el camino.
ALTER TABLE "tenant_home" ADD COLUMN "other_database_id" TEXT;
ALTER TABLE "tenant_home" ADD COLUMN "other_database_tier" "database_tier";
ALTER TABLE "tenant_home" ADD COLUMN "other_connection_cipher" TEXT;
ALTER TABLE "tenant_home" ADD CONSTRAINT "tenant_home_other_whole"
  CHECK (("other_database_id" IS NULL) = ("other_database_tier" IS NULL)
         AND ("other_connection_cipher" IS NULL OR "other_database_id" IS NOT NULL));

-- La orden que se dio: un reintento y el barrendero la dan otra vez, aunque JetStream haya perdido la primera.
ALTER TABLE "operation" ADD COLUMN "order" JSONB;
ALTER TABLE "operation" ADD COLUMN "rung" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "operation" ADD COLUMN "rung_at" TIMESTAMPTZ(3);
ALTER TABLE "operation" ADD COLUMN "confirm_by" TIMESTAMPTZ(3);

-- El buzón guarda días: la de una operación más vieja se queda en NULL, y se hace otra vez de lo que dice su instancia.
UPDATE "operation" AS o
SET "order" = jsonb_build_object('name', told."name", 'version', told."version", 'data', told."data")
FROM (
  SELECT DISTINCT ON ("data" ->> 'operationId') "data" ->> 'operationId' AS "operation_id", "name", "version", "data"
  FROM "outbox" WHERE "name" = 'ProvisionTenantInstance'
  ORDER BY "data" ->> 'operationId', "id" DESC
) AS told
WHERE told."operation_id" = o."id"::text;

-- Una operación a la vez sigue siendo la regla, pero la impone quien pide, con el cerrojo de la instancia: un traslado
-- que espera deja apagar y encender. Y un hecho tardío puede reabrir lo que una carta muerta dio por fracasado cuando ya
-- hay otra en cola detrás; contra un índice único chocaría en cada entrega y acabaría él en carta muerta.
DROP INDEX "operation_one_alive";
CREATE INDEX "operation_alive" ON "operation" ("tenant_instance_id")
  WHERE "state" IN ('SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING');

-- Un número de transacción solo significa algo en el servidor que lo dio, y un inquilino ya puede tener dos bases. Hasta
-- hoy ninguno se había movido: lo anunciado está en su casa.
ALTER TABLE "tenant_write" ADD COLUMN "database_id" TEXT;
UPDATE "tenant_write" AS w SET "database_id" = h."database_id" FROM "tenant_home" AS h
WHERE h."tenant_id" = w."tenant_instance_id";
UPDATE "tenant_write" SET "database_id" = 'shared' WHERE "database_id" IS NULL;
ALTER TABLE "tenant_write" ALTER COLUMN "database_id" SET NOT NULL;
