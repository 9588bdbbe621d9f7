-- CreateTable
CREATE TABLE "answer_head" (
    "instance_id" UUID NOT NULL,
    "head" BIGINT NOT NULL,

    CONSTRAINT "answer_head_pkey" PRIMARY KEY ("instance_id")
);

-- CreateTable
CREATE TABLE "product_answer_head" (
    "product_id" UUID NOT NULL,
    "head" BIGINT NOT NULL,

    CONSTRAINT "product_answer_head_pkey" PRIMARY KEY ("product_id")
);

-- Desde aquí, lo que Prisma no sabe decir.

-- Lo que decide la respuesta de una instancia son filas de cuatro tablas. Los disparadores, y no el código, dicen que
-- cambió: así no se le olvida a nadie, y el número y el aviso van en la transacción del cambio. Por sentencia y no por
-- fila: un traslado de plan cambia miles a la vez. Ordenadas, para que dos que tocan las mismas no se esperen en círculo.
CREATE FUNCTION answers_of_instances(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  INSERT INTO answer_head (instance_id, head)
    SELECT DISTINCT id, 1 FROM unnest(changed) AS id WHERE id IS NOT NULL ORDER BY id
    ON CONFLICT (instance_id) DO UPDATE SET head = answer_head.head + 1;
  FOR one IN SELECT DISTINCT id FROM unnest(changed) AS id WHERE id IS NOT NULL LOOP
    PERFORM pg_notify('answers', 'instance:' || one);
  END LOOP;
END $$;

CREATE FUNCTION answers_of_products(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  INSERT INTO product_answer_head (product_id, head)
    SELECT DISTINCT id, 1 FROM unnest(changed) AS id ORDER BY id
    ON CONFLICT (product_id) DO UPDATE SET head = product_answer_head.head + 1;
  FOR one IN SELECT DISTINCT id FROM unnest(changed) AS id LOOP
    PERFORM pg_notify('answers', 'product:' || one);
  END LOOP;
END $$;

CREATE FUNCTION subscription_answers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM answers_of_instances(ARRAY(
    SELECT tenant_instance_id FROM plan_subscription WHERE id IN (SELECT subscription_id FROM changed)));
  RETURN NULL;
END $$;

CREATE FUNCTION instance_answers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM answers_of_instances(ARRAY(SELECT instance_id FROM changed));
  RETURN NULL;
END $$;

CREATE FUNCTION product_answers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM answers_of_products(ARRAY(SELECT product_id FROM changed));
  RETURN NULL;
END $$;

-- Un disparador con tabla de transición es de una sola clase de sentencia.
CREATE TRIGGER answers_on_insert AFTER INSERT ON "subscription_state" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION subscription_answers_changed();
CREATE TRIGGER answers_on_update AFTER UPDATE ON "subscription_state" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION subscription_answers_changed();
CREATE TRIGGER answers_on_insert AFTER INSERT ON "feature_override" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION subscription_answers_changed();
CREATE TRIGGER answers_on_update AFTER UPDATE ON "feature_override" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION subscription_answers_changed();
CREATE TRIGGER answers_on_insert AFTER INSERT ON "instance_projection" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION instance_answers_changed();
CREATE TRIGGER answers_on_update AFTER UPDATE ON "instance_projection" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION instance_answers_changed();
CREATE TRIGGER answers_on_insert AFTER INSERT ON "feature_projection" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION product_answers_changed();
CREATE TRIGGER answers_on_update AFTER UPDATE ON "feature_projection" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION product_answers_changed();
-- Un plan que se conoce después que su suscripción: sin él sus tramos no se leen. Sus condiciones no cambian nunca.
CREATE TRIGGER answers_on_insert AFTER INSERT ON "plan_projection" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION product_answers_changed();
