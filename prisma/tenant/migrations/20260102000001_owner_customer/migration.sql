-- En la compartida están los de todos los clientes: las instancias de uno se buscan por él.
CREATE INDEX "tenant_owner_customer_id_idx" ON "tenant_owner"("customer_id");
