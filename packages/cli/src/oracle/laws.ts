import { activationsBroken, unaudited } from './history.ts';
import { homesBroken } from './homes.ts';
import { orphans } from './orphans.ts';
import type { Sighting } from './sighting.ts';

export interface LawOptions {
  // Lo que puede callar una operación sin acabar antes de darla por perdida.
  readonly quietForMs: number;
  // Una carta muerta abierta también es una falta.
  readonly strict: boolean;
}

export interface Verdict {
  readonly law: string;
  // Una frase por falta.
  readonly found: readonly string[];
  // Se cuenta, y no es una falta.
  readonly toldOnly: boolean;
}

function unended({ now, operations, jobs }: Sighting, quietForMs: number): readonly string[] {
  const quiet = (since: Date): boolean => now.getTime() - since.getTime() >= quietForMs;
  const unfinished = operations.filter(({ state }) =>
    ['SCHEDULED', 'RUNNING', 'COMPENSATING'].includes(state),
  );
  const alive = new Set(unfinished.map(({ id }) => id));
  return [
    ...unfinished
      .filter(({ movedAt }) => quiet(movedAt))
      .map(({ id, kind, state, movedAt }) => `${kind} ${id} is ${state} since ${movedAt.toISOString()}`),
    // Nadie espera ya que acabe, y aún hay quien la podría tomar.
    ...jobs
      .filter(({ operationId, leaseUntil }) => !alive.has(operationId) && quiet(leaseUntil ?? new Date(0)))
      .map(({ operationId, state }) => `the journal has ${operationId} ${state}, and the operation is over`),
  ];
}

// Lo que tiene que ser cero cuando todo ha acabado, en el orden en que se enseña.
export function judge(seen: Sighting, { quietForMs, strict }: LawOptions): readonly Verdict[] {
  const law = (name: string, found: readonly string[], toldOnly = false): Verdict => ({
    law: name,
    found,
    toldOnly,
  });
  return [
    law('accepted operations without an end', unended(seen, quietForMs)),
    law('instances without exactly one home', homesBroken(seen)),
    law('orphans', orphans(seen)),
    law('activations other than one', activationsBroken(seen)),
    law(
      'unsent outbox rows',
      seen.unsent.flatMap(({ database, rows }) => (rows === 0 ? [] : [`${database} has ${rows}`])),
    ),
    law('status transitions without an audit row', unaudited(seen)),
    law(
      'consumers with something pending',
      seen.consumers
        .filter(({ waiting, atWork }) => waiting + atWork > 0)
        .map(({ durable, waiting, atWork }) => `${durable} has ${waiting} waiting and ${atWork} at work`),
    ),
    law(
      'open dead letters',
      seen.deadLetters.map(({ id, worker, code }) => `${id} of ${worker}: ${code}`),
      !strict,
    ),
  ];
}
