import type { ProductManifest } from '../domain/product-manifest.ts';
import { parseManifest } from '../graphql/parse-manifest.ts';

interface RawFeature {
  code: string;
  name: string;
  description?: string;
  isPremium?: boolean;
}

interface RawPlan {
  code: string;
  name: string;
  type: string;
  price: string;
  currency?: string;
  interval?: string;
  includedFeatures: string[];
  maxUsers: number;
}

export interface RawManifest {
  code: string;
  name: string;
  description?: string;
  version?: string;
  modules: { code: string; name: string; features: RawFeature[] }[];
  plans: RawPlan[];
}

/** Un producto veterinario pequeño, tal como se escribe en un fichero. */
export const smallVet = (): RawManifest => ({
  code: 'FARUTECH_VET',
  name: 'Farutech Vet',
  description: 'Clínicas veterinarias',
  modules: [
    {
      code: 'CLINICAL',
      name: 'Historia clínica',
      features: [
        { code: 'DIGITAL_RECORDS', name: 'Historia clínica digital' },
        { code: 'LAB_RESULTS', name: 'Resultados de laboratorio', isPremium: true },
      ],
    },
    {
      code: 'INVENTORY',
      name: 'Inventario',
      features: [{ code: 'BATCH_CONTROL', name: 'Control de lotes', isPremium: true }],
    },
  ],
  plans: [
    {
      code: 'VET_BASIC',
      name: 'Vet Básico',
      type: 'STANDARD',
      price: '19.90',
      includedFeatures: ['DIGITAL_RECORDS'],
      maxUsers: 5,
    },
    {
      code: 'VET_PROFESSIONAL',
      name: 'Vet Profesional',
      type: 'PROFESSIONAL',
      price: '49.90',
      includedFeatures: ['DIGITAL_RECORDS', 'BATCH_CONTROL'],
      maxUsers: 20,
    },
  ],
});

/** El mismo documento con un cambio. */
export function changed(change: (manifest: RawManifest) => void): ProductManifest {
  const manifest = smallVet();
  change(manifest);
  return parseManifest(manifest);
}

export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no hay elemento ${index}`);
  return found;
}
