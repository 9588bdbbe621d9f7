/** The present instant. Domain and use cases receive it; nothing inside them reads the machine's clock. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
