import { describe, expect, it } from 'vitest';
import { type Noun, verb } from './command.ts';
import { Refusal } from './failure.ts';
import { openPlace } from './place.ts';
import { run } from './run.ts';

const ls = verb({
  name: 'ls',
  summary: 'lists boats',
  words: [],
  options: {
    size: { kind: 'text', value: 'size', help: 'of one size', oneOf: ['SMALL', 'LARGE'] },
    limit: { kind: 'count', value: 'n', help: 'how many' },
    wet: { kind: 'flag', help: 'only those on water' },
  },
  examples: [{ command: 'boats ls --size SMALL', means: 'the small ones' }],
  async run({ options: { size, limit, wet }, note }) {
    note('looking');
    return { text: `${size} ${limit} ${wet}`, data: { size, limit, wet } };
  },
});
const sink = verb({
  name: 'sink',
  summary: 'sinks one',
  words: ['boat'],
  options: {},
  examples: [{ command: 'boats sink titanic', means: 'down it goes' }],
  async run({ words: [boat] }) {
    if (boat === 'unsinkable') throw new Refusal('NOT_FOUND', 'There is no such boat.');
    if (boat === 'broken') throw new TypeError('una avería nuestra');
    return { text: `${boat} is down`, data: { boat } };
  },
});
const nouns: readonly Noun[] = [{ name: 'boats', summary: 'what floats', verbs: [ls, sink] }];

async function said(...args: string[]) {
  let out = '';
  let err = '';
  const code = await run(args, {
    nouns,
    place: openPlace({}),
    terminal: {
      write(text) {
        out += text;
      },
      writeError(text) {
        err += text;
      },
    },
  });
  return { code, out, err };
}

describe('lo que enseña', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])(
    '%j enseña los nombres y los códigos de salida',
    async (args) => {
      const { code, out } = await said(...args);

      expect(code).toBe(0);
      expect(out).toContain('boats');
      expect(out).toContain('./farutech boats ls --size SMALL');
      expect(out).toContain('0 done, 1 refused or failed, 2 not understood');
    },
  );

  it.each([[['boats']], [['help', 'boats']], [['boats', '--help']]])(
    '%j enseña sus verbos con ejemplos',
    async (args) => {
      const { code, out } = await said(...args);

      expect(code).toBe(0);
      expect(out).toContain('./farutech boats sink <boat>');
      expect(out).toContain('# down it goes');
    },
  );

  it.each([[['boats', 'ls', '--help']], [['help', 'boats', 'ls']]])(
    '%j enseña sus opciones',
    async (args) => {
      const { code, out } = await said(...args);

      expect(code).toBe(0);
      expect(out).toContain('of one size: SMALL, LARGE');
      expect(out).toContain('--json');
    },
  );
});

describe('lo que hace', () => {
  it('da a cada opción su tipo y escribe para personas', async () => {
    expect(await said('boats', 'ls', '--size', 'small', '--limit=3', '--wet')).toEqual({
      code: 0,
      out: 'SMALL 3 true\n',
      err: 'looking\n',
    });
  });

  it('con --json la salida es JSON y nada más', async () => {
    const { out } = await said('boats', 'ls', '--limit', '3', '--json');

    expect(JSON.parse(out)).toEqual({ limit: 3, wet: false });
  });

  it('lo rechazado sale con 1, en una línea, y la salida queda vacía', async () => {
    expect(await said('boats', 'sink', 'unsinkable')).toEqual({
      code: 1,
      out: '',
      err: 'There is no such boat.\n',
    });
  });

  it('con --json el rechazo también es JSON, con su código', async () => {
    const { code, err } = await said('boats', 'sink', 'unsinkable', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(err)).toEqual({ error: { code: 'NOT_FOUND', message: 'There is no such boat.' } });
  });

  it('de una avería nuestra dice dónde ocurrió', async () => {
    const { code, err } = await said('boats', 'sink', 'broken');

    expect(code).toBe(1);
    expect(err).toMatch(/TypeError: una avería nuestra\n\s+at /);
  });
});

describe('lo que no se entiende sale con 2 y dice qué sería', () => {
  it.each([
    [['botas'], 'There is no noun botas; did you mean boats?'],
    [['help', 'boast'], 'There is no noun boast; did you mean boats?'],
    [['trains'], 'There is no noun trains; there are boats'],
    [['boats', 'snik', 'a'], 'boats has no verb snik; did you mean sink?'],
    [['boats', 'burn'], 'boats has no verb burn; there are ls, sink'],
    [['boats', 'ls', '--siez', 'SMALL'], 'There is no option --siez; did you mean size?'],
    [['boats', 'ls', '--size'], '--size needs its <size>'],
    [['boats', 'ls', '--size', 'lrage'], '--size is one of SMALL, LARGE; did you mean LARGE?'],
    [['boats', 'ls', '--limit', '0'], '--limit is a whole number from 1, not 0'],
    [['boats', 'ls', '--limit', '3.5'], '--limit is a whole number from 1, not 3.5'],
    [['boats', 'ls', '--wet=no'], '--wet stands alone: it takes no value'],
    [['boats', 'ls', 'extra'], 'It takes no words; there is extra too'],
    [['boats', 'sink'], 'It needs <boat>'],
    [['boats', 'sink', 'a', 'b'], 'It takes <boat>; there is b too'],
  ])('%j', async (args, reason) => {
    const { code, out, err } = await said(...args);

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')[0]).toBe(reason);
  });
});
