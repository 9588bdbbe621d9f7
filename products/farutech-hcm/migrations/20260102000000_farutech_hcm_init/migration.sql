-- La clave lleva al inquilino y las referencias también: una clave ajena no pasa por RLS, y sin él podría
-- apuntar a la fila de otro.
CREATE TABLE "employee" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "document_no" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "email" TEXT,
    "hired_on" DATE NOT NULL,
    "left_on" DATE,

    CONSTRAINT "employee_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "employee_period" CHECK ("left_on" IS NULL OR "left_on" >= "hired_on")
);
CREATE UNIQUE INDEX "employee_document_no_key" ON "employee" ("tenant_id", "document_no");
CREATE INDEX "employee_full_name_idx" ON "employee" ("tenant_id", "full_name");
SELECT protect_tenant_table('employee');

CREATE TABLE "employment_contract" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "employee_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "position" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE,
    "monthly_salary" DECIMAL(18, 2) NOT NULL,
    "currency" CHAR(3) NOT NULL,

    CONSTRAINT "employment_contract_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "employment_contract_kind" CHECK ("kind" IN ('INDEFINITE', 'FIXED_TERM', 'TASK', 'APPRENTICESHIP')),
    CONSTRAINT "employment_contract_period" CHECK ("ends_on" IS NULL OR "ends_on" >= "starts_on"),
    -- Un contrato a término fijo sin fecha de terminación es, ante la ley, uno indefinido.
    CONSTRAINT "employment_contract_fixed_term" CHECK ("kind" <> 'FIXED_TERM' OR "ends_on" IS NOT NULL),
    CONSTRAINT "employment_contract_salary" CHECK ("monthly_salary" > 0),
    CONSTRAINT "employment_contract_employee_fkey" FOREIGN KEY ("tenant_id", "employee_id") REFERENCES "employee" ("tenant_id", "id")
);
CREATE INDEX "employment_contract_employee_id_idx" ON "employment_contract" ("tenant_id", "employee_id", "starts_on");
SELECT protect_tenant_table('employment_contract');

CREATE TABLE "leave_request" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "employee_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'REQUESTED',

    CONSTRAINT "leave_request_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "leave_request_kind" CHECK ("kind" IN ('VACATION', 'PERMISSION', 'SICK_LEAVE')),
    CONSTRAINT "leave_request_state" CHECK ("state" IN ('REQUESTED', 'APPROVED', 'REJECTED')),
    CONSTRAINT "leave_request_period" CHECK ("ends_on" >= "starts_on"),
    CONSTRAINT "leave_request_employee_fkey" FOREIGN KEY ("tenant_id", "employee_id") REFERENCES "employee" ("tenant_id", "id")
);
CREATE INDEX "leave_request_employee_id_idx" ON "leave_request" ("tenant_id", "employee_id");
CREATE INDEX "leave_request_starts_on_idx" ON "leave_request" ("tenant_id", "starts_on");
SELECT protect_tenant_table('leave_request');

-- Un concepto por periodo y empleado; lo liquidado no se corrige, se ajusta en otro periodo.
CREATE TABLE "payroll_entry" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "employee_id" UUID NOT NULL,
    "period" CHAR(7) NOT NULL,
    "concept" TEXT NOT NULL,
    "amount" DECIMAL(18, 2) NOT NULL,

    CONSTRAINT "payroll_entry_pkey" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "payroll_entry_period" CHECK ("period" ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT "payroll_entry_employee_fkey" FOREIGN KEY ("tenant_id", "employee_id") REFERENCES "employee" ("tenant_id", "id")
);
CREATE UNIQUE INDEX "payroll_entry_concept_key" ON "payroll_entry" ("tenant_id", "employee_id", "period", "concept");
SELECT protect_tenant_table('payroll_entry');
