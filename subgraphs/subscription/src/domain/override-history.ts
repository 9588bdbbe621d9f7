import type { FeatureOverride } from './feature-override.ts';
import { type Believed, Timeline } from './timeline.ts';

/** Las excepciones de una suscripción: una línea de tiempo por función. */
export class OverrideHistory {
  readonly #timelines = new Map<string, Timeline<FeatureOverride>>();

  constructor(believed: readonly Believed<FeatureOverride>[]) {
    for (const code of new Set(believed.map(({ value }) => value.featureCode))) {
      const facts = believed.filter(({ value }) => value.featureCode === code);
      this.#timelines.set(code, new Timeline(facts));
    }
  }

  at(featureCode: string, at: Date): FeatureOverride | undefined {
    return this.#timelines.get(featureCode)?.holding(at)?.value;
  }

  of(featureCode: string): Timeline<FeatureOverride> {
    const known = this.#timelines.get(featureCode);
    if (known !== undefined) return known;
    const made = new Timeline<FeatureOverride>();
    this.#timelines.set(featureCode, made);
    return made;
  }

  get forgotten(): readonly bigint[] {
    return [...this.#timelines.values()].flatMap((timeline) => timeline.forgotten);
  }

  get unwritten(): readonly Believed<FeatureOverride>[] {
    return [...this.#timelines.values()].flatMap((timeline) => timeline.unwritten);
  }
}
