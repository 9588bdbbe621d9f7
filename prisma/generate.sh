#!/usr/bin/env bash
# Genera los clientes de Prisma de las bases que se nombran. La CLI quiere descargar un motor que no usa:
# se le da un fichero cualquiera. Todas a la vez: casi todo el tiempo es cargar la CLI.
set -euo pipefail
cd "$(dirname "$0")/.."
export PRISMA_SCHEMA_ENGINE_BINARY=prisma/no-engine.txt PRISMA_HIDE_UPDATE_MESSAGE=1
pids=()
for name in "$@"; do
  node_modules/.bin/prisma generate --config "prisma/$name/prisma.config.ts" >/dev/null &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
