-- CreateEnum
CREATE TYPE "gate_state" AS ENUM ('OPEN', 'LOGGING', 'INCOMING', 'MOVED');

-- CreateTable
CREATE TABLE "tenant_owner" (
    "tenant_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "product_code" TEXT NOT NULL,
    "global_instance_id" TEXT NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_owner_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "tenant_gate" (
    "tenant_id" UUID NOT NULL,
    "state" "gate_state" NOT NULL DEFAULT 'OPEN',
    "home_epoch" INTEGER NOT NULL DEFAULT 1,
    "mover_epoch" INTEGER NOT NULL DEFAULT 0,
    "moved_to" TEXT,

    CONSTRAINT "tenant_gate_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "tenant_change" (
    "id" BIGSERIAL NOT NULL,
    "tenant_id" UUID NOT NULL,
    "tbl" TEXT NOT NULL,
    "pk" JSONB NOT NULL,

    CONSTRAINT "tenant_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_setting" (
    "tenant_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_setting_pkey" PRIMARY KEY ("tenant_id","key")
);

-- CreateTable
CREATE TABLE "tenant_user" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_user_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "application_role" (
    "name" TEXT NOT NULL,

    CONSTRAINT "application_role_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "tenant_change_tenant_id_idx" ON "tenant_change"("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_user_tenant_id_email_key" ON "tenant_user"("tenant_id", "email");

-- Desde aquí, lo que Prisma no sabe decir.

-- En public no crea nada quien no sea el dueño; USAGE se da a cada rol al admitirlo.
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- De quién es la base solo se lee: quien pudiera escribirlo podría hacerse pasar por otro.
-- Al cierre (tenant_gate) y al registro de claves (tenant_change) la aplicación no llega.
CREATE FUNCTION grant_tenant_table(target regclass, role_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'GRANT %s ON %s TO %I',
    CASE WHEN target = 'tenant_owner'::regclass THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
    target,
    role_name
  );
END $$;

-- La pared entre inquilinos. Toda migración de producto la llama con cada tabla que crea. FORCE alcanza también
-- al dueño; sin app.tenant_id la comparación es NULL y no se ve ni se escribe nada.
CREATE FUNCTION protect_tenant_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
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
  FOR admitted IN SELECT name FROM application_role LOOP
    PERFORM grant_tenant_table(target, admitted);
  END LOOP;
END $$;

-- El rol de la aplicación de esta base: farutech_app en la compartida, el del inquilino en la suya. Recibe las
-- tablas que ya hay; las que vengan las recibe de protect_tenant_table. Repetirlo no cambia nada.
CREATE FUNCTION admit_application_role(role_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  target regclass;
BEGIN
  INSERT INTO application_role (name) VALUES (role_name) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
  FOR target IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'tenant_isolation' LOOP
    PERFORM grant_tenant_table(target, role_name);
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION
  grant_tenant_table(regclass, text),
  protect_tenant_table(regclass),
  admit_application_role(text)
FROM PUBLIC;

SELECT protect_tenant_table('tenant_owner');
SELECT protect_tenant_table('tenant_setting');
SELECT protect_tenant_table('tenant_user');
