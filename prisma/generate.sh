#!/usr/bin/env bash
# Genera los clientes de Prisma de las bases que se nombran. La CLI quiere descargar un motor que no usa: se le
# da un fichero cualquiera. Todas a la vez, que casi todo el tiempo es cargar la CLI; lo que dice solo se
# enseña si falla.
set -euo pipefail
cd "$(dirname "$0")/.."
export PRISMA_SCHEMA_ENGINE_BINARY=prisma/no-engine.txt PRISMA_HIDE_UPDATE_MESSAGE=1

generate() {
  local said
  said=$(node_modules/.bin/prisma generate --config "prisma/$1/prisma.config.ts" 2>&1) || {
    printf '%s\n' "$said" >&2
    return 1
  }
}

pids=()
for name in "$@"; do
  generate "$name" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
