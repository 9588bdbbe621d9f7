import { describe, expect, it } from 'vitest';
import { childTraceparent, newTraceparent, parseTraceparent } from './correlation.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

describe('traceparent', () => {
  it('un tramo hijo conserva la traza y la decisión de muestreo, con identificador propio', () => {
    const child = parseTraceparent(childTraceparent(parent));

    expect(child).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', sampled: false });
    expect(child?.spanId).not.toBe('b7ad6b7169203331');
  });

  it('sin padre utilizable empieza una traza', () => {
    expect(parseTraceparent(childTraceparent(undefined))).toMatchObject({ sampled: true });
    expect(newTraceparent()).not.toBe(newTraceparent());
  });

  it.each([
    ['la versión prohibida', `ff${parent.slice(2)}`],
    ['un campo de más en la versión 00', `${parent}-00`],
    ['una traza de ceros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['un tramo de ceros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['mayúsculas', parent.toUpperCase()],
    ['vacío', ''],
  ])('no acepta %s', (_what, raw) => {
    expect(parseTraceparent(raw)).toBeNull();
  });
});
