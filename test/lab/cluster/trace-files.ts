/** Makes the three files of a small trace in the Azure layout: each function is called four times in each minute. */
export function traceFiles(functions: number, minutes: number): Record<string, string> {
  const hashes = 'HashOwner,HashApp,HashFunction';
  const all = Array.from({ length: functions }, (_, index) => `owner,app,function${index}`);
  const table = (header: string, values: string) =>
    `${header}\n${all.map((function_) => `${function_},${values}`).join('\n')}\n`;
  const counts = Array.from({ length: minutes }, (_, index) => index + 1);
  const percentiles = (prefix: string, percents: number[]) =>
    percents.map((percent) => `${prefix}${percent}`).join(',');
  return {
    'invocations.csv': table(`${hashes},Trigger,${counts.join(',')}`, `http,${counts.map(() => 4).join(',')}`),
    'durations.csv': table(
      `${hashes},Average,Count,Minimum,Maximum,${percentiles('percentile_Average_', [0, 1, 25, 50, 75, 99, 100])}`,
      '4,10,1,10,1,2,3,4,5,8,10',
    ),
    'memory.csv': table(
      `${hashes},SampleCount,AverageAllocatedMb,${percentiles('AverageAllocatedMb_pct', [1, 5, 25, 50, 75, 95, 99, 100])}`,
      '10,40,10,20,30,40,50,60,70,80',
    ),
  };
}
