import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { nftablesTable } from './nftables-table.ts';

// What it does with a real nft is tried in test/integration/nftables.test.ts.

const params = agentActions['nftables.table'].params.parse({
  ...{ family: 'ip', table: 'vhive_nat', rules: '', unit: 'vhive-nft.service' },
});

test('without nft it says what to install', async () => {
  await using context = await testContext();
  await expect(nftablesTable.apply(params, context)).rejects.toMatchObject({
    failure: { permanent: true, hint: 'apt-get install nftables' },
  });
});
