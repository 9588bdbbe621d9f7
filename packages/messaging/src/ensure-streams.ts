import { duplicateWindowMs, streams } from '@farutech/contracts/streams';
import { TransientError } from '@farutech/kernel/errors';
import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from 'nats';
import { begunStream } from './begun-stream.ts';

/** «stream name already in use with a different configuration» */
const nameInUse = 10_058;
const dayMs = 86_400_000;
const apiTimeoutMs = 5_000;

export async function openManager(connection: NatsConnection): Promise<JetStreamManager> {
  // El paquete de Debian arranca nats-server sin JetStream: mejor decirlo que esperar respuestas que no llegan.
  if (connection.info?.jetstream !== true) {
    throw new TransientError('JETSTREAM_DISABLED', 'The NATS server runs without JetStream.');
  }
  return await jetstreamManager(connection, { timeout: apiTimeoutMs, checkAPI: false });
}

/** Makes the streams that are missing. One that stands keeps its replicas and placement: those are the operator's. */
export async function ensureStreams(connection: NatsConnection): Promise<void> {
  const manager = await openManager(connection);
  for (const { name, retention, subjects, maxAgeDays } of Object.values(streams)) {
    await ensure(manager, {
      name,
      retention: retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
      subjects: [...subjects],
      max_age: nanos(maxAgeDays * dayMs),
      duplicate_window: nanos(duplicateWindowMs),
    });
  }
  const { name, subjects, maxAgeDays } = begunStream;
  await ensure(manager, {
    name,
    retention: RetentionPolicy.Limits,
    subjects: [...subjects],
    max_age: nanos(maxAgeDays * dayMs),
    max_msgs_per_subject: 1,
  });
}

async function ensure(
  manager: JetStreamManager,
  {
    name,
    retention,
    ...wanted
  }: Pick<StreamConfig, 'name' | 'retention' | 'subjects' | 'max_age'> & Partial<StreamConfig>,
): Promise<void> {
  try {
    await manager.streams.add({ name, retention, storage: StorageType.File, ...wanted });
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === nameInUse)) throw error;
    await manager.streams.update(name, wanted);
  }
}
