import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Reach } from '@farutech/kernel/viewer';
import { Prisma, type PrismaClient } from '@farutech/prisma/tenancy';
import { byKeyLoader } from './batches.ts';
import { all, behind, comparable, customersWithin, uuids } from './conditions.ts';
import { customerColumns, ownerOf } from './customer-columns.ts';
import type { CustomerView, PageRequest } from './views.ts';

export interface CustomerSearch {
  readonly text: string;
  /** El número fiscal entero, como se compara; `null` para quien no puede verlos. */
  readonly taxId: string | null;
  /** La dirección entera, en minúsculas; `null` para quien no puede verla. */
  readonly billingEmail: string | null;
}

interface CustomerRow extends Omit<CustomerView, 'taxId' | 'billingEmail'> {
  readonly taxIdCipher: string;
  readonly billingEmailCipher: string;
}

const columns = Prisma.sql`c.id, c.legal_name AS "legalName", c.country, c.is_active AS "isActive",
  c.erased_at AS "erasedAt", c.created_at AS "createdAt",
  c.tax_id_cipher AS "taxIdCipher", c.billing_email_cipher AS "billingEmailCipher"`;

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

export function customerQueries(db: PrismaClient, cipher: FieldCipher, reach: Reach) {
  const toView = ({ taxIdCipher, billingEmailCipher, ...row }: CustomerRow): CustomerView => ({
    ...row,
    get taxId() {
      return cipher.decrypt(taxIdCipher, ownerOf(row.id, 'taxId')).reveal();
    },
    get billingEmail() {
      return cipher.decrypt(billingEmailCipher, ownerOf(row.id, 'billingEmail')).reveal();
    },
  });

  function matching(search: CustomerSearch | null): Prisma.Sql {
    const within = customersWithin(reach);
    if (search === null) return within;
    const { text, taxId, billingEmail } = search;
    const ways = [Prisma.sql`lower(c.legal_name) LIKE lower(${`%${escapeLike(comparable(text))}%`})`];
    if (taxId !== null) {
      ways.push(Prisma.sql`c.tax_id_index = ${cipher.blindIndex(taxId, customerColumns.taxId)}`);
    }
    if (billingEmail !== null) {
      const index = cipher.blindIndex(billingEmail, customerColumns.billingEmail);
      ways.push(Prisma.sql`c.billing_email_index = ${index}`);
    }
    return Prisma.sql`${within} AND (${Prisma.join(ways, ' OR ')})`;
  }

  const byId = byKeyLoader(
    async (ids) => {
      const rows = await db.$queryRaw<CustomerRow[]>`
        SELECT ${columns} FROM customer c WHERE c.id = ANY(${uuids(ids)}) AND ${customersWithin(reach)}`;
      return rows.map(toView);
    },
    ({ id }) => id,
  );

  return {
    customer: (id: string): Promise<CustomerView | null> => byId.load(id.toLowerCase()),

    async customers(page: PageRequest, search: CustomerSearch | null): Promise<readonly CustomerView[]> {
      const where = all([matching(search), behind(Prisma.sql`c.created_at`, Prisma.sql`c.id`, page)]);
      const rows = await db.$queryRaw<CustomerRow[]>`
        SELECT ${columns} FROM customer c WHERE ${where}
        ORDER BY c.created_at DESC, c.id DESC LIMIT ${page.first + 1}`;
      return rows.map(toView);
    },

    async countCustomers(search: CustomerSearch | null): Promise<number> {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM customer c WHERE ${matching(search)}`;
      return row?.count ?? 0;
    },
  };
}
