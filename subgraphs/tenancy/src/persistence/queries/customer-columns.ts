/** Los nombres con que se derivan los índices ciegos de clientes. Cambiar uno deja inútil su índice. */
export const customerColumns = { taxId: 'customer.taxId', billingEmail: 'customer.billingEmail' } as const;

/** A qué está atado un texto cifrado, para que no se abra en otra fila ni en otra columna. */
export const ownerOf = (customerId: string, field: 'taxId' | 'billingEmail'): string =>
  `Customer:${customerId}:${field}`;
