-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "item" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "unit" TEXT NOT NULL DEFAULT 'UNIT',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "item_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "item_sku_key" ON "item" ("tenant_id", "sku");
SELECT protect_tenant_table('item');

CREATE TABLE "warehouse" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "warehouse_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "warehouse_code_key" ON "warehouse" ("tenant_id", "code");
SELECT protect_tenant_table('warehouse');

-- Las existencias son la suma de sus movimientos; ninguno se corrige, se compensa con otro.
CREATE TABLE "stock_movement" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "warehouse_id" UUID NOT NULL,
    "quantity" DECIMAL(18, 4) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "stock_movement_quantity" CHECK ("quantity" <> 0),
    CONSTRAINT "stock_movement_item_fkey" FOREIGN KEY ("tenant_id", "item_id") REFERENCES "item" ("tenant_id", "id"),
    CONSTRAINT "stock_movement_warehouse_fkey" FOREIGN KEY ("tenant_id", "warehouse_id") REFERENCES "warehouse" ("tenant_id", "id")
);
CREATE INDEX "stock_movement_item_id_idx" ON "stock_movement" ("tenant_id", "item_id", "moved_at");
CREATE INDEX "stock_movement_warehouse_id_idx" ON "stock_movement" ("tenant_id", "warehouse_id");
SELECT protect_tenant_table('stock_movement');
