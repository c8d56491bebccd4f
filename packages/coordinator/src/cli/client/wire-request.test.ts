import { routes } from '@vhive/shared';
import { expect, it } from 'vitest';
import { requestOf } from './wire-request.ts';

it('puts each field where its route has it', () => {
  expect(requestOf(routes.retryRun, { id: 'run-1/2', nodes: ['n1'] })).toEqual({
    method: 'POST',
    path: '/v1/runs/run-1%2F2/retry',
    body: { nodes: ['n1'] },
  });
});

it('leaves out what is not given, and sends no body where a route has none', () => {
  expect(requestOf(routes.logs, { run: undefined, node: '@coordinator' })).toEqual({
    method: 'GET',
    path: '/v1/logs?node=%40coordinator',
  });
  expect(requestOf(routes.cancelRun, { id: 'run-1' })).toEqual({ method: 'POST', path: '/v1/runs/run-1/cancel' });
});
