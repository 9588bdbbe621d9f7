import type { Clock } from '@farutech/kernel/clock';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { activeWithin, type TenantDesk } from '../domain/tenant-desk.ts';
import {
  maxSettings,
  parseSettings,
  type TenantSettingInput,
  tooManySettings,
} from '../domain/tenant-setting.ts';

export interface SetTenantSettingsParts {
  readonly tenantDesk: TenantDesk;
  readonly clock: Clock;
}

/** Añade o sustituye los ajustes que se dan; los demás se quedan. */
export async function setTenantSettings(
  { tenantDesk, clock }: SetTenantSettingsParts,
  cause: Cause,
  viewer: Viewer,
  input: { readonly instanceId: string; readonly settings: readonly TenantSettingInput[] },
): Promise<{ readonly instanceId: string }> {
  const instanceId = parseUuid(input.instanceId, 'instanceId');
  const settings = parseSettings(input.settings);
  const keys = settings.map(({ key }) => key);

  return await tenantDesk.change(cause, instanceId, activeWithin(viewer), async (records) => {
    const all = new Set([...(await records.settingKeys()), ...keys]);
    if (all.size > maxSettings) throw tooManySettings();
    await records.putSettings(settings, clock());
    return {
      result: { instanceId },
      // Los valores pueden ser secretos del cliente: se apunta qué se tocó, no con qué.
      audit: {
        action: 'setTenantSettings',
        entityType: 'TenantInstance',
        entityId: instanceId,
        detail: { keys },
      },
    };
  });
}
