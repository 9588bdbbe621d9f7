import { afterAll, beforeAll, describe } from 'vitest';
import { closeSharedStack, openSharedStack } from '../support/shared-stack.ts';

/**
 * Las historias de una misma pila, una tras otra: alguna cuenta las sentencias de su servidor, o para a un trabajador,
 * y otra a la vez las suyas le entraría en la cuenta. En un solo fichero la tanda las corre al lado de todo lo demás.
 */
beforeAll(openSharedStack, 180_000);
afterAll(closeSharedStack, 60_000);

function story(name: string, load: () => Promise<unknown>): void {
  describe(name, async () => {
    await load();
  });
}

story('el oráculo', () => import('./on-one-stack/the-oracle-sees.ts'));
story('la línea de órdenes', () => import('./on-one-stack/the-command-line.ts'));
story('el Playground', () => import('./on-one-stack/playground.ts'));
story('la vida de una instancia', () => import('./on-one-stack/the-whole-life-of-an-instance.ts'));
story('el reloj y las cartas muertas', () => import('./on-one-stack/the-clock-and-the-dead-letters.ts'));
story('lo que se pide mal', () => import('./on-one-stack/wrong-inputs.ts'));
story('ninguna consulta crece con sus filas', () => import('./on-one-stack/no-n-plus-one.ts'));
story('ver nacer una instancia', () => import('./on-one-stack/watch-an-instance-come-alive.ts'));
story('una aplicación hija', () => import('./on-one-stack/a-child-app-reads-only-its-own.ts'));
story('los ajustes y la gente', () => import('./on-one-stack/settings-and-users.ts'));
story('las excepciones', () => import('./on-one-stack/override-a-feature.ts'));
story('un clic, una vez', () => import('./on-one-stack/one-click-once.ts'));
