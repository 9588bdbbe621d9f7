import { controlPlaneNames, migrateControlPlane, urlFromEnvironment } from './control-plane.ts';

// Migra las bases del plano de control que el entorno nombra: lo que corre antes de una versión nueva, también
// desde una imagen, donde no hay más que esto. `node prisma/dist/migrate-db.js`
const named = controlPlaneNames.flatMap((name) => {
  const url = urlFromEnvironment(name);
  return url === undefined ? [] : [{ name, url }];
});
if (named.length === 0) {
  process.stderr.write(
    'The configuration is not valid:\n  DATABASE_URL: is missing (or DATABASE_URL_CATALOG, …)\n',
  );
  process.exit(1);
}
for (const { name, url } of named) {
  const applied = await migrateControlPlane(name, url);
  process.stdout.write(`${name}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}\n`);
}
// El motor deja armado el reloj de 10 s con que espera su cerrojo; nadie lo va a usar ya.
process.exit();
