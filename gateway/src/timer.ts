/** setTimeout con más de 2^31−1 ms dispara al instante: los plazos largos se encadenan. */
const longestMs = 2_147_483_647;

/** Llama una vez cuando llega ese instante. Devuelve cómo desistir. */
export function afterInstant(instant: Date, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = instant.getTime() - Date.now();
    timer = leftMs > longestMs ? setTimeout(arm, longestMs) : setTimeout(call, Math.max(0, leftMs));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
