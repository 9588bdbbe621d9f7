interface DemoInstance {
  readonly productCode: string;
  readonly planCode: string;
  readonly instanceCode: string;
  readonly databaseTier: 'STANDARD' | 'ENTERPRISE';
}
interface DemoCustomer {
  readonly legalName: string;
  readonly country: string;
  readonly taxId: string;
  readonly billingEmail: string;
  readonly instances: readonly DemoInstance[];
}

const vet = (
  planCode: string,
  instanceCode: string,
  databaseTier: DemoInstance['databaseTier'],
): DemoInstance => ({
  productCode: 'FARUTECH_VET',
  planCode,
  instanceCode,
  databaseTier,
});
const erp = (
  planCode: string,
  instanceCode: string,
  databaseTier: DemoInstance['databaseTier'],
): DemoInstance => ({
  productCode: 'FARUTECH_ERP',
  planCode,
  instanceCode,
  databaseTier,
});
const crm = (
  planCode: string,
  instanceCode: string,
  databaseTier: DemoInstance['databaseTier'],
): DemoInstance => ({
  productCode: 'FARUTECH_CRM',
  planCode,
  instanceCode,
  databaseTier,
});

/** Cinco clientes de tres países con diez instancias de tres productos, cuatro de ellas con base propia. */
export const demoCustomers: readonly DemoCustomer[] = [
  {
    legalName: 'Grupo Éxito',
    country: 'CO',
    taxId: '890900608-9',
    billingEmail: 'facturas@exito.test',
    instances: [
      vet('VET_PROFESSIONAL', 'norte', 'STANDARD'),
      vet('VET_ENTERPRISE', 'sur', 'ENTERPRISE'),
      erp('ERP_ENTERPRISE', 'central', 'ENTERPRISE'),
    ],
  },
  {
    legalName: 'Clínica Veterinaria Patitas',
    country: 'CO',
    taxId: '900123456-8',
    billingEmail: 'cuentas@patitas.test',
    instances: [vet('VET_BASIC', 'principal', 'STANDARD'), crm('CRM_BASIC', 'ventas', 'STANDARD')],
  },
  {
    legalName: 'Agroinsumos del Bajío',
    country: 'MX',
    taxId: 'ABA010203XY9',
    billingEmail: 'pagos@bajio.test',
    instances: [
      erp('ERP_PROFESSIONAL', 'leon', 'STANDARD'),
      crm('CRM_PROFESSIONAL', 'leon-crm', 'ENTERPRISE'),
    ],
  },
  {
    legalName: 'Distribuidora Andina',
    country: 'PE',
    taxId: '20512345671',
    billingEmail: 'tesoreria@andina.test',
    instances: [erp('ERP_BASIC', 'lima', 'STANDARD'), vet('VET_PROFESSIONAL', 'arequipa', 'STANDARD')],
  },
  {
    legalName: 'Hospital Animal Los Cedros',
    country: 'CO',
    taxId: '811222333-2',
    billingEmail: 'administracion@cedros.test',
    instances: [vet('VET_ENTERPRISE', 'urgencias', 'ENTERPRISE')],
  },
];
