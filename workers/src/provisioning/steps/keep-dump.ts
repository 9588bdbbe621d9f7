import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dumpTenant } from '../dump-tenant.ts';
import type { OperationRun, Step } from '../step.ts';
import { databaseExists } from '../tenant-database.ts';
import { isRegistered } from '../tenant-owner.ts';

const folderOf = (run: OperationRun, dumpDir: string): string =>
  join(dumpDir, `${run.input.globalInstanceId}-${run.input.instanceId}`);

const nothingToKeep = async (run: OperationRun): Promise<boolean> =>
  !(await databaseExists(run)) || !(await isRegistered(await run.home(), run.input.instanceId));

/** Lo último antes de borrar. El manifiesto llega al final: quien lo ve, ve un volcado entero. */
export const keepDump: Step = {
  name: 'keep-dump',
  async observe(run) {
    const { dumpDir } = run.leaving;
    if (dumpDir === undefined) return { skip: 'No final dump is configured: DUMP_DIR is not set.' };
    if (existsSync(join(folderOf(run, dumpDir), 'manifest.json'))) return 'done';
    return (await nothingToKeep(run)) ? { skip: 'The tenant has no data.' } : 'missing';
  },
  async act(run) {
    const { dumpDir } = run.leaving;
    if (dumpDir === undefined) throw new TypeError('un volcado sin carpeta');
    const { rows, tables } = await dumpTenant(run, folderOf(run, dumpDir));
    run.note(`Kept ${rows} rows of ${tables} tables.`);
  },
  async undo() {
    // Un volcado de más no estorba: el siguiente lo sustituye.
  },
};
