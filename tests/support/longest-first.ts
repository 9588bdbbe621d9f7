import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Los que más tardan de su proyecto. Al final de la tanda alargarían un carril con el otro ya parado. */
const longest = ['faults/on-one-stack'];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return rank === -1 ? longest.length : rank;
};

/**
 * Los proyectos en el orden en que están escritos: los de un mismo proceso han de ir seguidos, o se carga otra vez.
 * De cada uno, primero los más largos; de los demás decide vitest, que solo sabe lo que tardó cada uno si ya corrió aquí.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { projects } = this.ctx;
    return (await super.sort(files)).toSorted(
      (a, b) => projects.indexOf(a.project) - projects.indexOf(b.project) || rankOf(a) - rankOf(b),
    );
  }
}
