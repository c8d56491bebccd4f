import { expect, it } from 'vitest';
import { readClusterFile } from './read-cluster-file.ts';

it('a cluster file that cannot be read is said with its path', async () => {
  await expect(readClusterFile('/nonexistent/vhive.yaml')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/nonexistent/vhive.yaml cannot be read'),
  });
});
