-- Una versión publicada queda sellada al acabar la transacción que la publica: ni otra puede añadirle
-- características, ni un UPDATE que no cambia nada puede hacerla pasar por recién escrita.
CREATE OR REPLACE FUNCTION plan_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD."retired_at" IS NOT NULL OR NEW."retired_at" IS NULL
     OR to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at' THEN
    RAISE EXCEPTION 'a published plan version never changes' USING ERRCODE = 'FT002';
  END IF;
  RETURN NEW;
END $$;

-- xmin es la transacción que escribió la fila, y retirarla es lo único que la reescribe. Un plan que no existe se
-- deja pasar: lo rechaza la clave ajena, con su nombre.
CREATE FUNCTION plan_feature_is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM "plan" WHERE "id" = NEW."plan_id"
      AND ("retired_at" IS NOT NULL OR xmin <> pg_current_xact_id()::xid)
  ) THEN
    RAISE EXCEPTION 'a published plan version never changes' USING ERRCODE = 'FT002';
  END IF;
  IF EXISTS (SELECT 1 FROM "feature" WHERE "id" = NEW."feature_id" AND "retired_at" IS NOT NULL) THEN
    RAISE EXCEPTION 'a new plan version holds no retired feature' USING ERRCODE = 'FT003';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_feature_is_sealed BEFORE INSERT ON "plan_feature"
  FOR EACH ROW EXECUTE FUNCTION plan_feature_is_sealed();
