import { demoAccounts, demoPassword } from './demo/accounts.ts';
import { say, table } from './screen.ts';
import type { StackFile } from './stack-file.ts';

/** La única tabla: direcciones y con quién entrar. */
export function showStack(stack: StackFile, demo: boolean): void {
  const origin = new URL(stack.gatewayUrl).origin;
  say('');
  table([
    ['GraphQL', stack.gatewayUrl],
    ['live', stack.subscriptionUrl],
    ['Playground', `${origin}/playground`],
    ['identity', `${stack.identityUrl}/.well-known/openid-configuration`],
    ['health', `${origin}/health/ready`],
  ]);
  if (demo) {
    say('');
    table(demoAccounts.map(({ email, role }) => [email, role]));
    say(`  password of every demo login: ${demoPassword}`);
    say('  a token to paste:             make token AS=operator@farutech.test');
  }
  say('');
}
