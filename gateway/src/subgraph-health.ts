import type { SubgraphUrls } from './config.ts';

const answerMs = 800;

const isAlive = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(answerMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Que una réplica no conteste es la respuesta que se buscaba.
    return false;
  }
};

/**
 * Con un subgrafo caído el gateway sirve todo lo demás, así que eso no lo retira; con todos caídos, sí. Un
 * gateway que Kubernetes retira por culpa de otro convierte una avería parcial en una total.
 */
export const someSubgraphAnswers = (subgraphs: SubgraphUrls) => async (): Promise<void> => {
  const alive = await Promise.all(Object.values(subgraphs).flat().map(isAlive));
  if (!alive.some(Boolean)) throw new TypeError('no subgraph answers');
};
