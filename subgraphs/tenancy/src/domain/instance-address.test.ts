import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from './instance-address.ts';
import { parseInstanceCode } from './instance-code.ts';

const id = '01900000-0000-7000-8000-3f9a1c0be2d4';

describe('la dirección de una instancia', () => {
  it('sale de su producto, su código y su id', () => {
    expect(addressOf('FARUTECH_VET', parseInstanceCode('norte'), id, 'tenants.farutech.test')).toEqual({
      globalInstanceId: 'vet-norte-3f9a1c0be2d4',
      kubernetesNamespace: 'tenant-vet-norte-3f9a1c0be2d4',
      subdomainUrl: 'https://vet-norte-3f9a1c0be2d4.tenants.farutech.test',
    });
  });

  it('es siempre una etiqueta DNS, por largos que sean el producto y el código', () => {
    const codes = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,60}$/);
    const instances = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/);
    fc.assert(
      fc.property(codes, instances, (productCode, instanceCode) => {
        const { kubernetesNamespace, globalInstanceId } = addressOf(
          productCode,
          parseInstanceCode(instanceCode),
          id,
          't.test',
        );
        expect(kubernetesNamespace).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(globalInstanceId).toMatch(/^[a-z0-9].*-3f9a1c0be2d4$/);
      }),
    );
  });

  it.each(['Norte', 'norte_1', '-norte', 'norte-', '', 'a'.repeat(31), 'ñorte', 'norte.sur'])(
    '«%s» no es un código de instancia',
    (raw) => {
      expect(() => parseInstanceCode(raw)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'instanceCode' }),
      );
    },
  );
});
