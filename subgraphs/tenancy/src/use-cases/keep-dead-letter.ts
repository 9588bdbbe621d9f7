import { type DataOf, envelope } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { OutOfOrderError } from '@farutech/kernel/errors';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Effects, Stores, UnitOfWork } from '../domain/ports.ts';
import { feedEvents } from './tell-status.ts';

export interface KeepDeadLetterParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}

/**
 * El trabajador dice cómo acabó su operación por otro stream, y puede llegar después que su carta: se le
 * espera. Si murió antes de decirlo, la carta decide.
 */
const waitForTheWorkerMs = 10_000;

type ProvisionCommand = DataOf<typeof provisionTenantInstance>;

function provisionIn(letter: MessageDeadLettered): ProvisionCommand | null {
  if (letter.stream !== 'CMD') return null;
  const wrapped = envelope.safeParse(letter.payload);
  if (!wrapped.success || wrapped.data.name !== provisionTenantInstance.name) return null;
  const command = provisionTenantInstance.schema.safeParse(wrapped.data.data);
  return command.success ? command.data : null;
}

async function failOperation(
  stores: Stores,
  { instanceId, operationId }: ProvisionCommand,
  letter: MessageDeadLettered,
  at: Date,
): Promise<Effects> {
  const instance = await stores.instances.lock(instanceId);
  const operation = await stores.operations.get(operationId);
  // Si el trabajador ya dijo cómo acabó, esa es la verdad.
  if (instance === null || operation === null || operation.isOver) return { events: [], audit: null };
  if (at.getTime() - Date.parse(letter.deadLetteredAt) < waitForTheWorkerMs) {
    throw new OutOfOrderError('the worker may still say how the operation ended');
  }
  const { steps } = operation.data();
  const step = steps.find(({ state }) => state !== 'DONE' && state !== 'SKIPPED') ?? steps.at(-1);
  const times = letter.attempts === 1 ? 'once' : `${letter.attempts} times`;
  const message = `The order was tried ${times} and given up: ${letter.reason}`;
  operation.fail({ step: step?.name ?? operation.kind.toLowerCase(), code: letter.code, message }, at);
  instance.operationFailed(operation, at);
  await stores.operations.save(operation);
  await stores.instances.save(instance);
  for (const entry of instance.entries) await stores.feed.append(entry);
  return {
    events: feedEvents(instance),
    audit: {
      action: 'MessageDeadLettered',
      entityType: 'TenantInstance',
      entityId: instanceId,
      outcome: 'ACCEPTED',
      detail: { status: instance.status, operationId, code: letter.code, messageId: letter.messageId },
    },
  };
}

/**
 * Guarda un mensaje que un consumidor dio por perdido. Sin su orden, una operación se quedaría quieta para
 * siempre: fracasa.
 */
export async function keepDeadLetter(
  { unitOfWork, newId, clock }: KeepDeadLetterParts,
  cause: Cause & { readonly messageId: string },
  letter: MessageDeadLettered,
): Promise<void> {
  await unitOfWork.react(cause, async (stores) => {
    await stores.deadLetters.add(newId(), letter);
    const command = provisionIn(letter);
    return command === null
      ? { events: [], audit: null }
      : await failOperation(stores, command, letter, clock());
  });
}
