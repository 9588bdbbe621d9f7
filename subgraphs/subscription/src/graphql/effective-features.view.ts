import { hasRole, staff, type Viewer } from '@farutech/kernel/viewer';
import { answerText, type Digest } from '../domain/answer-version.ts';
import { effectiveFeatures } from '../domain/effective-features.ts';
import { explain } from '../domain/explanation.ts';
import { answersFrom, nextChangeAt } from '../domain/next-change.ts';
import type { EntitlementAt } from '../persistence/queries/entitlements.ts';
import { answerCursor } from './answer-cursor.ts';
import type { EffectiveFeatures } from './effective-features.type.ts';

/** Lo caro (explicaciones, próximo cambio) se calcula solo si se pide: son propiedades que se leen al responder. */
export function toEffectiveFeatures(
  instanceId: string,
  { entitlement, at }: EntitlementAt,
  viewer: Viewer,
  digest: Digest,
): EffectiveFeatures {
  const answer = effectiveFeatures(entitlement, at);
  const forStaff = hasRole(viewer, staff);
  return {
    instanceId,
    instance: { id: instanceId },
    plan: answer.plan && { id: answer.plan.planId },
    enabled: answer.features.filter(({ enabled }) => enabled).map(({ code }) => code),
    features: answer.features.map((feature) => ({
      code: feature.code,
      enabled: feature.enabled,
      cause: feature.cause,
      causes: feature.causes,
      feature: { id: feature.featureId },
      get explanation() {
        return explain(feature, entitlement, at, forStaff);
      },
    })),
    maxUsers: answer.maxUsers,
    get version() {
      return digest(answerText(answer));
    },
    evaluatedAt: at,
    get nextChangeAt() {
      return nextChangeAt(entitlement, at);
    },
    get cursor() {
      return answerCursor(digest(answersFrom(entitlement, at)));
    },
  };
}
