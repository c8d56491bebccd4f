import { type Phase, phases } from '../phases/index.ts';
import { type Catalogue, catalogue } from '../versions/catalogue.ts';

/** What plans are made of: the phases there are, in order, and the components that they bring. */
export interface Stack {
  phases: readonly Phase[];
  catalogue: Catalogue;
}

/** The product's own. */
export const productStack: Stack = { phases, catalogue };
