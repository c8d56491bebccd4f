import { describe, expect, it } from 'vitest';
import { withDoubleDashes } from './single-dash.ts';

const translated = (words: string) =>
  withDoubleDashes(['node', 'vhive-coord', ...words.split(' ')])
    .slice(2)
    .join(' ');

describe('flags of the tools that commands replace', () => {
  it.each([
    ['invoke -rps 10 -time 30 -endpointsFile x -latf y', 'invoke --rps 10 --time 30 --endpoints x --latf y'],
    ['invoke --endpointsFile=a=b.json -port=8080', 'invoke --endpoints=a=b.json --port=8080'],
    ['invoke -profile -dbg=true -durf d', 'invoke --profile --verbose --durf d'],
    ['invoke -profile=false -grpcTimeout 30', 'invoke --timeout 30'],
    ['invoke -o json --fail-if p99>1ms host', 'invoke -o json --fail-if p99>1ms host'],
    ['invoke -rps 1 -- -rps', 'invoke --rps 1 -- -rps'],
    ['invoke -toString', 'invoke -toString'],
    [
      'fn deploy -funcPath f -jsonFile=j -endpointsFile e -conc 5 -gatewayURL 192.168.1.240.sslip.io -namespace n',
      'fn deploy --func-dir f --functions=j --endpoints-file e --concurrency 5 --gateway-url 192.168.1.240.sslip.io --namespace n',
    ],
    ['deploy --funcPath f x.yaml -n d', 'deploy --func-dir f x.yaml -n d'],
    ['fn delete -conc 5', 'fn delete -conc 5'],
    ['status -rps 10', 'status -rps 10'],
  ])('%s', (words, ours) => {
    expect(translated(words)).toBe(ours);
  });
});
