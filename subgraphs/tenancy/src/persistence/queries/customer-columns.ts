/** Names under which the blind indexes of customers are derived. Changing one makes its index useless. */
export const customerColumns = { taxId: 'customer.taxId', billingEmail: 'customer.billingEmail' } as const;

/** What a ciphertext is bound to, so that it does not open in another row or column. */
export const ownerOf = (customerId: string, field: 'taxId' | 'billingEmail'): string =>
  `Customer:${customerId}:${field}`;
