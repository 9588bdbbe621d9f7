import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, portIsFree } from './free-port.ts';

it('da puertos en los que se puede escuchar, y que ninguna conexión que sale puede llevarse', async () => {
  for (let time = 0; time < 20; time += 1) {
    const port = await freePort();
    expect(port).toBeLessThan(32_768);

    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    expect(await portIsFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await portIsFree(port)).toBe(true);
  }
});
