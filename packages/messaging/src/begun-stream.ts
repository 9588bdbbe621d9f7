/** What is at work and may have killed a process before: one note a message, gone when the message ends. */
export const begunStream = { name: 'BEGUN', subjects: ['farutech.begun.>'], maxAgeDays: 1 } as const;

export const begunSubject = (durable: string, stream: string, sequence: number): string =>
  `farutech.begun.${durable}.${stream}.${sequence}`;
