/** Cómo se leen en el Playground los argumentos de cada lista. */
export const firstOptions = (defaultValue: number) => ({
  nullable: true,
  defaultValue,
  description: 'How many at most, from 1 to 100.',
});

export const afterOptions = { nullable: true, description: '`endCursor` of the page before.' } as const;
