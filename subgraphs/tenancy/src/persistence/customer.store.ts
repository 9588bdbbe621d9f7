import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Country } from '../domain/country.ts';
import { Customer } from '../domain/customer.ts';
import type { EmailAddress } from '../domain/email-address.ts';
import type { LegalName } from '../domain/legal-name.ts';
import type { CustomerStore } from '../domain/ports.ts';
import { compactTaxId, type TaxId, taxIdTaken } from '../domain/tax-id.ts';
import type { Transaction } from './open-prisma.ts';
import { customerColumns, ownerOf } from './queries/customer-columns.ts';

/** Tax id and e-mail stand encrypted; blind indexes make them unique and searchable. */
export const customerStore = (tx: Transaction, cipher: FieldCipher): CustomerStore => ({
  async add(customer) {
    const { taxId, billingEmail, ...plain } = customer.snapshot();
    const { count } = await tx.customer.createMany({
      data: [
        {
          ...plain,
          taxIdCipher: cipher.encrypt(taxId, ownerOf(plain.id, 'taxId')),
          taxIdIndex: cipher.blindIndex(compactTaxId(taxId), customerColumns.taxId),
          billingEmailCipher: cipher.encrypt(billingEmail, ownerOf(plain.id, 'billingEmail')),
          billingEmailIndex: cipher.blindIndex(billingEmail, customerColumns.billingEmail),
        },
      ],
      // ON CONFLICT DO NOTHING espera al que se adelantó; el id es nuevo, solo puede chocar el NIT.
      skipDuplicates: true,
    });
    if (count === 0) throw taxIdTaken();
  },

  async get(id) {
    const row = await tx.customer.findUnique({ where: { id } });
    if (row === null) return null;
    const { taxIdCipher, billingEmailCipher } = row;
    // Lo que está en la base pasó por su parser al entrar.
    return Customer.restore({
      id,
      legalName: row.legalName as LegalName,
      country: row.country as Country,
      taxId: cipher.decrypt(taxIdCipher, ownerOf(id, 'taxId')).reveal() as TaxId,
      billingEmail: cipher.decrypt(billingEmailCipher, ownerOf(id, 'billingEmail')).reveal() as EmailAddress,
      isActive: row.isActive,
      revision: row.revision,
      createdAt: row.createdAt,
    });
  },
});
