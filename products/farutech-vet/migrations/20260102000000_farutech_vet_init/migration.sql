-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "patient" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "species" TEXT NOT NULL,
    "breed" TEXT,
    "born_on" DATE,
    "keeper_name" TEXT NOT NULL,
    "keeper_phone" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "patient_pkey" PRIMARY KEY ("tenant_id", "id")
);
SELECT protect_tenant_table('patient');

CREATE TABLE "appointment" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "patient_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'BOOKED',

    CONSTRAINT "appointment_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "appointment_state" CHECK ("state" IN ('BOOKED', 'ATTENDED', 'CANCELLED')),
    CONSTRAINT "appointment_patient_fkey" FOREIGN KEY ("tenant_id", "patient_id") REFERENCES "patient" ("tenant_id", "id")
);
CREATE INDEX "appointment_patient_id_idx" ON "appointment" ("tenant_id", "patient_id");
CREATE INDEX "appointment_starts_at_idx" ON "appointment" ("tenant_id", "starts_at");
SELECT protect_tenant_table('appointment');

-- Lo que se vende como BATCH_CONTROL: lotes de medicamento y su caducidad.
CREATE TABLE "medicine_batch" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "medicine" TEXT NOT NULL,
    "batch_no" TEXT NOT NULL,
    "expires_on" DATE NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "medicine_batch_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "medicine_batch_quantity" CHECK ("quantity" >= 0)
);
CREATE UNIQUE INDEX "medicine_batch_no_key" ON "medicine_batch" ("tenant_id", "medicine", "batch_no");
SELECT protect_tenant_table('medicine_batch');
