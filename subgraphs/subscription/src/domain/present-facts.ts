import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { SubscriptionState } from './stored-subscription.ts';
import { activated, cancelled, expired, planChanged, type Subject, suspended } from './subscription-facts.ts';
import { holdsAt, type Period } from './timeline.ts';

type StateRow = Pick<SubscriptionState, 'status' | 'planId'> &
  Period & { readonly knownFrom: Date; readonly knownTo: Date | null };

interface Remembered extends Subject {
  /** Todo lo que alguna vez se creyó. */
  readonly states: readonly StateRow[];
  /** Su vencimiento, si ya pasó y se atendió. */
  readonly expiredAt: Date | null;
}

/** Desde cuándo sigue en el estado que tiene, aunque entre medias cambiara otra cosa. */
function since(believed: readonly StateRow[], current: StateRow): Date {
  const before = believed.find(
    ({ status, validTo }) => status === current.status && +(validTo ?? 0) === +current.validFrom,
  );
  return before === undefined ? current.validFrom : since(believed, before);
}

/** Desde cuándo rige el plan que se cuenta; undefined si es el que se compró al principio. */
function changedAt(believed: readonly StateRow[], planId: string, now: Date): Date | undefined {
  const inOrder = believed.toSorted((a, b) => +a.validFrom - +b.validFrom);
  let first = inOrder.findLastIndex((state) => state.planId === planId && state.validFrom <= now);
  while (first > 0 && inOrder[first - 1]?.planId === planId) first -= 1;
  return first > 0 ? inOrder[first]?.validFrom : undefined;
}

type Told = readonly [at: Date, fact: (subject: Subject, at: Date) => OutgoingEvent];

function toldOf({ states, plan, expiredAt }: Remembered, now: Date): readonly Told[] {
  const believed = states.filter(({ knownTo }) => knownTo === null);
  const current = believed.find((state) => holdsAt(state, now));
  const told: Told[] = [];
  const active = states.filter(({ status }) => status === 'ACTIVE').map(({ knownFrom }) => +knownFrom);
  if (active.length > 0) told.push([new Date(Math.min(...active)), activated]);
  const changed = changedAt(believed, plan.planId, now);
  if (changed !== undefined) told.push([changed, planChanged]);
  if (current?.status === 'SUSPENDED') told.push([since(believed, current), suspended]);
  if (current?.status === 'CANCELLED') told.push([since(believed, current), cancelled]);
  const atExpiry = expiredAt && believed.find((state) => holdsAt(state, expiredAt));
  if (expiredAt && atExpiry?.status !== 'CANCELLED') told.push([expiredAt, expired]);
  return told.toSorted(([a], [b]) => +a - +b);
}

/**
 * Lo que habría que contar de una suscripción a quien no sabe nada de ella. Cada hecho lleva la revisión que
 * le toca contando hacia atrás desde la que tiene: quien ya supo de alguna posterior no hace caso.
 */
export function presentFacts(remembered: Remembered, now: Date): readonly OutgoingEvent[] {
  const told = toldOf(remembered, now);
  return told.map(([at, fact], index) => {
    const revision = remembered.revision - (told.length - 1 - index);
    return fact({ ...remembered, revision }, at);
  });
}
