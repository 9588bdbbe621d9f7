-- El plan y las plazas que se guardan los dijo un hecho: uno con una revisión menor ya no los cambia.
ALTER TABLE "tenant_instance" ADD COLUMN "subscription_revision" INTEGER NOT NULL DEFAULT 0;
