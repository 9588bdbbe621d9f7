-- El periodo que se pidió al vender la instancia. Hasta ahora solo iba en su hecho: sin él no se podría volver a
-- contar TenantInstanceRequested cuando hay que rehacer la proyección de subscription, que es quien manda en él.
ALTER TABLE "tenant_instance" ADD COLUMN "ordered_from" TIMESTAMPTZ(3);
ALTER TABLE "tenant_instance" ADD COLUMN "ordered_until" TIMESTAMPTZ(3);

UPDATE "tenant_instance" AS i
SET "ordered_from" = (o."data" ->> 'startsAt')::timestamptz, "ordered_until" = (o."data" ->> 'expiresAt')::timestamptz
FROM "outbox" AS o
WHERE o."name" = 'TenantInstanceRequested' AND o."aggregate_id" = i."id"::text;

-- El buzón guarda días: de una instancia más vieja queda cuándo se pidió, que es lo que vale si no se dijo otra cosa.
UPDATE "tenant_instance" SET "ordered_from" = "created_at" WHERE "ordered_from" IS NULL;
ALTER TABLE "tenant_instance" ALTER COLUMN "ordered_from" SET NOT NULL;
