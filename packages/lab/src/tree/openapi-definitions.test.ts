import { expect, test } from 'vitest';
import { openapiInputPackages } from './openapi-definitions.ts';

test('marked files become vendored import paths, each package once, tests and generators left out', () => {
  const files = [
    'staging/src/k8s.io/api/core/v1/doc.go',
    'staging/src/k8s.io/api/core/v1/types.go',
    'pkg/apis/abac/v0/doc.go',
    'pkg/apis/abac/v0/doc_test.go',
    'pkg/generated/openapi/zz_generated.openapi.go',
    'staging/src/k8s.io/code-generator/_examples/apiserver/apis/example/v1/doc.go',
    'staging/src/k8s.io/sample-apiserver/pkg/apis/wardle/v1alpha1/doc.go',
  ];
  expect(openapiInputPackages(files)).toEqual([
    'k8s.io/kubernetes/pkg/apis/abac/v0',
    'k8s.io/kubernetes/vendor/k8s.io/api/core/v1',
  ]);
});
