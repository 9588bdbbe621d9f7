import type { Viewer } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import { norte } from './facts.ts';
import { type Answer, type AskSubscription, staffWith } from './subscription-client.ts';

const features = `query ($instanceId: ID!) { effectiveFeatures(instanceId: $instanceId) {
  enabled version maxUsers plan { id } features { code enabled cause causes explanation } } }`;

const setDocument = `mutation ($input: SetFeatureOverrideInput!) { setFeatureOverride(input: $input) {
  id featureOverrides { featureCode overrideType reason createdBy expiresAt } instance { effectiveFeatures { enabled } } } }`;

const clearDocument = `mutation ($id: ID!) { clearFeatureOverride(subscriptionId: $id, featureCode: "BATCH_CONTROL") {
  featureOverrides { featureCode } } }`;

const subscription = `id status statusReason scheduledChanges { id kind effectiveAt requestedBy reason plan { id } }`;
const suspendDocument = `mutation ($id: ID!, $reason: String!) { suspendSubscription(id: $id, reason: $reason) { ${subscription} } }`;
const resumeDocument = `mutation ($id: ID!) { resumeSubscription(id: $id) { ${subscription} } }`;
const cancelDocument = `mutation ($id: ID!, $reason: String!, $effectiveAt: DateTime) {
  cancelSubscription(id: $id, reason: $reason, effectiveAt: $effectiveAt) { ${subscription} } }`;
const withdrawDocument = `mutation ($id: ID!) { cancelScheduledChange(id: $id) { ${subscription} } }`;

const changePlanDocument = `mutation ($id: ID!, $planCode: String!, $effectiveAt: DateTime, $key: ID) {
  changePlan(subscriptionId: $id, planCode: $planCode, effectiveAt: $effectiveAt, idempotencyKey: $key) { plan { id } ${subscription} } }`;

const subscriptionDocument = `query ($id: ID!) { planSubscription(id: $id) {
  id status statusReason scheduledChanges { id kind effectiveAt requestedBy reason } startsAt expiresAt createdAt customer { id } instance { id } plan { id }
  featureOverrides { featureCode reason createdBy } } }`;

export const admin = staffWith('PLATFORM_ADMIN');

/** Lo que se pide de norte; por omisión, un administrador de la plataforma. */
export function requestsAboutNorte(ask: AskSubscription, url: () => string, prisma: () => PrismaClient) {
  const subscriptionId = async (): Promise<string> =>
    (await prisma().planSubscription.findUniqueOrThrow({ where: { tenantInstanceId: norte } })).id;
  return {
    subscriptionId,
    askFeatures: (viewer: Viewer = admin, instanceId = norte): Promise<Answer> =>
      ask(url(), viewer, features, { instanceId }),
    askSubscription: async (viewer: Viewer): Promise<Answer> =>
      ask(url(), viewer, subscriptionDocument, { id: await subscriptionId() }),
    set: async (viewer: Viewer = admin, changes: object = {}): Promise<Answer> =>
      ask(url(), viewer, setDocument, {
        input: {
          subscriptionId: await subscriptionId(),
          featureCode: 'BATCH_CONTROL',
          overrideType: 'DISABLE',
          reason: 'Mora de 60 días',
          ...changes,
        },
      }),
    suspend: async (viewer: Viewer = admin, changes: object = {}): Promise<Answer> =>
      ask(url(), viewer, suspendDocument, {
        id: await subscriptionId(),
        reason: 'Mora de 60 días',
        ...changes,
      }),
    resume: async (viewer: Viewer = admin, changes: object = {}): Promise<Answer> =>
      ask(url(), viewer, resumeDocument, { id: await subscriptionId(), ...changes }),
    cancel: async (viewer: Viewer = admin, changes: object = {}): Promise<Answer> =>
      ask(url(), viewer, cancelDocument, {
        id: await subscriptionId(),
        reason: 'Mora de 60 días',
        ...changes,
      }),
    changePlan: async (viewer: Viewer = admin, changes: object = {}): Promise<Answer> =>
      ask(url(), viewer, changePlanDocument, {
        id: await subscriptionId(),
        planCode: 'VET_ENTERPRISE',
        ...changes,
      }),
    withdraw: (viewer: Viewer, changeId: string): Promise<Answer> =>
      ask(url(), viewer, withdrawDocument, { id: changeId }),
    clear: async (viewer: Viewer = admin): Promise<Answer> =>
      ask(url(), viewer, clearDocument, { id: await subscriptionId() }),
  };
}

export const batchControl = ({ data }: Answer) =>
  data.effectiveFeatures.features.find(({ code }: { code: string }) => code === 'BATCH_CONTROL');
