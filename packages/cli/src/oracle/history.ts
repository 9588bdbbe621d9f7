import { groupBy } from './group-by.ts';
import type { SeenAudit, SeenInstance, SeenTransition, Sighting } from './sighting.ts';

// Entre la entrada y su línea de auditoría, en una misma transacción, cabe lo que dura la transacción.
const apartMs = 20_000;

const byVersion = (a: SeenTransition, b: SeenTransition): number => a.version - b.version;

function transitionsOf(
  transitions: readonly SeenTransition[],
): ReadonlyMap<string, readonly SeenTransition[]> {
  const found = groupBy(transitions, ({ instanceId }) => instanceId);
  return new Map([...found].map(([id, theirs]) => [id, theirs.toSorted(byVersion)]));
}

// Cuántas veces debió nacer una instancia, vista como está ahora.
const expected: Readonly<Record<SeenInstance['status'], readonly number[]>> = {
  PROVISIONING: [0],
  FAILED: [0],
  ACTIVE: [1],
  SUSPENDED: [1],
  // Se puede dar de baja lo que nunca llegó a estar en pie.
  DECOMMISSIONED: [0, 1],
};

// De PROVISIONING a ACTIVE se pasa una vez, y el trabajador dice una vez que está en pie.
export function activationsBroken({ instances, transitions, provisioned }: Sighting): readonly string[] {
  const history = transitionsOf(transitions);
  const wrong = instances.flatMap(({ id, status }) => {
    const theirs = history.get(id) ?? [];
    const times = theirs.filter(
      (one, index) => one.status === 'ACTIVE' && theirs[index - 1]?.status === 'PROVISIONING',
    ).length;
    // De una historia podada por delante solo se sabe lo que sobra.
    const pruned = theirs[0]?.version !== 1;
    const right = expected[status].includes(times) || (pruned && times === 0);
    return right ? [] : [`${id} is ${status} and became ACTIVE ${times} times`];
  });
  const repeated = provisioned
    .filter(({ times }) => times > 1)
    .map(({ operationId, times }) => `operation ${operationId} told ${times} times that it provisioned`);
  return [...wrong, ...repeated];
}

const says = ({ status, action }: SeenAudit): string | null =>
  status ?? (action === 'provisionTenantInstance' ? 'PROVISIONING' : null);

// Cada cambio de estado tiene una línea de auditoría propia que dice ese estado.
export function unaudited({ transitions, audits }: Sighting): readonly string[] {
  const left = [...groupBy(audits, ({ instanceId }) => instanceId)];
  const linesOf = new Map(left.map(([id, lines]) => [id, [...lines]]));
  return [...transitionsOf(transitions).values()].flat().flatMap((one) => {
    const lines = linesOf.get(one.instanceId) ?? [];
    const index = lines.findIndex(
      (line) => says(line) === one.status && Math.abs(line.at.getTime() - one.at.getTime()) <= apartMs,
    );
    // Una línea vale por un cambio.
    if (index >= 0) lines.splice(index, 1);
    return index >= 0
      ? []
      : [`${one.instanceId} became ${one.status} (version ${one.version}) and no line says so`];
  });
}
