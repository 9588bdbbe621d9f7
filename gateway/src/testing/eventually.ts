/** Espera a que se cumpla mirando a menudo; al vencer, falla con lo último que dijo la comprobación. */
export async function eventually(check: () => void | Promise<void>, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
