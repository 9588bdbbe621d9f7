import { DomainError } from '@farutech/kernel/errors';
import { describe, expect, it } from 'vitest';
import { vet, vetProfessional } from '../testing/builders.ts';
import { memoryCatalog } from '../testing/memory-catalog.ts';
import { emptyTables } from '../testing/memory-stores.ts';
import { askCatalog } from './ask-catalog.ts';
import { type CatalogAnswer, learnOffer } from './learn-offer.ts';

function world(answer: () => Promise<CatalogAnswer>) {
  const tables = emptyTables();
  const asked: string[] = [];
  const parts = {
    catalog: memoryCatalog(() => tables),
    ask: (planCode: string) => {
      asked.push(planCode);
      return answer();
    },
  };
  return { tables, asked, learn: (product: string, plan: string) => learnOffer(parts, product, plan) };
}

const known = async (): Promise<CatalogAnswer> => ({ plan: vetProfessional, productCodes: ['FARUTECH_VET'] });

describe('saber qué se vende', () => {
  it('lo conocido no se pregunta a nadie', async () => {
    const { tables, asked, learn } = world(known);
    tables.products.push(vet);
    tables.plans.push(vetProfessional);

    expect(await learn('FARUTECH_VET', 'VET_PROFESSIONAL')).toEqual({
      productExists: true,
      plan: vetProfessional,
    });
    expect(asked).toEqual([]);
  });

  it('lo desconocido se pregunta una vez y se guarda', async () => {
    const { tables, asked, learn } = world(known);

    await learn('FARUTECH_VET', 'VET_PROFESSIONAL');
    const second = await learn('FARUTECH_VET', 'VET_PROFESSIONAL');

    expect(second.plan).toEqual(vetProfessional);
    expect(asked).toEqual(['VET_PROFESSIONAL']);
    expect(tables.products).toMatchObject([{ code: 'FARUTECH_VET', revision: 0 }]);
  });

  it('si catalog calla es UNAVAILABLE y nada se guarda', async () => {
    const { tables, learn } = world(async () => {
      throw new DomainError('UNAVAILABLE', 'nobody answers');
    });

    await expect(learn('FARUTECH_VET', 'VET_PROFESSIONAL')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(tables).toEqual(emptyTables());
  });

  it('un texto que no es un código no se pregunta', async () => {
    const { asked, learn } = world(known);

    expect(await learn('vet; drop table', 'VET_PROFESSIONAL')).toEqual({ productExists: false, plan: null });
    expect(await learn('FARUTECH_VET\0', 'VET_PROFESSIONAL')).toEqual({ productExists: false, plan: null });
    expect(asked).toEqual([]);
  });

  it('la pregunta tiene dos segundos, y una respuesta con otra forma no vale', async () => {
    const questions: unknown[] = [];
    const request = async (...question: unknown[]): Promise<unknown> => {
      questions.push(question);
      return { plan: { code: 'x' }, productCodes: [] };
    };

    await expect(askCatalog(request, 'VET_BASIC')).rejects.toThrow();
    expect(questions).toEqual([
      ['farutech.ask.catalog.plan', { planCode: 'VET_BASIC' }, { timeoutMs: 2_000 }],
    ]);
  });
});
