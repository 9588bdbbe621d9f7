-- Quien mira los cambios de un cliente no debe recorrer la historia de todos.
CREATE INDEX "feed_customer_id_idx" ON "feed"("customer_id");
