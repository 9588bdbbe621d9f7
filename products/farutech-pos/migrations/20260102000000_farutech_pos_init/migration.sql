-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "till" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "store_name" TEXT NOT NULL,

    CONSTRAINT "till_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "till_code_key" ON "till" ("tenant_id", "code");
SELECT protect_tenant_table('till');

-- Lo que se vende como TILL_SESSIONS: un turno, de la base con que abre a lo que se contó al cerrar.
CREATE TABLE "till_session" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "till_id" UUID NOT NULL,
    "cashier_name" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "opening_amount" DECIMAL(18, 2) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "counted_amount" DECIMAL(18, 2),

    CONSTRAINT "till_session_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "till_session_closing" CHECK (("closed_at" IS NULL) = ("counted_amount" IS NULL)),
    CONSTRAINT "till_session_till_fkey" FOREIGN KEY ("tenant_id", "till_id") REFERENCES "till" ("tenant_id", "id")
);
-- Una caja no tiene dos turnos abiertos: el arqueo de uno contaría el dinero del otro.
CREATE UNIQUE INDEX "till_session_open_key" ON "till_session" ("tenant_id", "till_id") WHERE "closed_at" IS NULL;
CREATE INDEX "till_session_till_id_idx" ON "till_session" ("tenant_id", "till_id", "opened_at");
SELECT protect_tenant_table('till_session');

CREATE TABLE "sale" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "till_session_id" UUID NOT NULL,
    "receipt_no" TEXT NOT NULL,
    "sold_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'PAID',
    "currency" CHAR(3) NOT NULL,

    CONSTRAINT "sale_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "sale_state" CHECK ("state" IN ('PAID', 'RETURNED')),
    CONSTRAINT "sale_till_session_fkey" FOREIGN KEY ("tenant_id", "till_session_id") REFERENCES "till_session" ("tenant_id", "id")
);
CREATE UNIQUE INDEX "sale_receipt_no_key" ON "sale" ("tenant_id", "receipt_no");
CREATE INDEX "sale_till_session_id_idx" ON "sale" ("tenant_id", "till_session_id");
SELECT protect_tenant_table('sale');

-- El precio se copia: lo que se vendió no cambia cuando cambia la lista de precios.
CREATE TABLE "sale_line" (
    "tenant_id" UUID NOT NULL,
    "sale_id" UUID NOT NULL,
    "line_no" INTEGER NOT NULL,
    "article" TEXT NOT NULL,
    "quantity" DECIMAL(18, 4) NOT NULL,
    "unit_price" DECIMAL(18, 2) NOT NULL,

    CONSTRAINT "sale_line_pkey" PRIMARY KEY ("tenant_id", "sale_id", "line_no"),
    CONSTRAINT "sale_line_quantity" CHECK ("quantity" > 0),
    CONSTRAINT "sale_line_unit_price" CHECK ("unit_price" >= 0),
    CONSTRAINT "sale_line_sale_fkey" FOREIGN KEY ("tenant_id", "sale_id") REFERENCES "sale" ("tenant_id", "id")
);
SELECT protect_tenant_table('sale_line');
