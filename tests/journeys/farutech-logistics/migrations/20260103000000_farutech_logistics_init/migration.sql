-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "vehicle" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "plate" TEXT NOT NULL,

    CONSTRAINT "vehicle_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "vehicle_plate_key" ON "vehicle" ("tenant_id", "plate");
SELECT protect_tenant_table('vehicle');

CREATE TABLE "waybill" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "vehicle_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "waybill_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "waybill_vehicle_fkey" FOREIGN KEY ("tenant_id", "vehicle_id") REFERENCES "vehicle" ("tenant_id", "id")
);
CREATE INDEX "waybill_vehicle_id_idx" ON "waybill" ("tenant_id", "vehicle_id");
SELECT protect_tenant_table('waybill');
