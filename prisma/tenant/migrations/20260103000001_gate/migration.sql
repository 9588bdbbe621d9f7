-- La puerta de un inquilino: si puede escribirse aquí. Los disparadores son permanentes y leen su fila: crearlos al
-- empezar un traslado bloquearía la tabla para todos los demás. Véase docs/decisions/0013.
-- Dos cerrojos consultivos por inquilino, los mismos números en todas partes: 42, el torno de quien escribe; 44, estar
-- dentro. Con el torno en exclusiva se cierra la puerta; con el otro se espera a que salga quien entró antes.

-- Deja pasar o rechaza a quien escribe de un inquilino. El estado se lee DESPUÉS de esperar el torno. Fuera de READ
-- COMMITTED la instantánea puede ser de antes del cierre, y FOR SHARE lo descubre con 40001: sin él, un escritor así
-- escribió en la casa vieja 20 veces de 20.
CREATE FUNCTION pass_tenant_gate(tenant uuid) RETURNS "gate_state" LANGUAGE plpgsql AS $$
DECLARE
  gate public.tenant_gate;
BEGIN
  -- Como condición se evalúa sin planificar nada; PERFORM costaba más que el propio cerrojo.
  IF pg_advisory_xact_lock_shared(42, hashtext(tenant::text)) IS NULL THEN
    RETURN NULL;
  END IF;
  IF current_setting('transaction_isolation') = 'read committed' THEN
    SELECT * INTO gate FROM public.tenant_gate WHERE tenant_id = tenant;
  ELSE
    SELECT * INTO gate FROM public.tenant_gate WHERE tenant_id = tenant FOR SHARE;
  END IF;
  IF gate.state IN ('OPEN', 'LOGGING') THEN
    RETURN gate.state;
  END IF;
  -- De otro que aquel de quien se habla: no es que se haya ido, es la pared la que no lo deja.
  IF tenant IS DISTINCT FROM NULLIF(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'row-level security: the row is not of the tenant in app.tenant_id' USING ERRCODE = '42501';
  END IF;
  RAISE EXCEPTION 'the tenant is not here' USING
    ERRCODE = 'FT001', DETAIL = coalesce(gate.moved_to, ''), HINT = coalesce(gate.home_epoch, 0)::text;
END $$;

-- Mientras se copia anota la clave de la fila, y la de antes si cambió: ni imágenes ni orden. Los argumentos son las
-- columnas de la clave primaria. Quien mueve inquilinos pasa sin ser visto; su marca sola no abre nada, pues la sesión
-- ha de ser del dueño de las tablas.
CREATE FUNCTION guard_tenant_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  state public.gate_state;
  new_key jsonb;
  old_key jsonb;
BEGIN
  IF current_setting('app.tenant_mover', true) = 'on' AND pg_has_role(session_user, current_user, 'MEMBER') THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    state := public.pass_tenant_gate(NEW.tenant_id);
    IF state = 'LOGGING' THEN
      SELECT jsonb_object_agg(name, to_jsonb(NEW) -> name) INTO new_key FROM unnest(TG_ARGV) AS name;
      INSERT INTO public.tenant_change (tenant_id, tbl, pk) VALUES (NEW.tenant_id, TG_TABLE_NAME, new_key);
    END IF;
    IF TG_OP = 'INSERT' THEN
      RETURN NEW;
    END IF;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.tenant_id <> NEW.tenant_id THEN
    state := public.pass_tenant_gate(OLD.tenant_id);
  END IF;
  IF state = 'LOGGING' THEN
    SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name) INTO old_key FROM unnest(TG_ARGV) AS name;
    IF old_key IS DISTINCT FROM new_key THEN
      INSERT INTO public.tenant_change (tenant_id, tbl, pk) VALUES (OLD.tenant_id, TG_TABLE_NAME, old_key);
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_tenant_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE would not be noticed by a move; use DELETE' USING ERRCODE = 'FT002';
END $$;

-- Sin clave no se puede anotar qué cambió. Las claves ajenas pasan a poder aplazarse, y siguen siendo inmediatas para
-- la aplicación: quien copia las comprueba al final. De quién es la base (tenant_owner) no se mueve: lo escribe quien
-- aprovisiona, en cada una. El nombre va al final del orden: otro disparador puede decidir la clave.
CREATE FUNCTION install_tenant_gate(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  key_columns text;
  foreign_key name;
BEGIN
  IF target = 'tenant_owner'::regclass THEN
    RETURN;
  END IF;
  SELECT string_agg(quote_literal(a.attname), ', ' ORDER BY k.ord) INTO key_columns
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (num, ord)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
    WHERE i.indrelid = target AND i.indisprimary AND k.ord <= i.indnkeyatts;
  IF key_columns IS NULL THEN
    RAISE EXCEPTION 'la tabla % no tiene clave primaria', target;
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER zz_tenant_gate BEFORE INSERT OR UPDATE OR DELETE ON %s
    FOR EACH ROW EXECUTE FUNCTION guard_tenant_row(%s)', target, key_columns);
  EXECUTE format('CREATE OR REPLACE TRIGGER zz_tenant_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_tenant_truncate()', target);
  FOR foreign_key IN SELECT conname FROM pg_constraint
    WHERE conrelid = target AND contype = 'f' AND NOT condeferrable LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', target, foreign_key);
  END LOOP;
END $$;

-- Dice de qué inquilino se habla y si está aquí, en una sentencia. Sin fila: no está.
CREATE FUNCTION tenant_enter(tenant uuid) RETURNS TABLE (state text, home_epoch integer, moved_to text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant_id', tenant::text, true);
  PERFORM pg_advisory_xact_lock_shared(44, hashtext(tenant::text));
  RETURN QUERY SELECT g.state::text, g.home_epoch, g.moved_to FROM public.tenant_gate g WHERE g.tenant_id = tenant;
END $$;

-- De varios a la vez, si están aquí; nadie queda dicho como inquilino. En orden, para no cruzarse con otro que espere.
CREATE FUNCTION tenants_here(tenants uuid[])
RETURNS TABLE (tenant_id uuid, state text, home_epoch integer, moved_to text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(44, number)
    FROM (SELECT DISTINCT hashtext(id::text) AS number FROM unnest(tenants) AS id ORDER BY 1) AS numbers;
  RETURN QUERY SELECT g.tenant_id, g.state::text, g.home_epoch, g.moved_to
    FROM public.tenant_gate g WHERE g.tenant_id = ANY (tenants);
END $$;

CREATE OR REPLACE FUNCTION protect_tenant_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  admitted text;
  is_own CONSTANT text := $own$tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid$own$;
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_attribute
    WHERE attrelid = target AND attname = 'tenant_id' AND atttypid = 'uuid'::regtype AND attnotnull
  ) THEN
    RAISE EXCEPTION 'la tabla % no tiene una columna tenant_id uuid NOT NULL', target;
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS tenant_isolation ON %s', target);
  EXECUTE format('CREATE POLICY tenant_isolation ON %s USING (%s) WITH CHECK (%s)', target, is_own, is_own);
  PERFORM install_tenant_gate(target);
  FOR admitted IN SELECT name FROM application_role LOOP
    PERFORM grant_tenant_table(target, admitted);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION admit_application_role(role_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  target regclass;
BEGIN
  INSERT INTO application_role (name) VALUES (role_name) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
  EXECUTE format('GRANT EXECUTE ON FUNCTION tenant_enter(uuid), tenants_here(uuid[]) TO %I', role_name);
  FOR target IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'tenant_isolation' LOOP
    PERFORM grant_tenant_table(target, role_name);
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION
  pass_tenant_gate(uuid),
  guard_tenant_row(),
  refuse_tenant_truncate(),
  install_tenant_gate(regclass),
  tenant_enter(uuid),
  tenants_here(uuid[])
FROM PUBLIC;

-- Lo que ya estaba cuando llegó la puerta.
DO $$
DECLARE
  target regclass;
  admitted text;
BEGIN
  FOR target IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'tenant_isolation' LOOP
    PERFORM install_tenant_gate(target);
  END LOOP;
  FOR admitted IN SELECT name FROM application_role LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION tenant_enter(uuid), tenants_here(uuid[]) TO %I', admitted);
  END LOOP;
END $$;
