import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { IdempotencyClaim } from '@farutech/kernel/request';
import type { FeatureOverride } from '../domain/feature-override.ts';
import type {
  AuditNote,
  CustomerRecord,
  FeatureRecord,
  InstanceRecord,
  InstanceStatusRecord,
  PlanRecord,
  ProductRecord,
} from '../domain/ports.ts';
import type { EndedChange, ScheduledChange } from '../domain/scheduled-change.ts';
import type { SubscriptionIdentity, SubscriptionState } from '../domain/stored-subscription.ts';
import type { Period } from '../domain/timeline.ts';

export interface HistoryRow<T> extends Period {
  readonly rowId: bigint;
  readonly subscriptionId: string;
  readonly value: T;
  readonly knownFrom: Date;
  readonly knownTo: Date | null;
}

interface SubscriptionRow {
  readonly identity: SubscriptionIdentity;
  readonly present: SubscriptionState;
  readonly revision: number;
}

export interface ScheduledChangeRow extends ScheduledChange {
  readonly subscriptionId: string;
  readonly ended: EndedChange['ended'] | null;
}

/** Las tablas de este subgrafo en memoria. Los registros se sustituyen, nunca se tocan por dentro. */
export class MemoryTables {
  subscriptions = new Map<string, SubscriptionRow>();
  states: HistoryRow<SubscriptionState>[] = [];
  overrides: HistoryRow<FeatureOverride>[] = [];
  scheduled: ScheduledChangeRow[] = [];
  products = new Map<string, ProductRecord>();
  features = new Map<string, FeatureRecord>();
  plans = new Map<string, PlanRecord>();
  planRetirements: { readonly code: string; readonly retiredAt: Date }[] = [];
  customers = new Map<string, CustomerRecord>();
  instances = new Map<string, InstanceRecord>();
  statusFacts = new Map<string, InstanceStatusRecord>();
  outbox: OutgoingEvent[] = [];
  audit: AuditNote[] = [];
  processed = new Set<string>();
  claims: { readonly claim: IdempotencyClaim; readonly at: Date; readonly resultId: string | null }[] = [];

  copy(): MemoryTables {
    const copied = new MemoryTables();
    copied.restore(this);
    return copied;
  }

  restore(from: MemoryTables): void {
    this.subscriptions = new Map(from.subscriptions);
    this.states = [...from.states];
    this.overrides = [...from.overrides];
    this.scheduled = [...from.scheduled];
    this.products = new Map(from.products);
    this.features = new Map(from.features);
    this.plans = new Map(from.plans);
    this.planRetirements = [...from.planRetirements];
    this.customers = new Map(from.customers);
    this.instances = new Map(from.instances);
    this.statusFacts = new Map(from.statusFacts);
    this.outbox = [...from.outbox];
    this.audit = [...from.audit];
    this.processed = new Set(from.processed);
    this.claims = [...from.claims];
  }
}
