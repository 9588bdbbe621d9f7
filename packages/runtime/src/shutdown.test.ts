import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Un proceso de verdad: la señal, el orden y el código de salida no se pueden ver desde dentro. */
async function run(body: string): Promise<{ code: number | null; output: string }> {
  const script = `
    import { onShutdown } from '${file('./shutdown.ts')}';
    import { createLogger } from '${file('./logger.ts')}';
    const log = createLogger('hijo');
    const say = (text) => process.stdout.write(text + '\\n');
    setInterval(() => {}, 1000);
    ${body}
    say('listo');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: file('../../..'),
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    const before = output;
    output += String(chunk);
    if (!before.includes('listo') && output.includes('listo')) {
      child.kill('SIGTERM');
      child.kill('SIGINT');
    }
  });
  const [code] = await once(child, 'exit');
  return { code, output };
}

describe('onShutdown', () => {
  it('cierra una sola vez, lo último primero, y sale con 0 aunque lleguen dos señales', async () => {
    const { code, output } = await run(`
      onShutdown(async () => say('cierra base'), log);
      onShutdown(async () => { await new Promise((r) => setTimeout(r, 50)); say('cierra servidor'); }, log);`);

    expect(code).toBe(0);
    expect(output.match(/cierra \w+/g)).toEqual(['cierra servidor', 'cierra base']);
  });

  it('si un cierre falla, cierra el resto y sale con 1', async () => {
    const { code, output } = await run(`
      onShutdown(async () => say('cierra base'), log);
      onShutdown(async () => { throw new Error('no cierra'); }, log);`);

    expect(code).toBe(1);
    expect(output).toContain('no cierra');
    expect(output).toContain('cierra base');
  });
}, 30_000);
