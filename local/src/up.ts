import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// La pila corre en un grupo de procesos aparte: Ctrl-C llega solo aquí, y se pide el cierre en orden. Si este
// proceso muere sin avisar, la pila lo nota porque se corta el canal que los une.
const stack = spawn(
  process.execPath,
  ['--enable-source-maps', fileURLToPath(new URL('./run-stack.js', import.meta.url))],
  {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  },
);
const stop = (): void => {
  stack.kill('SIGTERM');
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);
stack.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' ? 0 : 1)));
