-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "contact" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "full_name" TEXT NOT NULL,
    "company" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "contact_full_name_idx" ON "contact" ("tenant_id", "full_name");
SELECT protect_tenant_table('contact');

CREATE TABLE "opportunity" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "stage" TEXT NOT NULL DEFAULT 'OPEN',
    "amount" DECIMAL(18, 2),
    "currency" CHAR(3),
    "closes_on" DATE,

    CONSTRAINT "opportunity_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "opportunity_stage" CHECK ("stage" IN ('OPEN', 'QUALIFIED', 'WON', 'LOST')),
    CONSTRAINT "opportunity_contact_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contact" ("tenant_id", "id")
);
CREATE INDEX "opportunity_contact_id_idx" ON "opportunity" ("tenant_id", "contact_id");
SELECT protect_tenant_table('opportunity');
