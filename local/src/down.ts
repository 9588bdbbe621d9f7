import { end } from './own-process.ts';
import { say } from './screen.ts';
import { readSettings } from './settings.ts';
import { runningStack } from './stack-file.ts';

const stopLimitMs = 60_000;

const { dataDir } = readSettings();
const stack = runningStack(dataDir);
if (stack === undefined) {
  say('Nothing runs here.');
} else {
  await end(stack.pid, stopLimitMs);
  say('Stopped; the data stay for the next make up.');
}
