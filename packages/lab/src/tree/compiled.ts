import { join } from 'node:path';

/** Where the build of the Go modules has put what it made. */
export interface Compiled {
  /** Returns the path of a compiled program. */
  readonly program: (component: string, program: string) => string;
  /** Returns the folder with the source of a Go module, such as `knative.dev/serving`, at the version that was built. */
  readonly moduleFolder: (module: string) => Promise<string>;
}

/** Returns the programs below `bin`, where they lie as `<component>/<program>`. */
export const programsBelow =
  (bin: string): Compiled['program'] =>
  (component, program) =>
    join(bin, component, program);
