import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Country } from '../domain/country.ts';
import { Customer } from '../domain/customer.ts';
import type { EmailAddress } from '../domain/email-address.ts';
import type { LegalName } from '../domain/legal-name.ts';
import type { CustomerStore } from '../domain/ports.ts';
import { compactTaxId, type TaxId, taxIdTaken } from '../domain/tax-id.ts';
import type { Transaction } from './open-prisma.ts';
import { customerColumns, ownerOf } from './queries/customer-columns.ts';

type CustomerRow = Awaited<ReturnType<Transaction['customer']['findUniqueOrThrow']>>;

/** Lo que está en la base pasó por su parser al entrar. */
function toCustomer(row: CustomerRow, cipher: FieldCipher): Customer {
  const { id, taxIdCipher, billingEmailCipher, isActive, revision, createdAt } = row;
  return Customer.restore({
    id,
    legalName: row.legalName as LegalName,
    country: row.country as Country,
    taxId: cipher.decrypt(taxIdCipher, ownerOf(id, 'taxId')).reveal() as TaxId,
    billingEmail: cipher.decrypt(billingEmailCipher, ownerOf(id, 'billingEmail')).reveal() as EmailAddress,
    isActive,
    revision,
    createdAt,
  });
}

/** El número fiscal y el correo están cifrados; unos índices ciegos los hacen únicos y permiten buscarlos. */
export function customerStore(tx: Transaction, cipher: FieldCipher): CustomerStore {
  async function get(id: string): Promise<Customer | null> {
    const row = await tx.customer.findUnique({ where: { id } });
    return row === null ? null : toCustomer(row, cipher);
  }

  const emailColumns = (id: string, billingEmail: EmailAddress) => ({
    billingEmailCipher: cipher.encrypt(billingEmail, ownerOf(id, 'billingEmail')),
    billingEmailIndex: cipher.blindIndex(billingEmail, customerColumns.billingEmail),
  });

  return {
    get,
    async add(customer) {
      const { taxId, billingEmail, ...plain } = customer.snapshot();
      const { count } = await tx.customer.createMany({
        data: [
          {
            ...plain,
            taxIdCipher: cipher.encrypt(taxId, ownerOf(plain.id, 'taxId')),
            taxIdIndex: cipher.blindIndex(compactTaxId(taxId), customerColumns.taxId),
            ...emailColumns(plain.id, billingEmail),
          },
        ],
        // ON CONFLICT DO NOTHING espera al que se adelantó; el id es nuevo, solo puede chocar el NIT.
        skipDuplicates: true,
      });
      if (count === 0) throw taxIdTaken();
    },
    async hold(id) {
      await tx.$queryRaw`SELECT 1 FROM customer WHERE id = ${id}::uuid FOR SHARE`;
      return await get(id);
    },
    async lock(id) {
      // NO KEY: una venta que ya pasó por hold() inserta con KEY SHARE sobre esta fila, y no debe esperar.
      await tx.$queryRaw`SELECT 1 FROM customer WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
      return await get(id);
    },
    async save(customer) {
      const { id, legalName, billingEmail, isActive, revision } = customer.snapshot();
      await tx.customer.update({
        where: { id },
        data: { legalName, isActive, revision, ...emailColumns(id, billingEmail) },
        select: { id: true },
      });
    },
  };
}
